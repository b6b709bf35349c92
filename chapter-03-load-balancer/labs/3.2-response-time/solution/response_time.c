#include "response_time.h"

#include <string.h>

void response_times_init(struct response_times *t)
{
    memset(t, 0, sizeof *t);
    for (int i = 0; i < MAX_BACKENDS; i++)
        t->recent_ms[i] = -1;
}

/* An eighth: some ten samples back, little is left of one. */
void response_times_note(struct response_times *t, int i, uint64_t took_ms)
{
    double *recent_ms = &t->recent_ms[i];

    if (*recent_ms < 0)
        *recent_ms = (double)took_ms;
    else
        *recent_ms += ((double)took_ms - *recent_ms) / 8;
}

/* The first usable one from `start` on, going round once; -1 if none is. */
static int next_usable(const struct backend_set *set, int start,
                       const struct backend_mask *tried)
{
    for (int n = 0; n < set->num_backends; n++) {
        int i = (start + n) % set->num_backends;

        if (balance_is_usable(set, i, tried))
            return i;
    }
    return -1;
}

/* Of equals, the first from t->next on. No sample is -1: less than any. */
static int fastest(const struct response_times *t,
                   const struct backend_set *set,
                   const struct backend_mask *tried)
{
    int best = -1;

    for (int n = 0; n < set->num_backends; n++) {
        int i = (t->next + n) % set->num_backends;

        if (balance_is_usable(set, i, tried) &&
            (best < 0 || t->recent_ms[i] < t->recent_ms[best]))
            best = i;
    }
    return best;
}

struct backend *select_response_time(struct response_times *t,
                                     struct backend_set *set,
                                     const struct backend_mask *tried)
{
    int picked = fastest(t, set, tried);

    if (picked < 0)
        return NULL;
    if (++t->picks % RESPONSE_TIME_PROBE == 0) {
        picked = next_usable(set, t->next_probe, tried);
        t->next_probe = (picked + 1) % set->num_backends;
    } else {
        t->next = (picked + 1) % set->num_backends;
    }
    return &set->backends[picked];
}
