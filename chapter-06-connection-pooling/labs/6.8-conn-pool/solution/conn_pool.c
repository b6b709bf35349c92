#include "conn_pool.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

struct idle {
    int fd;
    uint64_t since_ms;
};

/* The idle ones stand in a ring, the oldest at `first`; there is one watcher
 * for all of them. What the loop tells of a descriptor that does not stand
 * there is about one that was lent and that its borrower does not watch yet. */
struct conn_pool {
    struct watcher watcher; /* first: the loop hands us this */
    struct timer timer;
    struct watch watch; /* set NULL: it is not watched */
    struct net_addresses *addresses;
    int max_size, in_use;
    uint64_t ttl_ms, lent, reused;
    struct idle *ring;
    int room, first, count; /* places in the ring; and those that are used */
};

/* ---- the ring --------------------------------------------------------------
 */

/* The i-th, from the oldest. */
static struct idle *at(const conn_pool_t *pool, int i)
{
    return &pool->ring[(pool->first + i) % pool->room];
}

static int find(const conn_pool_t *pool, int fd)
{
    int i = 0;

    while (i < pool->count && at(pool, i)->fd != fd)
        i++;
    return i;
}

/* Room for one more. 0, or -1 if memory is short: then all is as it was. */
static int make_room(conn_pool_t *pool)
{
    int room = pool->room > 0 ? 2 * pool->room : 16;
    struct idle *ring;

    if (pool->count < pool->room)
        return 0;
    ring = malloc((size_t)room * sizeof *ring);
    if (ring == NULL)
        return -1;
    for (int i = 0; i < pool->count; i++)
        ring[i] = *at(pool, i);
    free(pool->ring);
    pool->ring = ring;
    pool->room = room;
    pool->first = 0;
    return 0;
}

/* Takes the i-th out; those behind it move up. At the ends nothing moves. */
static int take_out(conn_pool_t *pool, int i)
{
    int fd = at(pool, i)->fd;

    pool->count--;
    if (i == 0)
        pool->first = (pool->first + 1) % pool->room;
    else
        for (; i < pool->count; i++)
            *at(pool, i) = *at(pool, i + 1);
    return fd;
}

/* ---- closing ----------------------------------------------------------------
 */

static int is_watched(const conn_pool_t *pool)
{
    return pool->watch.set != NULL;
}

static void forget(conn_pool_t *pool, int fd)
{
    if (is_watched(pool))
        pool->watch.set(pool->watch.loop, fd, 0, NULL);
}

static void forget_and_close(conn_pool_t *pool, int fd)
{
    forget(pool, fd);
    close(fd);
}

static void idle_spoke_or_ended(struct watcher *w, int fd, unsigned events)
{
    conn_pool_t *pool = (conn_pool_t *)w;
    int i = find(pool, fd);

    (void)events;
    if (i < pool->count)
        forget_and_close(pool, take_out(pool, i));
    else
        forget(pool, fd);
}

/* ---- age --------------------------------------------------------------------
 */

static uint64_t now_of(const conn_pool_t *pool)
{
    return is_watched(pool) ? *pool->watch.now_ms : clock_now_ms();
}

static void set_timer(conn_pool_t *pool, uint64_t at_ms)
{
    if (is_watched(pool))
        pool->watch.set_timer(pool->watch.loop, &pool->timer, at_ms);
}

/* The timer stays as it is when the one that it was set for goes: it then rings
 * too early, once. */
static void set_timer_if_none_is(conn_pool_t *pool)
{
    if (pool->count > 0 && pool->timer.at_ms == CLOCK_NEVER)
        set_timer(pool, at(pool, 0)->since_ms + pool->ttl_ms);
}

int conn_pool_prune(conn_pool_t *pool, int everything)
{
    uint64_t now = now_of(pool);
    int before = pool->count;

    while (pool->count > 0 &&
           (everything || now - at(pool, 0)->since_ms >= pool->ttl_ms))
        forget_and_close(pool, take_out(pool, 0));
    return before - pool->count;
}

static void ring(void *owner)
{
    conn_pool_prune(owner, 0);
    set_timer_if_none_is(owner);
}

void conn_pool_set_ttl(conn_pool_t *pool, uint64_t ttl_ms)
{
    if (pool->ttl_ms == ttl_ms)
        return;
    pool->ttl_ms = ttl_ms;
    set_timer(pool, CLOCK_NEVER);
    set_timer_if_none_is(pool);
}

/* ---- making and ending ------------------------------------------------------
 */

static int resolve(conn_pool_t *pool, const char *host, int port)
{
    int error;

    pool->addresses = malloc(sizeof *pool->addresses);
    if (pool->addresses == NULL)
        return -1;
    error = net_resolve(host, port, pool->addresses);
    if (error != 0)
        errno = error == EAI_MEMORY ? ENOMEM : EHOSTUNREACH;
    return error != 0 ? -1 : 0;
}

