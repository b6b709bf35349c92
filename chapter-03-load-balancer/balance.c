#include "balance.h"

#include <string.h>

static int is_up(const struct backend_set *set, int i,
                 const struct backend_mask *tried)
{
    return set->backends[i].is_healthy && !backend_mask_has(tried, i);
}

static int has_room(const struct backend *b)
{
    return b->max_connections == 0 || backend_load(b) < b->max_connections;
}

int balance_is_usable(const struct backend_set *set, int i,
                      const struct backend_mask *tried)
{
    return is_up(set, i, tried) && has_room(&set->backends[i]);
}

int balance_is_busy(const struct backend_set *set,
                    const struct backend_mask *tried)
{
    for (int i = 0; i < set->num_backends; i++)
        if (is_up(set, i, tried) && !has_room(&set->backends[i]))
            return 1;
    return 0;
}

/* The first usable one from `start` on, going round once. */
static struct backend *next_usable(struct backend_set *set, int start,
                                   const struct backend_mask *tried)
{
    for (int n = 0; n < set->num_backends; n++) {
        int i = (start + n) % set->num_backends;

        if (balance_is_usable(set, i, tried))
            return &set->backends[i];
    }
    return NULL;
}

/* The next search begins behind the one that was picked. */
static struct backend *move_on(struct backend_set *set, struct backend *picked)
{
    if (picked != NULL)
        set->current_index =
            (int)(picked - set->backends + 1) % set->num_backends;
    return picked;
}

struct backend *select_round_robin(struct backend_set *set,
                                   const char *client_ip,
                                   const struct backend_mask *tried)
{
    (void)client_ip;
    return move_on(set, next_usable(set, set->current_index, tried));
}

struct backend *select_weighted_round_robin(struct backend_set *set,
                                            const char *client_ip,
                                            const struct backend_mask *tried)
{
    struct backend *best = NULL;
    int total = 0;

    (void)client_ip;
    for (int i = 0; i < set->num_backends; i++) {
        struct backend *b = &set->backends[i];

        if (!balance_is_usable(set, i, tried))
            continue;
        b->current_weight += b->weight;
        total += b->weight;
        if (best == NULL || b->current_weight > best->current_weight)
            best = b;
    }
    if (best != NULL)
        best->current_weight -= total;
    return best;
}

/* a/weight < b/weight without dividing, so that nothing is rounded away. */
int balance_is_idler(const struct backend *a, const struct backend *b)
{
    return (int64_t)backend_load(a) * b->weight <
           (int64_t)backend_load(b) * a->weight;
}

struct backend *select_least_connections(struct backend_set *set,
                                         const char *client_ip,
                                         const struct backend_mask *tried)
{
    struct backend *best = NULL;

    (void)client_ip;
    for (int n = 0; n < set->num_backends; n++) {
        int i = (set->current_index + n) % set->num_backends;

        if (balance_is_usable(set, i, tried) &&
            (best == NULL || balance_is_idler(&set->backends[i], best)))
            best = &set->backends[i];
    }
    return move_on(set, best);
}

/* FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint32_t hash_text(const char *text)
{
    uint32_t hash = 2166136261u;

    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

struct backend *select_ip_hash(struct backend_set *set, const char *client_ip,
                               const struct backend_mask *tried)
{
    if (set->num_backends == 0)
        return NULL;
    return next_usable(
        set, (int)(hash_text(client_ip) % (uint32_t)set->num_backends), tried);
}

const struct balance *balance_find(const char *name)
{
    static const struct balance known[] = {
        {"round_robin", "rr", select_round_robin},
        {"weighted_round_robin", "wrr", select_weighted_round_robin},
        {"least_connections", "lc", select_least_connections},
        {"ip_hash", "iphash", select_ip_hash},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(name, known[i].name) == 0 ||
            strcmp(name, known[i].alias) == 0)
            return &known[i];
    return NULL;
}

struct backend *select_backend(const struct balance *balance,
                               struct backend_set *set, const char *client_ip,
                               const struct backend_mask *tried)
{
    return balance->pick(set, client_ip, tried);
}
