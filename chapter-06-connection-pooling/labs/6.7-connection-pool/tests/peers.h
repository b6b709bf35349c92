#ifndef PEERS_H
#define PEERS_H

/* peers: connections whose other end the test holds. */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "expect.h"
#include "fixture.h"
#include "idle_pool.h"

#define PEERS_MAX 8
#define TTL       1000

struct peers {
    struct idle_pool pool;
    int fd[PEERS_MAX];   /* what the pool is given */
    int peer[PEERS_MAX]; /* the backend's end */
};

static inline void peers_open(struct peers *p, int max)
{
    idle_pool_init(&p->pool, max, TTL);
    for (int i = 0; i < PEERS_MAX; i++) {
        int ends[2];

        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        p->fd[i] = ends[0];
        p->peer[i] = ends[1];
    }
}

static inline int is_closed(const struct peers *p, int i)
{
    char byte;

    return recv(p->peer[i], &byte, 1, MSG_DONTWAIT) == 0;
}

/* Connections first to last, to this backend, one each millisecond from `at`. */
static inline void give_all(struct peers *p, int first, int last, int backend,
                            uint64_t at)
{
    for (int i = first; i <= last; i++)
        idle_pool_give(&p->pool, backend, p->fd[i], 1,
                       at + (uint64_t)(i - first));
}

/* The i-th connection is lent; -1: none. */
static inline void expect_taken(struct peers *p, int backend, uint64_t now,
                                int i)
{
    int came = idle_pool_take(&p->pool, backend, now), which = -1;

    for (int k = 0; k < PEERS_MAX; k++)
        if (came >= 0 && p->fd[k] == came)
            which = k;
    expect_int(about("the connection that backend %d's request gets", backend),
               which, i);
}

static inline void expect_closed(const struct peers *p, int i, int closed)
{
    expect_int(about("whether connection %d was closed", i), is_closed(p, i),
               closed);
}

/* Gives up what the pool has; those that are not closed then were lent, or never
 * given to it. */
static inline void peers_close(struct peers *p)
{
    idle_pool_close(&p->pool);
    for (int i = 0; i < PEERS_MAX; i++) {
        if (p->peer[i] >= 0 && !is_closed(p, i))
            close(p->fd[i]);
        if (p->peer[i] >= 0)
            close(p->peer[i]);
    }
}

#endif
