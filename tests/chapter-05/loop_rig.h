#ifndef LOOP_RIG_H
#define LOOP_RIG_H

/* loop_rig: a loop under test, and callbacks that note how they were called.
 * Include it after fixture.h. */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "descriptor.h"
#include "event_loop.h"
#include "net.h"
#include "poller.h"
#include "wire.h"

struct rig {
    event_loop_t *loop;
};

struct call {
    int count, fd;
    uint32_t events, all; /* of the last call; of all calls */
};

static inline struct rig rig_open(int max_events)
{
    struct rig r;

    r.loop = event_loop_create(max_events);
    assert_non_null(r.loop);
    return r;
}

/* Closes no descriptor but its own. */
static inline void rig_close(struct rig *r)
{
    event_loop_destroy(r->loop);
    r->loop = NULL;
}

static inline void note(event_loop_t *loop, int fd, uint32_t events, void *data)
{
    struct call *call = data;

    (void)loop;
    call->count++;
    call->fd = fd;
    call->events = events;
    call->all |= events;
}

static inline void pair(int ends[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(descriptor_prepare(ends[0]), 0);
    assert_int_equal(descriptor_prepare(ends[1]), 0);
}

static inline void close_pair(int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

static inline void fill(int fd)
{
    assert_int_equal(write(fd, "x", 1), 1);
}

/* A connect to a port at which nobody listens. */
static inline int refused_connect(void)
{
    struct net_addresses to;
    int port, holder = wire_refuse(&port), fd;

    assert_int_equal(net_resolve("127.0.0.1", port, &to), 0);
    fd = net_connect_start(&to.at[0]);
    assert_true(fd >= 0);
    wire_close(holder);
    return fd;
}

/* Nothing is told, and the wait lasts as long as it may. */
static inline void expect_quiet(struct rig *r)
{
    uint64_t before = clock_now_ms();

    assert_int_equal(event_loop_run(r->loop, 50), 0);
    assert_true(clock_now_ms() - before >= 45);
}

#endif
