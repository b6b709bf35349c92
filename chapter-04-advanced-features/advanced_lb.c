/* advanced_lb: a load balancer for many clients at once, in one thread.
 *
 * The program of chapter 3 waited for one client; this one waits for all of
 * them at the same time, in select(), and does a little for each that is ready.
 * Four algorithms, weights, health checks beside the traffic, forwarded
 * headers, draining.
 *
 * Missing on purpose: keeping connections (chapter 6), and doing well with
 * thousands of them (chapter 5).
 * Read next: balancer.h, channel.h, session.h, engine_single.c, service.c. */

#include "balancer.h"
#include "descriptor.h"
#include "engine_single.h"
#include "options.h"
#include "select_loop.h"

#define MAX_CLIENTS 256 /* two descriptors each, and FD_SETSIZE is 1024 */

static const char PROGRAM[] = "advanced_lb";
static const char USAGE[] =
    "usage: advanced_lb PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n"
    "Spreads HTTP requests over the backends, for many clients at once.\n"
    BALANCER_USAGE
    BALANCER_STOP
    "Example: advanced_lb 8080 127.0.0.1:9001:3 127.0.0.1:9002:1 -a wrr\n";

static int turn(struct balancer *b)
{
    return select_loop_turn(b->service.watch.loop, -1);
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {
        PROGRAM, USAGE, BALANCER_OPTIONS, 2, "PORT and backends"};
    static struct select_loop loop; /* static: too large for some stacks */
    static struct balancer lb;
    int status;

    balancer_init(&lb, PROGRAM);
    status = options_read(&command_line, argc, argv, balancer_take, &lb);
    if (status >= 0)
        return status;

    descriptor_want(FD_SETSIZE);
    select_loop_init(&loop);
    lb.service.max_clients = MAX_CLIENTS;
    if (balancer_prepare(&lb, select_loop_watch(&loop), &connector_direct,
                         &engine_single) != 0 ||
        balancer_open(&lb) != 0)
        return 1;

    status = balancer_run(&lb, turn);
    balancer_close(&lb);
    return status;
}
