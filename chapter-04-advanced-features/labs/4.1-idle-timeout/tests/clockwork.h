#ifndef CLOCKWORK_H
#define CLOCKWORK_H

/* clockwork: a loop with one timer, whose clock only the test moves. */

#include <stddef.h>

#include "clock.h"
#include "expect.h"
#include "quiet.h"

#define START_MS 5000

static uint64_t now_ms;
static struct timer *set_one; /* NULL: none is set */
static uint64_t set_at_ms;
static int times_set, times_over;

static inline void clockwork_set(void *loop, struct timer *t, uint64_t at_ms)
{
    (void)loop;
    set_one = at_ms != CLOCK_NEVER ? t : NULL;
    set_at_ms = at_ms;
    times_set++;
}

static inline const struct watch *clockwork(void)
{
    static struct watch watch;

    watch.set_timer = clockwork_set;
    watch.now_ms = &now_ms;
    now_ms = START_MS;
    set_one = NULL;
    times_set = times_over = 0;
    return &watch;
}

/* So many milliseconds pass; the timer rings when it is due. */
static inline void pass(uint64_t ms)
{
    uint64_t end_ms = now_ms + ms;

    for (int rings = 0; set_one != NULL && set_at_ms <= end_ms; rings++) {
        struct timer *t = set_one;

        expect_that("the timer", rings < 1000, "is not set to now for ever");
        now_ms = set_at_ms > now_ms ? set_at_ms : now_ms;
        set_one = NULL;
        t->at_ms = CLOCK_NEVER;
        t->ring(t->owner);
    }
    now_ms = end_ms;
}

static inline void note_over(void *owner)
{
    (void)owner;
    times_over++;
}

/* A connection that may be silent for so long. */
static inline struct quiet *begin(uint64_t limit_ms)
{
    static struct quiet q;

    quiet_begin(&q, clockwork(), limit_ms, note_over, &q);
    return &q;
}

static inline void expect_over(const char *when, int expected)
{
    expect_int(about("times over, %s", when), times_over, expected);
}

#endif
