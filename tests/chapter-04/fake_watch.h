#ifndef FAKE_WATCH_H
#define FAKE_WATCH_H

/* fake_watch: a loop that only remembers what it was asked to watch, and a
 * clock that the test moves. The test itself tells watchers of their events and
 * rings the timers that are due.
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. Include it after fixture.h. */

#include <errno.h>
#include <string.h>

#include "virtual_clock.h"
#include "watch.h"

#define FAKE_FDS 256

struct fake_watch {
    struct virtual_clock clock;
    unsigned events[FAKE_FDS]; /* 0: not watched */
    struct watcher *watchers[FAKE_FDS];
    int calls;   /* of set */
    int failing; /* set says EMFILE */
};

static inline int fake_set(void *self, int fd, unsigned events,
                           struct watcher *w)
{
    struct fake_watch *fake = self;

    fake->calls++;
    assert_in_range(fd, 0, FAKE_FDS - 1);
    if (fake->failing) {
        errno = EMFILE;
        return -1;
    }
    fake->events[fd] = events;
    fake->watchers[fd] = events != 0 ? w : NULL;
    return 0;
}

static inline void fake_set_timer(void *self, struct timer *t, uint64_t at_ms)
{
    struct fake_watch *fake = self;

    virtual_clock_set(&fake->clock, t, at_ms);
}

/* Empties it, and returns the loop as its users see it. */
static inline struct watch fake_open(struct fake_watch *fake)
{
    struct watch watch = {fake, fake_set, fake_set_timer, &fake->clock.now_ms,
                          NULL, NULL};

    memset(fake, 0, sizeof *fake);
    virtual_clock_init(&fake->clock);
    return watch;
}

/* How many descriptors are watched. */
static inline int fake_count(const struct fake_watch *fake)
{
    int count = 0;

    for (int fd = 0; fd < FAKE_FDS; fd++)
        count += fake->events[fd] != 0;
    return count;
}

/* Calls the watcher of a descriptor, which must be watched for these events. */
static inline void fake_ready(struct fake_watch *fake, int fd, unsigned events)
{
    assert_int_equal(fake->events[fd] & events, events);
    fake->watchers[fd]->ready(fake->watchers[fd], fd, events);
}

#endif
