#include "timer.h"

#include "clock.h"

#include <stddef.h>

void timer_init(struct timer *t, void (*ring)(void *owner), void *owner)
{
    t->at_ms = t->filed_ms = CLOCK_NEVER;
    t->ring = ring;
    t->owner = owner;
    t->next = NULL;
    t->link = NULL;
}

void timer_link(struct timer *t, struct timer **list)
{
    t->next = *list;
    t->link = list;
    if (t->next != NULL)
        t->next->link = &t->next;
    *list = t;
}

void timer_unlink(struct timer *t)
{
    if (t->link == NULL)
        return;
    *t->link = t->next;
    if (t->next != NULL)
        t->next->link = t->link;
    t->next = NULL;
    t->link = NULL;
}

int timer_ring_all(struct timer **list)
{
    int calls = 0;

    for (; *list != NULL; calls++) {
        struct timer *t = *list;

        timer_unlink(t);
        t->at_ms = CLOCK_NEVER;
        t->ring(t->owner);
    }
    return calls;
}
