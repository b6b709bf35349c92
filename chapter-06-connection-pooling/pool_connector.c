#include "pool_connector.h"

#include <errno.h>
#include <string.h>

int pool_connector_init(struct pool_connector *p, const struct backend_set *set,
                        struct watch watch, int max_size, int ttl_seconds)
{
    memset(p, 0, sizeof *p);
    p->set = set;
    for (int i = 0; i < set->num_backends; i++) {
        p->pools[i] = conn_pool_create(NULL, 0, max_size, ttl_seconds);
        if (p->pools[i] == NULL) {
            int saved = errno;

            pool_connector_close(p);
            errno = saved;
            return -1;
        }
        conn_pool_watch(p->pools[i], watch);
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
    conn_pool_return(pool_of(self, b), fd, reusable);
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
