#include "timer_wheel.h"

#include "clock.h"

#include <stddef.h>

void timer_wheel_init(struct timer_wheel *w, uint64_t now_ms)
{
    w->tick = now_ms / WHEEL_TICK_MS;
    w->next_ms = CLOCK_NEVER;
    w->count = 0;
    w->due = NULL;
    for (int i = 0; i < WHEEL_SLOTS; i++)
        w->slots[i] = NULL;
}

/* The first tick at which a timer may ring: never early, so rounded up; and not
 * one that has been looked at already. */
static uint64_t tick_of(const struct timer_wheel *w, uint64_t at_ms)
{
    uint64_t tick = at_ms / WHEEL_TICK_MS + (at_ms % WHEEL_TICK_MS != 0);

    return tick < w->tick ? w->tick : tick;
}

static void file(struct timer_wheel *w, struct timer *t)
{
    uint64_t tick = tick_of(w, t->at_ms);

    timer_link(t, &w->slots[tick % WHEEL_SLOTS]);
    t->filed_ms = t->at_ms;
    if (tick * WHEEL_TICK_MS < w->next_ms)
        w->next_ms = tick * WHEEL_TICK_MS;
}

void timer_wheel_set(struct timer_wheel *w, struct timer *t, uint64_t at_ms)
{
    if (t->link != NULL && at_ms != CLOCK_NEVER && at_ms >= t->filed_ms) {
        t->at_ms = at_ms; /* lazily: it is moved when its slot comes up */
        return;
    }
    w->count += (at_ms != CLOCK_NEVER) - (t->at_ms != CLOCK_NEVER);
    timer_unlink(t);
    t->at_ms = at_ms;
    if (at_ms != CLOCK_NEVER)
        file(w, t);
}

/* Takes from a slot what is due, and files anew what was set to a later time.
 * filed_ms NEVER: whoever sets a timer that waits to be rung moves it out. */
static void collect(struct timer_wheel *w, uint64_t tick, uint64_t now_ms)
{
    struct timer *next;

    for (struct timer *t = w->slots[tick % WHEEL_SLOTS]; t != NULL; t = next) {
        next = t->next;
        if (t->at_ms <= now_ms) {
            timer_unlink(t);
            timer_link(t, &w->due);
            t->filed_ms = CLOCK_NEVER;
        } else if (t->at_ms != t->filed_ms) {
            timer_unlink(t);
            file(w, t);
        }
    }
}

/* When the first slot that is not empty comes up: a lower bound. */
static void find_next(struct timer_wheel *w)
{
    w->next_ms = CLOCK_NEVER;
    for (uint64_t i = 0; i < WHEEL_SLOTS && w->count > 0; i++)
        if (w->slots[(w->tick + i) % WHEEL_SLOTS] != NULL) {
            w->next_ms = (w->tick + i) * WHEEL_TICK_MS;
            return;
        }
}

int timer_wheel_advance(struct timer_wheel *w, uint64_t now_ms)
{
    uint64_t last = now_ms / WHEEL_TICK_MS, first = w->tick;
    int calls = 0;

    if (now_ms < w->next_ms)
        return 0;
    if (last >= first + WHEEL_SLOTS) /* after a long sleep: a round is enough */
        first = last - WHEEL_SLOTS + 1;
    w->tick = last + 1;
    for (uint64_t tick = first; tick <= last; tick++)
        collect(w, tick, now_ms);
    for (; w->due != NULL; calls++) {
        struct timer *t = w->due;

        timer_unlink(t);
        t->at_ms = CLOCK_NEVER;
        w->count--;
        t->ring(t->owner);
    }
    find_next(w);
    return calls;
}

uint64_t timer_wheel_next(const struct timer_wheel *w)
{
    return w->next_ms;
}