static int are_in_range(const char *host, int port, int max_size, int ttl)
{
    return max_size >= 0 && max_size <= CONN_POOL_MAX && ttl >= 1 &&
           (host == NULL || (port >= 1 && port <= 65535));
}

conn_pool_t *conn_pool_create(const char *host, int port, int max_size,
                              int ttl_seconds)
{
    conn_pool_t *pool = NULL;
    int error;

    if (!are_in_range(host, port, max_size, ttl_seconds))
        errno = EINVAL;
    else
        pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        return NULL;
    pool->watcher.ready = idle_spoke_or_ended;
    timer_init(&pool->timer, ring, pool);
    pool->max_size = max_size;
    pool->ttl_ms = (uint64_t)ttl_seconds * 1000;
    if (host != NULL && resolve(pool, host, port) != 0) {
        error = errno;
        conn_pool_destroy(pool);
        errno = error;
        return NULL;
    }
    return pool;
}

void conn_pool_watch(conn_pool_t *pool, struct watch watch)
{
    assert(pool->count + pool->in_use == 0);
    pool->watch = watch;
}

void conn_pool_destroy(conn_pool_t *pool)
{
    if (pool == NULL)
        return;
    conn_pool_prune(pool, 1);
    set_timer(pool, CLOCK_NEVER);
    free(pool->addresses);
    free(pool->ring);
    free(pool);
}

/* ---- lending and taking back ------------------------------------------------
 */

static int lend(conn_pool_t *pool, int fd, unsigned reused)
{
    if (fd < 0)
        return -1;
    pool->in_use++;
    pool->lent++;
    pool->reused += reused;
    return fd;
}

/* Nothing has come, as far as the loop knows, or, without one, the kernel. */
static int is_silent(const conn_pool_t *pool, int fd)
{
    char byte;

    if (is_watched(pool))
        return pool->watch.is_due == NULL ||
               !pool->watch.is_due(pool->watch.loop, fd);
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           (errno == EAGAIN || errno == EWOULDBLOCK);
}

int conn_pool_take_idle(conn_pool_t *pool)
{
    conn_pool_prune(pool, 0);
    while (pool->count > 0) {
        int fd = take_out(pool, pool->count - 1);

        if (is_silent(pool, fd))
            return lend(pool, fd, 1);
        forget_and_close(pool, fd);
    }
    errno = EAGAIN;
    return -1;
}

int conn_pool_open(conn_pool_t *pool, const struct net_address *to)
{
    return lend(pool, net_connect_start(to), 0);
}

int conn_pool_get(conn_pool_t *pool)
{
    int fd = conn_pool_take_idle(pool);
    int count = pool->addresses != NULL ? pool->addresses->count : 0;

    if (fd < 0 && pool->addresses == NULL)
        errno = EDESTADDRREQ;
    for (int i = 0; fd < 0 && i < count; i++)
        fd = conn_pool_open(pool, &pool->addresses->at[i]);
    return fd;
}

/* 0, or -1 if it can't be kept: then nothing has changed. */
static int keep(conn_pool_t *pool, int fd)
{
    const struct watch *watch = &pool->watch;

    if (pool->max_size == 0 || make_room(pool) != 0)
        return -1;
    if (is_watched(pool) &&
        watch->set(watch->loop, fd, WATCH_READ, &pool->watcher) != 0)
        return -1;
    pool->count++;
    *at(pool, pool->count - 1) = (struct idle){fd, now_of(pool)};
    if (pool->count > pool->max_size)
        forget_and_close(pool, take_out(pool, 0));
    set_timer_if_none_is(pool);
    return 0;
}

void conn_pool_return(conn_pool_t *pool, int fd, int healthy)
{
    pool->in_use--;
    if (!healthy || keep(pool, fd) != 0)
        forget_and_close(pool, fd);
}

/* ---- numbers ----------------------------------------------------------------
 */

void conn_pool_stats(conn_pool_t *pool, int *total, int *available, int *in_use,
                     double *hit_rate)
{
    if (total != NULL)
        *total = pool->count + pool->in_use;
    if (available != NULL)
        *available = pool->count;
    if (in_use != NULL)
        *in_use = pool->in_use;
    if (hit_rate != NULL)
        *hit_rate = (double)pool->reused /
                    (double)(pool->lent > 0 ? pool->lent : 1);
}

void conn_pool_counts(const conn_pool_t *pool, uint64_t *lent, uint64_t *reused)
{
    *lent = pool->lent;
    *reused = pool->reused;
}
