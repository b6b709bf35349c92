#include "pool_connector.h"

#include <errno.h>
#include <string.h>

static int whole_seconds(int ms)
{
    return ms / 1000 + (ms % 1000 > 0);
}

int pool_connector_init(struct pool_connector *p, const struct backend_set *set,
                        struct watch watch, int max_size, int ttl_ms)
{
    memset(p, 0, sizeof *p);
    p->set = set;
    p->ttl_ms = ttl_ms;
    for (int i = 0; i < set->num_backends; i++) {
        p->pools[i] = conn_pool_create(NULL, 0, max_size, whole_seconds(ttl_ms));
        if (p->pools[i] == NULL) {
            int saved = errno;

            pool_connector_close(p);
            errno = saved;
            return -1;
        }
        conn_pool_watch(p->pools[i], watch);
        conn_pool_set_ttl(p->pools[i], (uint64_t)ttl_ms);
    }
    return 0;
}

static conn_pool_t *pool_of(void *self, const struct backend *b)
{
    const struct pool_connector *p = self;

    return p->pools[b - p->set->backends];
}

static int pool_acquire(void *self, struct backend *b, int *reused)
{
    conn_pool_t *pool = pool_of(self, b);
    int fd = *reused ? conn_pool_take_idle(pool) : -1;

    *reused = fd >= 0;
    if (fd >= 0)
        return fd;
    return conn_pool_open(pool, &b->addresses.at[b->preferred]);
}

static void pool_release(void *self, struct backend *b, int fd, int reusable)
{
    const struct pool_connector *p = self;
    conn_pool_t *pool = pool_of(self, b);
    int ttl_ms = p->ttl_ms;

    if (b->keep_ms > 0 && b->keep_ms < ttl_ms)
        ttl_ms = b->keep_ms;
    conn_pool_set_ttl(pool, (uint64_t)ttl_ms);
    conn_pool_return(pool, fd, reusable && b->keep_ms >= 0);
}

struct connector pool_connector_seam(struct pool_connector *p)
{
    struct connector seam = {p, pool_acquire, pool_release};

    return seam;
}

void pool_connector_count(const struct pool_connector *p, uint64_t *lent,
                          uint64_t *reused)
{
    *lent = *reused = 0;
    for (int i = 0; i < p->set->num_backends; i++) {
        uint64_t of_one, reused_of_one;

        conn_pool_counts(p->pools[i], &of_one, &reused_of_one);
        *lent += of_one;
        *reused += reused_of_one;
    }
}

int pool_connector_idle(const struct pool_connector *p)
{
    int idle = 0;

    for (int i = 0; i < p->set->num_backends; i++) {
        int of_one;

        conn_pool_stats(p->pools[i], NULL, &of_one, NULL, NULL);
        idle += of_one;
    }
    return idle;
}

void pool_connector_close(struct pool_connector *p)
{
    for (int i = 0; i < MAX_BACKENDS; i++) {
        conn_pool_destroy(p->pools[i]);
        p->pools[i] = NULL;
    }
}
