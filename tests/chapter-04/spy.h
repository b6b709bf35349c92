#ifndef SPY_H
#define SPY_H

/* spy: a watcher that notes how the loop called it, and then does what the test
 * wants; and the loop under test, with pairs of sockets to watch.
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. Include it after fixture.h. */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "descriptors.h"
#include "select_loop.h"

struct spy {
    struct watcher watcher; /* first */
    int calls, fd;
    unsigned events;
    void (*then)(struct spy *spy);
    int other; /* for `then` */
};

static inline void spy_ready(struct watcher *w, int fd, unsigned events)
{
    struct spy *spy = (struct spy *)w;

    spy->calls++;
    spy->fd = fd;
    spy->events = events;
    if (spy->then != NULL)
        spy->then(spy);
}

static inline struct spy new_spy(void)
{
    struct spy spy;

    memset(&spy, 0, sizeof spy);
    spy.watcher.ready = spy_ready;
    return spy;
}

/* The loop under test. */
static struct select_loop loop;
static struct watch watch;

static inline void open_loop(void)
{
    select_loop_init(&loop);
    watch = select_loop_watch(&loop);
}

static inline int set(int fd, unsigned events, struct spy *spy)
{
    return watch.set(watch.loop, fd, events, &spy->watcher);
}

static inline void pair(int ends[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    descriptors_nonblocking(ends[0]);
    descriptors_nonblocking(ends[1]);
}

static inline void close_pair(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

static inline void fill(int fd)
{
    assert_int_equal(write(fd, "x", 1), 1);
}

#endif
