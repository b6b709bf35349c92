#ifndef EVENTS_H
#define EVENTS_H

#include <stddef.h>
#include <stdint.h>

/* events: what will happen, the earliest first: a binary heap.
 *
 * Time is virtual: nanoseconds since the beginning, and it moves by jumps from
 * one event to the next. Of two that happen at the same moment the one that was
 * put in earlier comes first, so that a run is the same each time. */

struct event {
    uint64_t at_ns;
    uint32_t order; /* set by events_push() */
    int kind, who;  /* the caller's */
    uint32_t tag;   /* the caller's */
};

struct events {
    struct event *heap;
    size_t count, room;
    uint32_t pushed;
};

/* Room for so many at a time. 0, or -1 and errno. Close it. */
int events_open(struct events *e, size_t room);
void events_close(struct events *e);

/* There must be room. */
void events_push(struct events *e, struct event event);

/* The next one: 1, or 0 if there is none. */
int events_pop(struct events *e, struct event *out);

#endif
