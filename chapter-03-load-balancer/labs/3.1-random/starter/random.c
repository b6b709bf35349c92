#include "random.h"

/* SplitMix64 (Steele, Lea and Flood, 2014), its upper half. */
uint32_t random_draw(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

struct backend *select_random(struct backend_set *set, const char *client_ip,
                              const struct backend_mask *tried)
{
    (void)client_ip;
    (void)tried;
    /* YOUR CODE. This one does not throw dice, and does not ask who is up. */
    return set->num_backends > 0 ? &set->backends[0] : NULL;
}
