/* high_perf_lb: the load balancer of chapter 4, for thousands of clients.
 *
 * Nothing in it is new but the loop: sessions, engine and health checks are those
 * of advanced_lb, unchanged, and cannot tell that it is not select() any more
 * that calls them. What a client costs that says nothing is now next to nothing.
 *
 * Missing on purpose: keeping connections (chapter 6).
 * Read next: event_loop.h, event_loop.c, event_loop_epoll.c, timer_wheel.c. */

#include "balancer.h"
#include "descriptor.h"
#include "engine_single.h"
#include "event_loop.h"
#include "log.h"
#include "options.h"

#include <errno.h>
#include <string.h>

#define MAX_CLIENTS 20000 /* two descriptors each, while they are served */

static const char PROGRAM[] = "high_perf_lb";
static const char USAGE[] =
    "usage: high_perf_lb PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n"
    "Spreads HTTP requests over the backends, for thousands of clients.\n"
    BALANCER_USAGE
    BALANCER_STOP
    "Example: high_perf_lb 8080 127.0.0.1:9001:3 127.0.0.1:9002:1 -a wrr\n";

static int turn(struct balancer *b)
{
    return event_loop_run(b->service.watch.loop, -1);
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {
        PROGRAM, USAGE, BALANCER_OPTIONS, 2, "PORT and backends"};
    static struct balancer lb; /* static: too large for some stacks */
    event_loop_t *loop;
    int status;

    balancer_init(&lb, PROGRAM);
    status = options_read(&command_line, argc, argv, balancer_take, &lb);
    if (status >= 0)
        return status;

    descriptor_want(2 * MAX_CLIENTS);
    loop = event_loop_create(MAX_EVENTS);
    if (loop == NULL) {
        log_error(PROGRAM, "event loop: %s", strerror(errno));
        return 1;
    }
    lb.service.max_clients = MAX_CLIENTS;
    if (balancer_prepare(&lb, event_loop_watch(loop), &connector_direct,
                         &engine_single) != 0 ||
        balancer_open(&lb) != 0) {
        event_loop_destroy(loop);
        return 1;
    }

    status = balancer_run(&lb, turn);
    balancer_close(&lb);
    event_loop_destroy(loop);
    return status;
}
