#ifndef CONN_POOL_H
#define CONN_POOL_H

#include "net.h"
#include "watch.h"

#include <stdint.h>

/* conn_pool: connections to one backend, kept for the next request.
 *
 *        take_idle, get                            return, healthy
 *      <---------------- [ newest ... oldest ] <-------------------
 *                           idle           |
 *                                          +--> closed: too many, too old,
 *                                               or the backend closed or spoke
 *
 * The newest goes out first, so that the oldest, which are not needed, can age:
 * one that has been idle for the pool's ttl is closed, and one returned to a full
 * pool pushes out the one that was used least recently (LRU).
 *
 * An idle HTTP connection is silent. If it becomes readable, the backend has
 * closed it, or has said what nobody asked for, and whoever got it next would
 * take that for the answer to his request (response smuggling): either way it is
 * closed. A pool that is watched (conn_pool_watch) is told in the next turn of
 * the loop, and asks it before it lends whether something is known already; one
 * that is not looks itself (recv with MSG_PEEK).
 *
 * Descriptors that are lent are still the pool's: they come back by
 * conn_pool_return(), always. Nothing here blocks but conn_pool_create(), which
 * asks the resolver. Lending and taking back cost the same however many are idle;
 * an idle one costs 48 bytes here, and its socket in the kernel. */

typedef struct conn_pool conn_pool_t;

/* A pool of at most max_size (0 to CONN_POOL_MAX; 0: nothing is ever kept) idle
 * connections to host:port, each idle for at most ttl_seconds (at least 1). host
 * NULL: a pool that does not know where it leads (port is ignored);
 * conn_pool_get() can't be used then, conn_pool_open() can. NULL and errno
 * (EINVAL, ENOMEM; EHOSTUNREACH if the name is not known). */
#define CONN_POOL_MAX 100000
conn_pool_t *conn_pool_create(const char *host, int port, int max_size,
                              int ttl_seconds);

/* From now on idle connections are watched by this loop, and old ones closed by
 * its timer; the time is the loop's. To be called before the first connection;
 * the loop must outlive the pool. */
void conn_pool_watch(conn_pool_t *pool, struct watch watch);

/* Connections may be idle for so long from now on (at least 1 ms), also those that
 * are idle already. */
void conn_pool_set_ttl(conn_pool_t *pool, uint64_t ttl_ms);

/* Lends an idle connection that is good as far as can be known, or -1 and EAGAIN
 * if there is none. It may still die before it is used: whoever lends from a pool
 * must be ready to send his request again on a new one.
 *
 * From a watched pool it comes without a system call: the loop still knows it,
 * under the pool's watcher. Whoever borrows it sets his own in the same turn,
 * which then costs the kernel no change either. Should an event come before that,
 * the pool does not touch the connection; it only has the loop forget it. */
int conn_pool_take_idle(conn_pool_t *pool);

/* Lends a new one: begins to connect to an address; see net_connect_start(). */
int conn_pool_open(conn_pool_t *pool, const struct net_address *to);

/* Lends an idle one, or a new one to the first address of host that does not fail
 * at once. Non-blocking, connected or still connecting. -1 and errno
 * (EDESTADDRREQ: the pool has no host). */
int conn_pool_get(conn_pool_t *pool);

/* Takes a lent descriptor back. `healthy`: it is connected, the last response was
 * read to its end and nothing came after it; then it is kept, otherwise closed.
 * It is also closed if the pool keeps none, or the loop can't watch it, or memory
 * is short. The borrower's watch on it may still be set if the pool is watched by
 * the same loop: the pool takes it over, which spares the kernel a change. */
void conn_pool_return(conn_pool_t *pool, int fd, int healthy);

/* Closes those that have been idle too long, or, if everything, all idle ones
 * (the backend is gone, or the program ends). Returns how many. */
int conn_pool_prune(conn_pool_t *pool, int everything);

/* Each may be NULL. total = available (idle) + in_use (lent). hit_rate is the
 * part, 0 to 1, of all that were lent so far that were idle ones; 0 before the
 * first. */
void conn_pool_stats(conn_pool_t *pool, int *total, int *available, int *in_use,
                     double *hit_rate);

/* How many were lent so far, and how many of these were idle ones. */
void conn_pool_counts(const conn_pool_t *pool, uint64_t *lent,
                      uint64_t *reused);

/* Closes the idle ones and frees the pool. Lent ones must have come back. NULL is
 * allowed. */
void conn_pool_destroy(conn_pool_t *pool);

#endif
