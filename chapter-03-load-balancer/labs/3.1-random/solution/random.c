#include "random.h"

/* SplitMix64 (Steele, Lea and Flood, 2014), its upper half. */
uint32_t random_draw(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

static int count_usable(const struct backend_set *set,
                        const struct backend_mask *tried)
{
    int count = 0;

    for (int i = 0; i < set->num_backends; i++)
        count += balance_is_usable(set, i, tried);
    return count;
}

/* The k-th usable one, from 0. */
static struct backend *usable_at(struct backend_set *set, uint32_t k,
                                 const struct backend_mask *tried)
{
    for (int i = 0; i < set->num_backends; i++)
        if (balance_is_usable(set, i, tried) && k-- == 0)
            return &set->backends[i];
    return NULL;
}

struct backend *select_random(struct backend_set *set, const char *client_ip,
                              const struct backend_mask *tried)
{
    int count = count_usable(set, tried);

    (void)client_ip;
    if (count == 0)
        return NULL;
    return usable_at(set, random_draw(&set->dice) % (uint32_t)count, tried);
}
