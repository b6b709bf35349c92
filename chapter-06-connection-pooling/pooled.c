#include "pooled.h"

#include "descriptor.h"
#include "engine_http.h"
#include "log.h"
#include "options.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define MAX_CLIENTS 20000
#define POOL_SIZE   64
#define TTL_SECONDS 30
#define TTL_MAX     86400

void pooled_init(struct pooled *p, const char *program)
{
    balancer_init(&p->balancer, program);
    p->balancer.service.max_clients = MAX_CLIENTS;
    p->balancer.print_more = pooled_print;
    p->pool_size = POOL_SIZE;
    p->ttl_seconds = TTL_SECONDS;
}

const char *pooled_take(void *self, int what, int n, const char *value)
{
    struct pooled *p = self;

    if (what == 'p')
        return options_number(value, 0, CONN_POOL_MAX, &p->pool_size);
    if (what == 't')
        return options_number(value, 1, TTL_MAX, &p->ttl_seconds);
    return balancer_take(&p->balancer, what, n, value);
}

void pooled_print(const struct balancer *b)
{
    const struct pooled *p = (const struct pooled *)b;
    uint64_t lent, reused;

    pool_connector_count(&p->pools, &lent, &reused);
    log_line("Pool: %" PRIu64 " requests, %" PRIu64 " connections, "
             "reuse %.2f %%, idle %d", lent, lent - reused,
             lent > 0 ? 100.0 * (double)reused / (double)lent : 0.0,
             pool_connector_idle(&p->pools));
}

static int failed(const struct pooled *p, const char *what)
{
    log_error(p->balancer.program, "%s: %s", what, strerror(errno));
    return -1;
}

int pooled_prepare(struct pooled *p)
{
    struct watch watch;

    descriptor_want(2 * MAX_CLIENTS);
    p->loop = event_loop_create(MAX_EVENTS);
    if (p->loop == NULL)
        return failed(p, "event loop");
    watch = event_loop_watch(p->loop);
    p->connector = pool_connector_seam(&p->pools);
    if (balancer_prepare(&p->balancer, watch, &p->connector, &engine_http) != 0)
        return -1;
    bulk_init(&p->bulk);
    p->balancer.service.mover = &p->bulk.mover;
    if (pool_connector_init(&p->pools, &p->balancer.set, watch, p->pool_size,
                            1000 * p->ttl_seconds) != 0)
        return failed(p, "pools");
    return 0;
}

static int one_turn(struct balancer *b)
{
    return event_loop_run(b->service.watch.loop, -1);
}

int pooled_run(struct pooled *p, int (*turn)(struct balancer *b))
{
    int status;

    if (balancer_open(&p->balancer) != 0)
        return 1;
    status = balancer_run(&p->balancer, turn != NULL ? turn : one_turn);
    balancer_close(&p->balancer);
    return status;
}

void pooled_close(struct pooled *p)
{
    pool_connector_close(&p->pools);
    bulk_close(&p->bulk);
    event_loop_destroy(p->loop);
}
