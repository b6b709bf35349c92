#ifndef LONE_PROBER_H
#define LONE_PROBER_H

/* lone_prober: the prober under test. The backends are sockets; the clock and
 * the loop are in the hands of the test: a connect that hangs is one that
 * nobody tells the prober about.
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. Include it after fixture.h. */

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "deadline.h"
#include "fake_watch.h"
#include "probe.h"
#include "refusing.h"
#include "wire.h"

static struct fake_watch fake;
static struct prober prober;
static struct backend_set set;

/* Adds a backend at this port of 127.0.0.1. */
static inline void add(int port)
{
    struct backend *b = &set.backends[set.num_backends];
    char text[32];

    snprintf(text, sizeof text, "127.0.0.1:%d", port);
    assert_null(backend_set_add(&set, text, 0));
    assert_int_equal(net_resolve("127.0.0.1", port, &b->addresses), 0);
}

static inline void begin(void)
{
    memset(&set, 0, sizeof set);
}

static inline void open_prober(void)
{
    prober_init(&prober, fake_open(&fake), &set);
}

static inline int fd_of(int i)
{
    return prober.probes[i].fd;
}

/* The connect of a backend's check is decided: the prober is told. */
static inline void decide(int i)
{
    int fd = fd_of(i);

    assert_true(fd >= 0);
    assert_int_equal(fake.events[fd], WATCH_WRITE);
    assert_true(deadline_poll(fd, POLLOUT, deadline_in(10000)) != 0);
    fake_ready(&fake, fd, WATCH_WRITE);
}

/* The clock goes on by so much; what is due then happens. */
static inline void pass(uint64_t ms)
{
    fake.clock.now_ms += ms;
    virtual_clock_ring(&fake.clock);
}

/* How long it is until something happens to a backend's check. */
static inline int due_in_ms(int i)
{
    return (int)(prober.probes[i].timer.at_ms - fake.clock.now_ms);
}

/* What is due now, and all that it began is decided. */
static inline void check_all(void)
{
    pass(0);
    for (int i = 0; i < set.num_backends; i++)
        while (fd_of(i) >= 0)
            decide(i);
}

/* The first backend's check fails or succeeds, whatever the network says. */
static inline void check_one(const struct backend *b, int ok)
{
    prober_suspect(&prober, b);
    pass(0);
    if (ok)
        decide(0);
    else
        pass(PROBE_TIMEOUT_MS);
    assert_int_equal(fd_of(0), -1);
}

#endif
