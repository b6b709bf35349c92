#ifndef WARM_UP_H
#define WARM_UP_H

#include "balance.h"

/* warm_up: a backend that is just back gets its share little by little.
 *
 * Its caches are cold, and its full share at once may take it down again. So its
 * weight grows linearly over warm_ms, from almost nothing to what it is. Weights
 * are multiplied by WARM_SCALE to leave room for that growth. A table belongs to
 * one set of backends; the time is an argument, clock_now_ms() in a program. */

#define WARM_SCALE 100

struct warm_up {
    uint64_t warm_ms;                   /* 0: nobody is warmed up */
    uint64_t recovered_ms[MAX_BACKENDS];
    int has_recovered[MAX_BACKENDS];    /* 0: up from the start on, so warm */
};

/* Everybody is warm. */
void warm_up_init(struct warm_up *w, uint64_t warm_ms);

/* Backend i was down and is back. */
void warm_up_recovered(struct warm_up *w, int i, uint64_t now_ms);

/* Its weight times WARM_SCALE; for one that came back warm_ms ago or less, from
 * 1 upwards, in proportion to the time since then, rounded down. Never 0. */
int warm_up_weight(const struct warm_up *w, const struct backend_set *set,
                   int i, uint64_t now_ms);

/* Smooth weighted round robin (balance.h) with these weights. Changes nothing of
 * a backend but its current_weight. NULL if nobody is usable. */
struct backend *select_warmed_up(const struct warm_up *w,
                                 struct backend_set *set, uint64_t now_ms,
                                 const struct backend_mask *tried);

#endif
