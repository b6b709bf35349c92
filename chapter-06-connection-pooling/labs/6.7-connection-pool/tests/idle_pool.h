#ifndef IDLE_POOL_H
#define IDLE_POOL_H

#include <stdint.h>

/* idle_pool: connections to several backends, kept for the next request.
 *
 *     fd = idle_pool_take(&pool, 3, now);      or connect, if that is -1
 *     ... a request, and its answer to the end ...
 *     idle_pool_give(&pool, 3, fd, 1, now);
 *
 * It knows idle connections only: one that is lent is the borrower's, until it is
 * given back. Each is closed by the pool, or lent, never both. A backend is a
 * number; milliseconds are those of a clock that does not go back. Nothing here
 * blocks or allocates memory. Not for several threads. */

#define IDLE_POOL_MAX 64

struct idle_conn {
    int fd, backend;
    uint64_t since_ms; /* when it was given back */
};

struct idle_pool {
    int max; /* 0 to IDLE_POOL_MAX; for all backends together */
    uint64_t ttl_ms;
    int count;
    struct idle_conn conn[IDLE_POOL_MAX]; /* oldest first, without a gap */
};

void idle_pool_init(struct idle_pool *p, int max, uint64_t ttl_ms);

/* Lends the newest idle connection to this backend that is good, or -1. One that
 * has been idle for ttl_ms or longer is not, nor one that is no longer silent:
 * its backend has closed it, or has said what nobody asked for. Those to this
 * backend that are found to be bad on the way are closed. */
int idle_pool_take(struct idle_pool *p, int backend, uint64_t now_ms);

/* Takes a connection back. It is kept if it is healthy (its last answer was read
 * to the end), else closed. A full pool closes its oldest for it. */
void idle_pool_give(struct idle_pool *p, int backend, int fd, int healthy,
                    uint64_t now_ms);

/* Closes those that have been idle for ttl_ms or longer. Returns how many. */
int idle_pool_expire(struct idle_pool *p, uint64_t now_ms);

/* A health check has failed: closes all to this backend. Returns how many. */
int idle_pool_evict(struct idle_pool *p, int backend);

/* Closes all. The pool is then empty, and may be used again. */
void idle_pool_close(struct idle_pool *p);

#endif
