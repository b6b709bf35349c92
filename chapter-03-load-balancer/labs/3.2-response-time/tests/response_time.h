#ifndef RESPONSE_TIME_H
#define RESPONSE_TIME_H

#include "balance.h"

/* response_time: the backend that has been fastest of late gets the request.
 *
 * A mean since the start no longer moves after a day. This one goes an eighth
 * of the way to each new sample, so that what was long ago fades. One table
 * belongs to one set of backends; it is the caller's. */

#define RESPONSE_TIME_PROBE 16 /* one pick of so many is a probe */

struct response_times {
    double recent_ms[MAX_BACKENDS]; /* below 0: no sample yet */
    uint32_t picks;                 /* that found somebody, probes too */
    int next;                       /* where the next search begins ... */
    int next_probe;                 /* ... and where the next probe's does */
};

/* No samples, no picks: all searches begin with the first backend. */
void response_times_init(struct response_times *t);

/* Backend i has answered in took_ms. */
void response_times_note(struct response_times *t, int i, uint64_t took_ms);

/* Picks the usable backend (balance_is_usable) with the least recent_ms; one
 * without a sample comes before all others; equals take turns. Every 16th pick
 * is a probe: probes go round all usable backends, in a circle of their own.
 * NULL if there is nobody; that counts as no pick. */
struct backend *select_response_time(struct response_times *t,
                                     struct backend_set *set,
                                     const struct backend_mask *tried);

#endif
