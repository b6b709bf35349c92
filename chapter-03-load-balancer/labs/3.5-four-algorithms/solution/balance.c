#include "balance.h"

#include <string.h>

/* ---- who may be picked --------------------------------------------------- */

static int is_full(const struct backend *b)
{
    return b->max_connections > 0 && backend_load(b) >= b->max_connections;
}

static int may_be_asked(const struct backend_set *set, int i,
                        const struct backend_mask *tried)
{
    return set->backends[i].is_healthy && !backend_mask_has(tried, i);
}

int balance_is_usable(const struct backend_set *set, int i,
                      const struct backend_mask *tried)
{
    return may_be_asked(set, i, tried) && !is_full(&set->backends[i]);
}

int balance_is_busy(const struct backend_set *set,
                    const struct backend_mask *tried)
{
    int busy = 0;

    for (int i = 0; i < set->num_backends; i++)
        busy |= may_be_asked(set, i, tried) && is_full(&set->backends[i]);
    return busy;
}

/* ---- one search for all four --------------------------------------------- */

typedef int (*is_better)(const struct backend *a, const struct backend *b);

static int is_heavier(const struct backend *a, const struct backend *b)
{
    return a->current_weight > b->current_weight;
}

/* a/weight < b/weight, multiplied by both weights. */
int balance_is_idler(const struct backend *a, const struct backend *b)
{
    int64_t left = backend_load(a), right = backend_load(b);

    return left * b->weight < right * a->weight;
}

/* Goes round once from `first`: of the usable ones the first than which none is
 * better. Without `better`, the first. */
static struct backend *search(struct backend_set *set, int first,
                              const struct backend_mask *tried,
                              is_better better)
{
    struct backend *best = NULL;

    for (int n = 0, i = first; n < set->num_backends; n++, i++) {
        if (i == set->num_backends)
            i = 0;
        if (!balance_is_usable(set, i, tried))
            continue;
        if (best == NULL || better(&set->backends[i], best))
            best = &set->backends[i];
        if (better == NULL)
            break;
    }
    return best;
}

/* The next search begins behind this one. */
static struct backend *turn_to(struct backend_set *set, struct backend *b)
{
    if (b != NULL)
        set->current_index = (int)(b + 1 - set->backends);
    if (set->current_index >= set->num_backends)
        set->current_index = 0;
    return b;
}

/* ---- the algorithms ------------------------------------------------------ */

struct backend *select_round_robin(struct backend_set *set,
                                   const char *client_ip,
                                   const struct backend_mask *tried)
{
    (void)client_ip;
    return turn_to(set, search(set, set->current_index, tried, NULL));
}

struct backend *select_least_connections(struct backend_set *set,
                                         const char *client_ip,
                                         const struct backend_mask *tried)
{
    (void)client_ip;
    return turn_to(set,
                   search(set, set->current_index, tried, balance_is_idler));
}

/* Each round all get their weight, and who is picked pays for all of them. */
struct backend *select_weighted_round_robin(struct backend_set *set,
                                            const char *client_ip,
                                            const struct backend_mask *tried)
{
    struct backend *best;
    int price = 0;

    (void)client_ip;
    for (int i = 0; i < set->num_backends; i++)
        if (balance_is_usable(set, i, tried)) {
            set->backends[i].current_weight += set->backends[i].weight;
            price += set->backends[i].weight;
        }
    best = search(set, 0, tried, is_heavier);
    if (best != NULL)
        best->current_weight -= price;
    return best;
}

/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
struct backend *select_ip_hash(struct backend_set *set, const char *client_ip,
                               const struct backend_mask *tried)
{
    uint32_t hash = 0x811c9dc5;

    if (set->num_backends == 0)
        return NULL;
    while (*client_ip != '\0') {
        hash ^= (unsigned char)*client_ip++;
        hash *= 0x01000193;
    }
    return search(set, (int)(hash % (uint32_t)set->num_backends), tried, NULL);
}

/* ---- by name: this part is done ----------------------------------------- */

const struct balance *balance_find(const char *name)
{
    static const struct balance all[] = {
        {"round_robin", "rr", select_round_robin},
        {"weighted_round_robin", "wrr", select_weighted_round_robin},
        {"least_connections", "lc", select_least_connections},
        {"ip_hash", "iphash", select_ip_hash},
    };

    for (int i = 0; i < 4; i++)
        if (!strcmp(name, all[i].name) || !strcmp(name, all[i].alias))
            return &all[i];
    return NULL;
}

struct backend *select_backend(const struct balance *balance,
                               struct backend_set *set, const char *client_ip,
                               const struct backend_mask *tried)
{
    return balance->pick(set, client_ip, tried);
}
