#ifndef TIMER_HEAP_H
#define TIMER_HEAP_H

#include "timer.h"

#include <stdint.h>

/* timer_heap: timers in a binary heap, the next one first.
 *
 * What timer_wheel.h does, exact to the millisecond and in order, for O(log n) a
 * change. The heap is an array: the children of place i are at 2i + 1 and 2i + 2,
 * and no parent is later than its children. Each timer knows its own place, in
 * filed_ms, which is the loop's own: so it is found in O(1) to be moved.
 *
 *     at[]       3   5   3   9   7      filed_ms of the 5: 1; of one that is
 *     place      0   1   2   3   4      in no heap: CLOCK_NEVER
 *
 * A pure data structure: the time is an argument. */

struct timer_heap {
    struct timer **at;
    int count, room;   /* timers in it; at most */
    struct timer *due; /* taken out, to be rung at the moment */
};

/* For so many timers (1 or more). 0, or -1: no memory. */
int timer_heap_init(struct timer_heap *h, int timers);

/* The timers stay the owners'. */
void timer_heap_destroy(struct timer_heap *h);

/* Sets the timer, or unsets it (CLOCK_NEVER), whatever it was before. It must
 * have been through timer_init(). 0; or -1, the heap is full: the timer is unset
 * then. */
int timer_heap_set(struct timer_heap *h, struct timer *t, uint64_t at_ms);

/* Rings what is due by now_ms, the earliest first; each is unset before it is
 * called. Returns the number of calls. A callback may set, unset and free any
 * timer, its own and those that are due, too; what it sets to now or earlier
 * rings in the next advance, not in this one. */
int timer_heap_advance(struct timer_heap *h, uint64_t now_ms);

/* When the first one is due; CLOCK_NEVER if none is set. */
uint64_t timer_heap_next(const struct timer_heap *h);

#endif
