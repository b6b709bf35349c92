/* The poller on kqueue(2): macOS and the BSDs. Reading and writing are two
 * filters of a descriptor, each with an event of its own.
 *
 * Additions are batched: they go to the kernel with the next wait, in one call.
 * Removals go at once, for the descriptor may be closed, and its number in use
 * again, before the next wait. */

#include "event_loop.h"
#include "poller.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>

#include <sys/event.h>
#include <sys/time.h>
#include <unistd.h>

#define CHANGES_MAX 64

const char poller_name[] = "kqueue";

struct kqueue_poller {
    int fd;
    int max_events;
    struct kevent *events;
    struct kevent changes[CHANGES_MAX]; /* not yet told to the kernel */
    int change_count;
};

void *poller_open(int max_events)
{
    struct kqueue_poller *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    p->max_events = max_events;
    p->events = calloc((size_t)max_events, sizeof *p->events);
    if (p->events == NULL)
        goto no_events;
    p->fd = kqueue();
    if (p->fd < 0)
        goto no_kqueue;
    return p;
no_kqueue:
    free(p->events);
no_events:
    free(p);
    return NULL;
}

/* Applies one change now. 0, or -1 and errno. */
static int apply(const struct kqueue_poller *p, int fd, int filter, int flags)
{
    struct kevent change;
    int n;

    EV_SET(&change, fd, filter, flags, 0, 0, 0);
    do
        n = kevent(p->fd, &change, 1, NULL, 0, NULL);
    while (n < 0 && errno == EINTR);
    return n;
}

/* Adds a filter with the next wait; at once if there is no room to remember. */
static int add(struct kqueue_poller *p, int fd, int filter)
{
    if (p->change_count == CHANGES_MAX)
        return apply(p, fd, filter, EV_ADD);
    EV_SET(&p->changes[p->change_count], fd, filter, EV_ADD, 0, 0, 0);
    p->change_count++;
    return 0;
}

/* Takes a filter away: from what is still to be told, or from the kernel, which
 * may have forgotten it already, the descriptor being closed. */
static int take_away(struct kqueue_poller *p, int fd, int filter)
{
    for (int i = 0; i < p->change_count; i++) {
        struct kevent *change = &p->changes[i];

        if ((int)change->ident != fd || (int)change->filter != filter)
            continue;
        *change = p->changes[--p->change_count];
        return 0;
    }
    if (apply(p, fd, filter, EV_DELETE) == 0 || errno == ENOENT ||
        errno == EBADF)
        return 0;
    return -1;
}

int poller_set(void *poller, int fd, uint32_t before, uint32_t after)
{
    static const struct {
        uint32_t event;
        int filter;
    } both[] = {{EVENT_READ, EVFILT_READ}, {EVENT_WRITE, EVFILT_WRITE}};
    int failed = 0;

    if (before == 0 && after == 0) /* whatever is there */
        before = EVENT_READ | EVENT_WRITE;
    for (int i = 0; i < 2; i++) {
        uint32_t event = both[i].event;

        if ((after & event) != 0 && (before & event) == 0)
            failed |= add(poller, fd, both[i].filter);
        else if ((after & event) == 0 && (before & event) != 0)
            failed |= take_away(poller, fd, both[i].filter);
    }
    return failed ? -1 : 0;
}

/* EV_EOF comes with the filter of the side that has ended, and data may still be
 * there: READ and WRITE say enough, the next call on the descriptor tells. So
 * does it for a change that failed (EV_ERROR): its owner is called, and finds
 * out. */
static uint32_t translate(const struct kevent *event)
{
    return event->filter == EVFILT_WRITE ? EVENT_WRITE : EVENT_READ;
}

int poller_wait(void *poller, struct ready *out, int max, int timeout_ms)
{
    struct kqueue_poller *p = poller;
    struct timespec limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
    int n = kevent(p->fd, p->changes, p->change_count, p->events,
                   max < p->max_events ? max : p->max_events,
                   timeout_ms < 0 ? NULL : &limit);

    if (n < 0 && errno != EINTR)
        return -1;
    p->change_count = 0; /* applied even if a signal ended the wait */
    for (int i = 0; i < n; i++) {
        out[i].fd = (int)p->events[i].ident;
        out[i].events = translate(&p->events[i]);
    }
    return n;
}

void poller_close(void *poller)
{
    struct kqueue_poller *p = poller;

    close(p->fd);
    free(p->events);
    free(p);
}
