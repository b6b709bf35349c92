/* pooled_lb: a load balancer that keeps its connections.
 *
 * Chapter 5 served thousands of clients, but opened a connection to a backend for
 * each request, and closed the client's after it. This one knows where a message
 * ends, so both stay: a request costs two receives, two sends, and its share of a
 * wait.
 *
 * Read next: http_frame.h, conn_pool.h, engine_http.h, engine_http.c. */

#include "balancer.h"
#include "descriptor.h"
#include "engine_http.h"
#include "event_loop.h"
#include "log.h"
#include "options.h"
#include "pool_connector.h"

#include <errno.h>
#include <string.h>

#define MAX_CLIENTS  20000
#define POOL_SIZE    64 /* idle connections to each backend */
#define TTL_SECONDS  30
#define TTL_MAX      86400

static const char PROGRAM[] = "pooled_lb";
static const char USAGE[] =
    "usage: pooled_lb PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n"
    "                 [-p POOL_SIZE] [-t TTL_SECONDS]\n"
    "Spreads HTTP requests over the backends, and keeps the connections.\n"
    "  -a rr      round robin (default)\n"
    "  -a wrr     weighted round robin\n"
    "  -a lc      least connections\n"
    "  -a iphash  the same client, the same backend\n"
    "  -p SIZE    idle connections kept to each backend (default 64, 0: none)\n"
    "  -t TTL     seconds that one may be idle (default 30)\n"
    "Statistics: kill -USR1 PID. To stop: Ctrl-C once, again to hurry.\n"
    "Example: pooled_lb 8080 127.0.0.1:9001 127.0.0.1:9002 -p 32 -t 10\n";

struct pooled_lb {
    struct balancer balancer; /* first: print_more is handed this */
    struct pool_connector pools;
    int pool_size, ttl_seconds;
};

static const char *take_number(const char *value, uint64_t min, uint64_t max,
                               int *out)
{
    uint64_t n;

    if (slice_number(slice_of(value), max, &n) != 0 || n < min)
        return "not a number in its range";
    *out = (int)n;
    return NULL;
}

static const char *take_argument(void *self, int what, int n,
                                 const char *value)
{
    struct pooled_lb *lb = self;

    if (what == 'p')
        return take_number(value, 0, CONN_POOL_MAX, &lb->pool_size);
    if (what == 't')
        return take_number(value, 1, TTL_MAX, &lb->ttl_seconds);
    return balancer_take(&lb->balancer, what, n, value);
}

static void print_pools(const struct balancer *b)
{
    const struct pooled_lb *lb = (const struct pooled_lb *)b;
    uint64_t lent, reused;

    pool_connector_count(&lb->pools, &lent, &reused);
    log_line("Pool: %llu requests, %llu connections, reuse %.2f %%",
             (unsigned long long)lent, (unsigned long long)(lent - reused),
             lent > 0 ? 100.0 * (double)reused / (double)lent : 0.0);
}

static int turn(void *loop)
{
    return event_loop_run(loop, -1);
}

/* Joins the parts, serves, and takes them apart again. The exit status. */
static int serve(struct pooled_lb *lb, event_loop_t *loop)
{
    struct watch watch = event_loop_watch(loop);
    struct connector connector = pool_connector_seam(&lb->pools);
    int status = 1;

    lb->balancer.service.max_clients = MAX_CLIENTS;
    lb->balancer.print_more = print_pools;
    if (balancer_prepare(&lb->balancer, watch, &connector, &engine_http) != 0)
        return 1;
    if (pool_connector_init(&lb->pools, &lb->balancer.set, watch,
                            lb->pool_size, lb->ttl_seconds) != 0) {
        log_error(PROGRAM, "pools: %s", strerror(errno));
        return 1;
    }
    if (balancer_open(&lb->balancer) == 0) {
        status = balancer_run(&lb->balancer, turn);
        balancer_close(&lb->balancer);
    }
    pool_connector_close(&lb->pools);
    return status;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "apt", 2,
                                                     "PORT and backends"};
    static struct pooled_lb lb; /* static: too large for some stacks */
    event_loop_t *loop;
    int status;

    lb.pool_size = POOL_SIZE;
    lb.ttl_seconds = TTL_SECONDS;
    balancer_init(&lb.balancer, PROGRAM);
    status = options_read(&command_line, argc, argv, take_argument, &lb);
    if (status >= 0)
        return status;

    descriptor_want(2 * MAX_CLIENTS);
    loop = event_loop_create(MAX_EVENTS);
    if (loop == NULL) {
        log_error(PROGRAM, "event loop: %s", strerror(errno));
        return 1;
    }
    status = serve(&lb, loop);
    event_loop_destroy(loop);
    return status;
}
