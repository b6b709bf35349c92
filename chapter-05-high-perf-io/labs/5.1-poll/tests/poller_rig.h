#ifndef POLLER_RIG_H
#define POLLER_RIG_H

/* poller_rig: a poller, and socket pairs for it. Include it after fixture.h. */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "event_loop.h"
#include "expect.h"
#include "poller.h"

#define PAIRS 8

struct rig {
    void *poller;
    int ends[PAIRS][2]; /* [i][0] is watched, [i][1] is the test's */
    struct ready ready[16];
    int count; /* of `ready`: what the last wait has told */
};

static inline struct rig *rig_open(void)
{
    static struct rig r;

    memset(&r, 0, sizeof r);
    r.poller = poller_open(16);
    expect_that("poller_open()", r.poller != NULL, "a poller");
    for (int i = 0; i < PAIRS; i++)
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, r.ends[i]), 0);
    return &r;
}

static inline void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static inline void rig_close(struct rig *r)
{
    poller_close(r->poller);
    for (int i = 0; i < PAIRS; i++) {
        shut(&r->ends[i][0]);
        shut(&r->ends[i][1]);
    }
}

static inline void set(struct rig *r, int i, uint32_t before, uint32_t after)
{
    expect_int(about("poller_set() of pair %d", i),
               poller_set(r->poller, r->ends[i][0], before, after), 0);
}

static inline void watch(struct rig *r, int i, uint32_t events)
{
    set(r, i, 0, events);
}

static inline void fill(struct rig *r, int i)
{
    assert_int_equal(write(r->ends[i][1], "x", 1), 1);
}

static inline void wait_up_to(struct rig *r, int max, int timeout_ms)
{
    r->count = poller_wait(r->poller, r->ready, max, timeout_ms);
}

/* What the last wait has told of a pair, as bits. */
static inline uint32_t told(const struct rig *r, int i)
{
    uint32_t events = 0;

    for (int n = 0; n < r->count; n++)
        if (r->ready[n].fd == r->ends[i][0])
            events |= r->ready[n].events;
    return events;
}

static inline void expect_told(const char *what, const struct rig *r, int i,
                               uint32_t events)
{
    expect_int(what, told(r, i), events);
}

/* Nothing is told, and the wait lasts as long as it may. */
static inline void expect_quiet(const char *what, struct rig *r)
{
    uint64_t before_ms = clock_now_ms();

    wait_up_to(r, 16, 50);
    expect_int(what, r->count, 0);
    expect_that("a wait of 50 ms in which nothing happens",
                clock_now_ms() - before_ms >= 45, "lasts so long");
}

#endif
