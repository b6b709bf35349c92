#ifndef TIMER_H
#define TIMER_H

#include <stdint.h>

/* timer: a moment that somebody wants to be told of.
 *
 * It lies in its owner (a session has one, a probe has one), so that setting it
 * needs no memory and cannot fail. Set it with watch.set_timer(); how it is kept
 * until then is the loop's business: a list that is looked through each turn
 * (here), or a wheel (chapter 5). */

struct timer {
    uint64_t at_ms; /* when; CLOCK_NEVER: it is not set */
    void (*ring)(void *owner);
    void *owner;
    /* The loop's own: */
    uint64_t filed_ms;   /* when the loop will look at it; <= at_ms */
    struct timer *next;  /* in the list that it is in ... */
    struct timer **link; /* ... and what points to it there; NULL: in none */
};

/* A timer that is not set. */
void timer_init(struct timer *t, void (*ring)(void *owner), void *owner);

/* For loops: puts it at the front of a list; takes it out of the one it is in,
 * if it is in one. */
void timer_link(struct timer *t, struct timer **list);
void timer_unlink(struct timer *t);

/* For loops: rings all of the list, each of them unset and taken out before it
 * is called. So a callback may set, unset or free any timer, its own included;
 * what it puts into this very list is rung, too. Returns the number of calls. */
int timer_ring_all(struct timer **list);

#endif
