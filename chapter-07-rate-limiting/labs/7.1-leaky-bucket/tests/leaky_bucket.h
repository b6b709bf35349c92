#ifndef LEAKY_BUCKET_H
#define LEAKY_BUCKET_H

#include <stdint.h>

/* leaky_bucket: who comes too early waits, instead of being refused.
 *
 * Requests leave evenly, one each 1 / rate seconds, and at most `burst` of them
 * wait. That span is kept in whole microseconds, rounded up, so the rate is never
 * exceeded. A refused request counts nothing.
 *
 * *free_at_us is all that is remembered of a client, 0 at first: the microsecond
 * at which the next request may leave. rate is more than 0 and at most 1000000
 * (a second), burst 0 or more; now_ms is that of a clock that does not go back.
 *
 * 1: it may pass after *delay_ms (rounded up to a whole millisecond). 0: too many
 * are waiting; neither number is changed. */
int leaky_bucket_ask(uint64_t *free_at_us, double rate, int burst,
                     uint64_t now_ms, uint64_t *delay_ms);

#endif
