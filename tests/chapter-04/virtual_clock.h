#ifndef VIRTUAL_CLOCK_H
#define VIRTUAL_CLOCK_H

/* virtual_clock: a clock that only the test moves, and the timers that are set
 * by it, for the loops of these suites.
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. */

#include <stddef.h>
#include <stdint.h>

#include "clock.h"
#include "timer.h"

struct virtual_clock {
    uint64_t now_ms;
    struct timer *timers; /* in no order */
};

static inline void virtual_clock_init(struct virtual_clock *clock)
{
    clock->now_ms = 1000000;
    clock->timers = NULL;
}

static inline void virtual_clock_set(struct virtual_clock *clock,
                                     struct timer *t, uint64_t at_ms)
{
    timer_unlink(t);
    t->at_ms = at_ms;
    if (at_ms != CLOCK_NEVER)
        timer_link(t, &clock->timers);
}

/* When the next timer is due; CLOCK_NEVER if none is set. */
static inline uint64_t virtual_clock_next(const struct virtual_clock *clock)
{
    uint64_t next_ms = CLOCK_NEVER;

    for (const struct timer *t = clock->timers; t != NULL; t = t->next)
        if (t->at_ms < next_ms)
            next_ms = t->at_ms;
    return next_ms;
}

/* Rings what is due. Returns the number of calls. */
static inline int virtual_clock_ring(struct virtual_clock *clock)
{
    struct timer *due = NULL, *next;

    for (struct timer *t = clock->timers; t != NULL; t = next) {
        next = t->next;
        if (t->at_ms <= clock->now_ms) {
            timer_unlink(t);
            timer_link(t, &due);
        }
    }
    return timer_ring_all(&due);
}

#endif
