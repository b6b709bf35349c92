#include "warm_up.h"

#include <string.h>

void warm_up_init(struct warm_up *w, uint64_t warm_ms)
{
    memset(w, 0, sizeof *w);
    w->warm_ms = warm_ms;
}

void warm_up_recovered(struct warm_up *w, int i, uint64_t now_ms)
{
    w->recovered_ms[i] = now_ms;
    w->has_recovered[i] = 1;
}

int warm_up_weight(const struct warm_up *w, const struct backend_set *set,
                   int i, uint64_t now_ms)
{
    int full = set->backends[i].weight * WARM_SCALE, grown;
    uint64_t since_ms = now_ms - w->recovered_ms[i];

    if (!w->has_recovered[i] || since_ms >= w->warm_ms)
        return full;
    grown = (int)((uint64_t)full * since_ms / w->warm_ms);
    return grown > 0 ? grown : 1;
}

struct backend *select_warmed_up(const struct warm_up *w,
                                 struct backend_set *set, uint64_t now_ms,
                                 const struct backend_mask *tried)
{
    struct backend *best = NULL;
    int total = 0;

    for (int i = 0; i < set->num_backends; i++) {
        struct backend *b = &set->backends[i];
        int weight;

        if (!balance_is_usable(set, i, tried))
            continue;
        weight = warm_up_weight(w, set, i, now_ms);
        b->current_weight += weight;
        total += weight;
        if (best == NULL || b->current_weight > best->current_weight)
            best = b;
    }
    if (best != NULL)
        best->current_weight -= total;
    return best;
}
