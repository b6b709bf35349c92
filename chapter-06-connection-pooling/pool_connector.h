#ifndef POOL_CONNECTOR_H
#define POOL_CONNECTOR_H

#include "conn_pool.h"
#include "connector.h"

/* pool_connector: connections to the backends of a set out of pools, one for
 * each backend. Plugs into the seam `connector` of chapter 4. */

struct pool_connector {
    const struct backend_set *set;
    int ttl_ms;
    conn_pool_t *pools[MAX_BACKENDS]; /* by the backend's index */
};

/* Makes the pools: at most max_size idle connections each, idle for at most
 * ttl_ms (at least 1) or, if that is less, for as long as the backend has said
 * (keep_ms), watched by this loop. 0, or -1 and errno. Set and loop must outlive
 * it. */
int pool_connector_init(struct pool_connector *p, const struct backend_set *set,
                        struct watch watch, int max_size, int ttl_ms);

/* What a service uses. */
struct connector pool_connector_seam(struct pool_connector *p);

/* Connections lent so far, and how many of those were used ones. */
void pool_connector_count(const struct pool_connector *p, uint64_t *lent,
                          uint64_t *reused);

/* Connections that are idle at the moment. */
int pool_connector_idle(const struct pool_connector *p);

/* Closes all idle connections; nothing may be lent any more. */
void pool_connector_close(struct pool_connector *p);

#endif
