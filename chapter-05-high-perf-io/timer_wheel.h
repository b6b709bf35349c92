#ifndef TIMER_WHEEL_H
#define TIMER_WHEEL_H

#include "timer.h"

#include <stdint.h>

/* timer_wheel: any number of timers, set and unset in O(1).
 *
 * A hashed wheel (Varghese and Lauck, 1987): time is cut into ticks, and a timer
 * lies in the slot of its tick, modulo the number of slots. One that is further
 * off than a whole round lies there, too, and is passed over when its slot comes
 * up too early.
 *
 *       slot  0     1     2     3    ...  511
 *           +-----+-----+-----+-----+---+-----+
 *           |     | t t |     |  t  |   |     |     now: tick 1538 = slot 2
 *           +-----+-----+-----+-----+---+-----+
 *
 * Re-armed lazily. Most timers are deadlines that activity moves further and
 * further away and that never ring: setting one to a later moment than it is
 * filed under only writes at_ms. When its slot comes up it is filed anew. So a
 * busy session costs one store for each event, and one move a round.
 *
 * A pure data structure: the time is an argument. It must not go backwards; a
 * timer set to a moment that has passed rings at the next advance. */

#define WHEEL_TICK_MS 8
#define WHEEL_SLOTS   512 /* a round is 4.096 seconds */

struct timer_wheel {
    uint64_t tick;    /* all slots before this tick have been looked at */
    uint64_t next_ms; /* no timer is due before this */
    int count;        /* timers that are set */
    struct timer *slots[WHEEL_SLOTS];
    struct timer *due; /* being rung at the moment */
};

void timer_wheel_init(struct timer_wheel *w, uint64_t now_ms);

/* Sets the timer, or unsets it (CLOCK_NEVER), whatever it was before. It must
 * have been through timer_init(). */
void timer_wheel_set(struct timer_wheel *w, struct timer *t, uint64_t at_ms);

/* Rings what is due by now_ms, in no particular order. Returns the number of
 * calls. A timer that a callback sets to now or earlier rings in the next
 * advance, not in this one: no callback can hold up the loop. */
int timer_wheel_advance(struct timer_wheel *w, uint64_t now_ms);

/* When to advance next: CLOCK_NEVER if no timer is set; never later than the
 * first timer needs, rounded up to its tick; sometimes earlier. */
uint64_t timer_wheel_next(const struct timer_wheel *w);

#endif
