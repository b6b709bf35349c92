#include "events.h"

#include <assert.h>
#include <stdlib.h>

int events_open(struct events *e, size_t room)
{
    e->heap = malloc(room * sizeof *e->heap);
    e->count = 0;
    e->room = room;
    e->pushed = 0;
    return e->heap != NULL ? 0 : -1;
}

void events_close(struct events *e)
{
    free(e->heap);
    e->heap = NULL;
}

static int is_earlier(const struct event *a, const struct event *b)
{
    return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->order < b->order);
}

/* It rises as long as the one above it is later. */
void events_push(struct events *e, struct event event)
{
    size_t at = e->count++;

    assert(e->count <= e->room);
    event.order = e->pushed++;
    for (; at > 0 && is_earlier(&event, &e->heap[(at - 1) / 2]);
         at = (at - 1) / 2)
        e->heap[at] = e->heap[(at - 1) / 2];
    e->heap[at] = event;
}

/* The last one takes the place of the first, and sinks. */
int events_pop(struct events *e, struct event *out)
{
    struct event last;
    size_t at = 0, below;

    if (e->count == 0)
        return 0;
    *out = e->heap[0];
    last = e->heap[--e->count];
    while ((below = 2 * at + 1) < e->count) {
        if (below + 1 < e->count &&
            is_earlier(&e->heap[below + 1], &e->heap[below]))
            below++;
        if (!is_earlier(&e->heap[below], &last))
            break;
        e->heap[at] = e->heap[below];
        at = below;
    }
    e->heap[at] = last;
    return 1;
}
