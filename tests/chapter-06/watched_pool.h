#ifndef WATCHED_POOL_H
#define WATCHED_POOL_H

/* watched_pool: pools on the rig's loop and clock; see pool_rig.h. Include it
 * after fixture.h. */

#include "pool_rig.h"

static struct pool_rig rig;

/* One more pool on the same rig. */
static inline conn_pool_t *another_pool(int max_size, int ttl_seconds)
{
    conn_pool_t *pool = conn_pool_create(NULL, 0, max_size, ttl_seconds);

    assert_non_null(pool);
    conn_pool_watch(pool, rig_watch(&rig));
    return pool;
}

static inline conn_pool_t *new_pool(int max_size, int ttl_seconds)
{
    rig_open(&rig);
    return another_pool(max_size, ttl_seconds);
}

static inline void end(conn_pool_t *pool)
{
    conn_pool_destroy(pool);
    rig_close(&rig);
}

#endif
