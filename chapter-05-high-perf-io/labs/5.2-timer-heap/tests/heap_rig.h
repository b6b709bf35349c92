#ifndef HEAP_RIG_H
#define HEAP_RIG_H

/* heap_rig: a heap with timers that note in which order they ring. */

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "expect.h"
#include "timer_heap.h"

#define TIMERS 200

struct probe {
    struct timer timer;
    uint64_t wanted_ms; /* CLOCK_NEVER: it is not set */
};

static struct timer_heap heap;
static struct probe probes[TIMERS];
static uint64_t now_ms;
static char rung[256]; /* "3 3 5": when those that rang were wanted, in order */

static inline void note_ring(void *owner)
{
    struct probe *p = owner;
    size_t len = strlen(rung);

    expect_that("a timer that rings", p->timer.at_ms == CLOCK_NEVER,
                "is unset before it is called");
    expect_that("a timer that rings", p->wanted_ms <= now_ms,
                "is set, and due");
    if (len + 24 < sizeof rung)
        snprintf(rung + len, sizeof rung - len, "%s%d", len > 0 ? " " : "",
                 (int)p->wanted_ms);
    p->wanted_ms = CLOCK_NEVER;
}

static inline void begin(int room)
{
    now_ms = 0;
    rung[0] = '\0';
    expect_int("timer_heap_init()", timer_heap_init(&heap, room), 0);
    for (int i = 0; i < TIMERS; i++) {
        timer_init(&probes[i].timer, note_ring, &probes[i]);
        probes[i].wanted_ms = CLOCK_NEVER;
    }
}

static inline void end(void)
{
    timer_heap_destroy(&heap);
}

static inline int set(int i, uint64_t at_ms)
{
    int result = timer_heap_set(&heap, &probes[i].timer, at_ms);

    probes[i].wanted_ms = result == 0 ? at_ms : CLOCK_NEVER;
    return result;
}

/* Timers 0, 1, 2 ... to these moments, one after the other. */
static inline void set_all(const int *at_ms, int count)
{
    for (int i = 0; i < count; i++)
        expect_int(about("timer_heap_set() of timer %d to %d", i, at_ms[i]),
                   set(i, (uint64_t)at_ms[i]), 0);
}

static inline int advance(uint64_t to_ms)
{
    now_ms = to_ms;
    rung[0] = '\0';
    return timer_heap_advance(&heap, to_ms);
}

/* What has rung by the next advance, in order. */
static inline void expect_rings(uint64_t to_ms, const char *expected)
{
    advance(to_ms);
    expect_text(about("what rings by %d", (int)to_ms), rung, expected);
}

static inline void expect_next(const char *when, uint64_t expected)
{
    expect_int(about("timer_heap_next() %s", when),
               (long long)timer_heap_next(&heap), (long long)expected);
}

#endif
