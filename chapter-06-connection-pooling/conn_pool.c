#include "conn_pool.h"

#include "clock.h"
#include "list.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An idle connection: 48 bytes. Its memory stays with the pool until the pool
 * ends, and serves one connection after the other: the loop may still know its
 * watcher under the descriptor that was lent last, see idle_ready(). */
struct idle {
    struct watcher watcher; /* first: the loop hands us this */
    struct conn_pool *pool;
    struct list link; /* in pool->idle, or in pool->spare */
    uint64_t since_ms;
    int fd; /* -1: spare */
};

struct conn_pool {
    int max_size;
    uint64_t ttl_ms;
    struct net_addresses *addresses; /* NULL: it does not know where it leads */
    struct watch watch;              /* set NULL: it is not watched */
    struct timer timer; /* set as long as there are idle ones to watch over */
    struct list idle;   /* newest first */
    struct list spare;  /* entries that hold no connection at the moment */
    int available, in_use;
    uint64_t lent, reused; /* since the beginning */
};

static int is_watched(const conn_pool_t *pool)
{
    return pool->watch.set != NULL;
}

static uint64_t now_ms(const conn_pool_t *pool)
{
    return is_watched(pool) ? *pool->watch.now_ms : clock_now_ms();
}

/* ---- idle connections --------------------------------------------------- */

static struct idle *entry_at(struct list *link)
{
    return LIST_OWNER(link, struct idle, link);
}

/* Nobody waits for this descriptor any more. */
static void unwatch(conn_pool_t *pool, int fd)
{
    if (is_watched(pool))
        pool->watch.set(pool->watch.loop, fd, 0, NULL);
}

static void close_unwatched(conn_pool_t *pool, int fd)
{
    unwatch(pool, fd);
    close(fd);
}

/* Takes a connection out of its entry. The loop still watches it. */
static int unlink_idle(struct idle *c)
{
    int fd = c->fd;

    c->fd = -1;
    c->pool->available--;
    list_remove(&c->link);
    list_push(&c->pool->spare, &c->link);
    return fd;
}

static void drop(struct idle *c)
{
    close_unwatched(c->pool, unlink_idle(c));
}

/* An idle connection has ended, or speaks unasked: it is of no use. (If fd is
 * not the entry's, it was lent in the meantime and the borrower has not begun to
 * wait for it: the loop forgets it, or it would tell us again in every turn.) */
static void idle_ready(struct watcher *w, int fd, unsigned events)
{
    struct idle *c = (struct idle *)w;

    (void)events;
    if (c->fd == fd)
        drop(c);
    else
        unwatch(c->pool, fd);
}

/* An entry for one more: a spare one, or a new one; NULL if memory is short. */
static struct idle *new_entry(conn_pool_t *pool)
{
    struct idle *c;

    if (!list_is_empty(&pool->spare)) {
        c = entry_at(pool->spare.next);
        list_remove(&c->link);
        return c;
    }
    c = malloc(sizeof *c);
    if (c != NULL) {
        c->watcher.ready = idle_ready;
        c->pool = pool;
    }
    return c;
}

/* ---- age ---------------------------------------------------------------- */

static int is_too_old(const struct idle *c, uint64_t now)
{
    return now - c->since_ms >= c->pool->ttl_ms;
}

/* One timer for all: it is set for the oldest and left alone when that one goes
 * out or is closed; then it rings too early and is set anew. So lending and
 * taking back do not touch it. */
static void watch_over_age(conn_pool_t *pool)
{
    struct idle *oldest = entry_at(pool->idle.prev);

    if (is_watched(pool) && !list_is_empty(&pool->idle) &&
        pool->timer.at_ms == CLOCK_NEVER)
        pool->watch.set_timer(pool->watch.loop, &pool->timer,
                              oldest->since_ms + pool->ttl_ms);
}

static void time_is_up(void *owner)
{
    conn_pool_t *pool = owner;

    conn_pool_prune(pool, 0);
    watch_over_age(pool);
}

void conn_pool_set_ttl(conn_pool_t *pool, uint64_t ttl_ms)
{
    assert(ttl_ms > 0);
    if (ttl_ms == pool->ttl_ms)
        return;
    pool->ttl_ms = ttl_ms;
    if (is_watched(pool))
        pool->watch.set_timer(pool->watch.loop, &pool->timer, CLOCK_NEVER);
    watch_over_age(pool);
}

int conn_pool_prune(conn_pool_t *pool, int everything)
{
    uint64_t now = now_ms(pool);
    int closed = 0;

    for (; !list_is_empty(&pool->idle); closed++) {
        struct idle *oldest = entry_at(pool->idle.prev);

        if (!everything && !is_too_old(oldest, now))
            break;
        drop(oldest);
    }
    return closed;
}

/* ---- the pool ----------------------------------------------------------- */

/* 0, or -1 and errno. */
static int resolve(conn_pool_t *pool, const char *host, int port)
{
    int error;

    pool->addresses = malloc(sizeof *pool->addresses);
    if (pool->addresses == NULL)
        return -1;
    error = net_resolve(host, port, pool->addresses);
    if (error == 0)
        return 0;
    free(pool->addresses);
    errno = error == EAI_MEMORY ? ENOMEM : EHOSTUNREACH;
    return -1;
}

