#include "balance_more.h"

#include <string.h>

/* Every bit of the input changes half of the output's (the finalizer of
 * splitmix64, public domain, S. Vigna). */
uint64_t balance_mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

uint64_t balance_hash(struct slice text)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * UINT64_C(1099511628211);
    return hash;
}

/* ---- random_two_choices ------------------------------------------------- */

static uint32_t throw_dice(struct backend_set *set)
{
    set->dice += UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(balance_mix(set->dice) >> 32);
}

/* One by lot, in proportion to the weights; not `other`. NULL if there is none. */
static struct backend *draw(struct backend_set *set,
                            const struct backend_mask *tried,
                            const struct backend *other)
{
    struct backend *drawn = NULL;
    uint32_t total = 0;

    /* Each takes the place of those before with the chance of its share: one
     * pass, and the sum need not be known before. */
    for (int i = 0; i < set->num_backends; i++) {
        struct backend *b = &set->backends[i];

        if (b == other || !balance_is_usable(set, i, tried))
            continue;
        total += (uint32_t)b->weight;
        if (throw_dice(set) % total < (uint32_t)b->weight)
            drawn = b;
    }
    return drawn;
}

static struct backend *select_random_two(struct backend_set *set,
                                         const char *client_ip,
                                         const struct backend_mask *tried)
{
    struct backend *one = draw(set, tried, NULL);
    struct backend *two = draw(set, tried, one);

    (void)client_ip;
    return two != NULL && balance_is_idler(two, one) ? two : one;
}

/* ---- consistent_hash ---------------------------------------------------- */

#define LN_2 0.69314718055994531

/* -ln(u) for the number u between 0 and 1 that the hash stands for. The library's
 * log() would need libm, which no program here links. A power of two is taken out
 * until 0.7 < u <= 1.4; there the series of atanh has converged after five terms
 * (to 7 digits, relative to the result near 1, where the lowest draws are). */
double balance_exponential(uint64_t hash)
{
    double u = ((double)(hash >> 11) + 0.5) / 9007199254740992.0; /* 2^53 */
    double twos = 0, t, t2;

    while (u < 0.7) {
        u *= 2;
        twos++;
    }
    t = (u - 1) / (u + 1);
    t2 = t * t;
    return twos * LN_2 -
           2 * t * (1 + t2 * (1.0 / 3 + t2 * (1.0 / 5 + t2 * (1.0 / 7 +
                                                              t2 / 9))));
}

static struct backend *select_consistent_hash(struct backend_set *set,
                                              const char *key,
                                              const struct backend_mask *tried)
{
    struct backend *lowest = NULL;
    double lowest_drawn = 0;
    uint64_t of_key = balance_hash(slice_of(key));

    for (int i = 0; i < set->num_backends; i++) {
        struct backend *b = &set->backends[i];
        uint64_t of_name;
        double drawn;

        if (!balance_is_usable(set, i, tried))
            continue;
        of_name = balance_hash(slice_of(b->name));
        drawn = balance_exponential(balance_mix(of_key + balance_mix(of_name))) /
                b->weight;
        if (lowest == NULL || drawn < lowest_drawn) {
            lowest = b;
            lowest_drawn = drawn;
        }
    }
    return lowest;
}

/* ---- by name ------------------------------------------------------------ */

const struct balance *balance_more_find(const char *name)
{
    static const struct balance more[] = {
        {"random_two_choices", "r2c", select_random_two},
        {"consistent_hash", "chash", select_consistent_hash},
    };

    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        if (strcmp(name, more[i].name) == 0 || strcmp(name, more[i].alias) == 0)
            return &more[i];
    return balance_find(name);
}
