#include "timer_heap.h"

#include "clock.h"

#include <stdlib.h>

int timer_heap_init(struct timer_heap *h, int timers)
{
    h->at = calloc((size_t)timers, sizeof(struct timer *));
    h->count = 0;
    h->room = timers;
    h->due = NULL;
    return h->at != NULL ? 0 : -1;
}

void timer_heap_destroy(struct timer_heap *h)
{
    free(h->at);
}

static void put(struct timer_heap *h, int place, struct timer *t)
{
    h->at[place] = t;
    t->filed_ms = (uint64_t)place;
}

static void sift_up(struct timer_heap *h, int place)
{
    struct timer *t = h->at[place];

    while (place > 0 && t->at_ms < h->at[(place - 1) / 2]->at_ms) {
        put(h, place, h->at[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(h, place, t);
}

static void sift_down(struct timer_heap *h, int place)
{
    struct timer *t = h->at[place];

    for (;;) {
        int child = 2 * place + 1;

        if (child + 1 < h->count &&
            h->at[child + 1]->at_ms < h->at[child]->at_ms)
            child++;
        if (child >= h->count || t->at_ms <= h->at[child]->at_ms)
            break;
        put(h, place, h->at[child]);
        place = child;
    }
    put(h, place, t);
}

/* The last one takes its place, and may belong further up or further down. */
static void take_out(struct timer_heap *h, struct timer *t)
{
    int place = (int)t->filed_ms;
    struct timer *last = h->at[--h->count];

    if (last != t) {
        put(h, place, last);
        sift_up(h, place);
        sift_down(h, (int)last->filed_ms);
    }
    t->filed_ms = CLOCK_NEVER;
}

int timer_heap_set(struct timer_heap *h, struct timer *t, uint64_t at_ms)
{
    if (t->filed_ms != CLOCK_NEVER)
        take_out(h, t);
    else
        timer_unlink(t); /* it may be due, and wait to be rung */
    t->at_ms = CLOCK_NEVER;
    if (at_ms == CLOCK_NEVER)
        return 0;
    if (h->count == h->room)
        return -1;
    t->at_ms = at_ms;
    put(h, h->count++, t);
    sift_up(h, h->count - 1);
    return 0;
}

/* First all that is due is taken out, in order; then it is rung: so what a
 * callback sets is never among them. */
int timer_heap_advance(struct timer_heap *h, uint64_t now_ms)
{
    struct timer **end = &h->due;

    while (timer_heap_next(h) <= now_ms && h->count > 0) {
        struct timer *t = h->at[0];

        take_out(h, t);
        timer_link(t, end);
        end = &t->next;
    }
    return timer_ring_all(&h->due);
}

uint64_t timer_heap_next(const struct timer_heap *h)
{
    return h->count > 0 ? h->at[0]->at_ms : CLOCK_NEVER;
}
