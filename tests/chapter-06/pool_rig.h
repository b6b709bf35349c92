#ifndef POOL_RIG_H
#define POOL_RIG_H

/* pool_rig: what a connection pool stands on, in the hands of the test: a clock
 * that only the test moves, timers that ring when it does, a backend that the
 * test plays (wire.h), and a real loop under a watch that notes what it is asked.
 *
 * Its set() fails the test if a descriptor is forgotten after it was closed.
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. Include it after fixture.h. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "conn_pool.h"
#include "deadline.h"
#include "event_loop.h"
#include "select_loop.h"
#include "wire.h"

#define POOL_RIG_FDS 65536

/* Which loop those that are opened from now on stand on. */
static int rig_on_select;

struct pool_rig {
    event_loop_t *events;      /* the real loop is this one ... */
    struct select_loop select; /* ... or, if rig_on_select, this */
    struct watch real;
    int detached;            /* it is not told: for more than it can watch */
    uint64_t now_ms;
    struct timer *timers;
    int timer_calls;                /* of set_timer */
    int set_calls;                  /* of set */
    int failing;                    /* set says EMFILE */
    unsigned wanted[POOL_RIG_FDS];  /* 0: not watched */
    struct watcher *watchers[POOL_RIG_FDS];
    int peer[POOL_RIG_FDS];         /* the other end of one of ours; 0: none */
    int listener;
    struct net_address to;          /* where it listens */
};

static inline int rig_is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

/* ---- the loop ------------------------------------------------------------ */

static inline int rig_set(void *self, int fd, unsigned events,
                          struct watcher *w)
{
    struct pool_rig *rig = self;

    assert_in_range(fd, 0, POOL_RIG_FDS - 1);
    assert_true(rig_is_open(fd));
    rig->set_calls++;
    if (rig->failing && events != 0) {
        errno = EMFILE;
        return -1;
    }
    rig->wanted[fd] = events;
    rig->watchers[fd] = events != 0 ? w : NULL;
    return rig->detached ? 0 : rig->real.set(rig->real.loop, fd, events, w);
}

static inline void rig_set_timer(void *self, struct timer *t, uint64_t at_ms)
{
    struct pool_rig *rig = self;

    rig->timer_calls++;
    timer_unlink(t);
    t->at_ms = at_ms;
    if (at_ms != CLOCK_NEVER)
        timer_link(t, &rig->timers);
}

static inline struct watch rig_watch(struct pool_rig *rig)
{
    struct watch watch = {rig, rig_set, rig_set_timer, &rig->now_ms, NULL,
                          NULL};

    return watch;
}

/* So much time passes; timers that are due ring. Returns how many. */
static inline int rig_pass(struct pool_rig *rig, uint64_t ms)
{
    struct timer *due = NULL, *next;

    rig->now_ms += ms;
    for (struct timer *t = rig->timers; t != NULL; t = next) {
        next = t->next;
        if (t->at_ms <= rig->now_ms) {
            timer_unlink(t);
            timer_link(t, &due);
        }
    }
    return timer_ring_all(&due);
}

static inline int rig_run(struct pool_rig *rig, int timeout_ms)
{
    return rig->events != NULL ? event_loop_run(rig->events, timeout_ms)
                               : select_loop_turn(&rig->select, timeout_ms);
}

/* One turn: waits for an event and has the watchers called. */
static inline int rig_turn(struct pool_rig *rig)
{
    return rig_run(rig, deadline_left(deadline_in(10000)));
}

/* One turn that does not wait. */
static inline int rig_look(struct pool_rig *rig)
{
    return rig_run(rig, 0);
}

static inline int rig_watched(const struct pool_rig *rig)
{
    int count = 0;

    for (int fd = 0; fd < POOL_RIG_FDS; fd++)
        if (rig->wanted[fd] != 0) {
            assert_true(rig_is_open(fd)); /* or it was closed unforgotten */
            count++;
        }
    return count;
}

/* ---- the backend --------------------------------------------------------- */

static inline void rig_open(struct pool_rig *rig)
{
    int port;

    memset(rig, 0, sizeof *rig);
    if (rig_on_select) {
        select_loop_init(&rig->select);
        rig->real = select_loop_watch(&rig->select);
    } else {
        rig->events = event_loop_create(MAX_EVENTS);
        assert_non_null(rig->events);
        rig->real = event_loop_watch(rig->events);
    }
    rig->now_ms = 1000000;
    rig->listener = wire_listen(&port);
    assert_int_equal(net_local_address(rig->listener, &rig->to), 0);
}

/* Closes the backend's ends, too. */
static inline void rig_close(struct pool_rig *rig)
{
    assert_int_equal(rig_watched(rig), 0);
    assert_null(rig->timers);
    for (int fd = 0; fd < POOL_RIG_FDS; fd++)
        if (rig->peer[fd] != 0)
            close(rig->peer[fd]);
    close(rig->listener);
    event_loop_destroy(rig->events);
}

/* The backend takes the connection that has just been begun. */
static inline int rig_accept(struct pool_rig *rig, int fd)
{
    assert_in_range(fd, 0, POOL_RIG_FDS - 1);
    if (rig->peer[fd] != 0)
        close(rig->peer[fd]); /* of one that had the same number */
    rig->peer[fd] = wire_accept(rig->listener);
    return fd;
}

/* A new connection of the pool's, lent. */
static inline int rig_lend(struct pool_rig *rig, conn_pool_t *pool)
{
    return rig_accept(rig, conn_pool_open(pool, &rig->to));
}

/* The same, and it is idle. */
static inline int rig_idle(struct pool_rig *rig, conn_pool_t *pool)
{
    int fd = rig_lend(rig, pool);

    conn_pool_return(pool, fd, 1);
    return fd;
}

/* The other end, no longer the rig's to close. */
static inline int rig_take_peer(struct pool_rig *rig, int fd)
{
    int peer = rig->peer[fd];

    assert_true(peer > 0);
    rig->peer[fd] = 0;
    return peer;
}

/* Our end has been closed: the backend sees it. */
static inline void rig_expect_closed(struct pool_rig *rig, int fd)
{
    int peer = rig_take_peer(rig, fd);

    wire_expect_gone(peer);
    wire_close(peer);
}

/* What the backend does to an idle connection. */
enum spoiled { SPEAKS, CLOSES, RESETS };

static inline void rig_spoil(struct pool_rig *rig, int fd, enum spoiled how)
{
    if (how == SPEAKS)
        wire_send_text(rig->peer[fd], "HTTP/1.1 200 OK\r\n\r\n");
    else if (how == CLOSES)
        wire_close(rig_take_peer(rig, fd));
    else
        wire_reset(rig_take_peer(rig, fd));
    assert_int_not_equal(deadline_poll(fd, POLLIN, deadline_in(10000)), 0);
}

/* ---- the pool ------------------------------------------------------------ */

static inline void rig_expect(conn_pool_t *pool, int available, int in_use)
{
    int total, a, u;

    conn_pool_stats(pool, &total, &a, &u, NULL);
    assert_int_equal(a, available);
    assert_int_equal(u, in_use);
    assert_int_equal(total, available + in_use);
}

static inline void rig_expect_nothing_idle(conn_pool_t *pool)
{
    errno = 0;
    assert_int_equal(conn_pool_take_idle(pool), -1);
    assert_int_equal(errno, EAGAIN);
}

#endif