conn_pool_t *conn_pool_create(const char *host, int port, int max_size,
                              int ttl_seconds)
{
    conn_pool_t *pool;

    if (max_size < 0 || max_size > CONN_POOL_MAX || ttl_seconds < 1 ||
        (host != NULL && (port < 1 || port > 65535))) {
        errno = EINVAL;
        return NULL;
    }
    pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        return NULL;
    if (host != NULL && resolve(pool, host, port) != 0) {
        free(pool);
        return NULL;
    }
    pool->max_size = max_size;
    pool->ttl_ms = 1000 * (uint64_t)ttl_seconds;
    list_init(&pool->idle);
    list_init(&pool->spare);
    timer_init(&pool->timer, time_is_up, pool);
    return pool;
}

void conn_pool_watch(conn_pool_t *pool, struct watch watch)
{
    assert(pool->available == 0 && pool->in_use == 0);
    pool->watch = watch;
}

void conn_pool_destroy(conn_pool_t *pool)
{
    if (pool == NULL)
        return;
    conn_pool_prune(pool, 1);
    if (is_watched(pool))
        pool->watch.set_timer(pool->watch.loop, &pool->timer, CLOCK_NEVER);
    while (!list_is_empty(&pool->spare)) {
        struct idle *c = entry_at(pool->spare.next);

        list_remove(&c->link);
        free(c);
    }
    free(pool->addresses);
    free(pool);
}

/* ---- lending ------------------------------------------------------------ */

static int lend(conn_pool_t *pool, int fd, int reused)
{
    pool->in_use++;
    pool->lent++;
    pool->reused += (uint64_t)reused;
    return fd;
}

/* Whether nothing has come, not even the end. */
static int is_silent(int fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           (errno == EAGAIN || errno == EWOULDBLOCK);
}

/* The same of one that is watched. The loop may know already what it has not told
 * us yet, because whoever wants to borrow was called first. */
static int is_watched_silent(const conn_pool_t *pool, int fd)
{
    const struct watch *watch = &pool->watch;

    return watch->is_due == NULL || !watch->is_due(watch->loop, fd);
}

int conn_pool_take_idle(conn_pool_t *pool)
{
    conn_pool_prune(pool, 0);
    while (!list_is_empty(&pool->idle)) {
        struct idle *newest = entry_at(pool->idle.next);

        if (is_watched(pool) ? is_watched_silent(pool, newest->fd)
                             : is_silent(newest->fd))
            return lend(pool, unlink_idle(newest), 1);
        drop(newest);
    }
    errno = EAGAIN;
    return -1;
}

int conn_pool_open(conn_pool_t *pool, const struct net_address *to)
{
    int fd = net_connect_start(to);

    return fd >= 0 ? lend(pool, fd, 0) : -1;
}

int conn_pool_get(conn_pool_t *pool)
{
    int fd = conn_pool_take_idle(pool);

    if (fd >= 0)
        return fd;
    if (pool->addresses == NULL) {
        errno = EDESTADDRREQ;
        return -1;
    }
    for (int i = 0; i < pool->addresses->count && fd < 0; i++)
        fd = conn_pool_open(pool, &pool->addresses->at[i]);
    return fd;
}

/* ---- taking back -------------------------------------------------------- */

/* Keeps it as the newest; a full pool parts with its oldest then. 0, or -1 if it
 * can't be kept. */
static int keep(conn_pool_t *pool, int fd)
{
    const struct watch *watch = &pool->watch;
    struct idle *c = new_entry(pool);

    if (c == NULL)
        return -1;
    if (is_watched(pool) &&
        watch->set(watch->loop, fd, WATCH_READ, &c->watcher) != 0) {
        c->fd = -1;
        list_push(&pool->spare, &c->link);
        return -1;
    }
    c->fd = fd;
    c->since_ms = now_ms(pool);
    list_push(&pool->idle, &c->link);
    if (++pool->available > pool->max_size)
        drop(entry_at(pool->idle.prev));
    watch_over_age(pool);
    return 0;
}

void conn_pool_return(conn_pool_t *pool, int fd, int healthy)
{
    assert(fd >= 0 && pool->in_use > 0);
    pool->in_use--;
    if (!healthy || pool->max_size == 0 || keep(pool, fd) != 0)
        close_unwatched(pool, fd);
}

/* ---- statistics --------------------------------------------------------- */

void conn_pool_counts(const conn_pool_t *pool, uint64_t *lent,
                      uint64_t *reused)
{
    *lent = pool->lent;
    *reused = pool->reused;
}

static void put(int *where, int value)
{
    if (where != NULL)
        *where = value;
}

void conn_pool_stats(conn_pool_t *pool, int *total, int *available, int *in_use,
                     double *hit_rate)
{
    put(total, pool->available + pool->in_use);
    put(available, pool->available);
    put(in_use, pool->in_use);
    if (hit_rate != NULL)
        *hit_rate = pool->lent > 0
                        ? (double)pool->reused / (double)pool->lent
                        : 0.0;
}
