/* pooled_lb: a load balancer that keeps its connections.
 *
 * Chapter 5 served thousands of clients, but opened a connection to a backend for
 * each request, and closed the client's after it. This one knows where a message
 * ends, so both stay: a request costs two receives, two sends, and its share of a
 * wait.
 *
 * Read next: http_frame.h, conn_pool.h, engine_http.h, engine_http.c, pooled.c. */

#include "options.h"
#include "pooled.h"

static const char PROGRAM[] = "pooled_lb";
static const char USAGE[] =
    "usage: pooled_lb PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n"
    "                 [-p POOL_SIZE] [-t TTL_SECONDS]\n"
    "Spreads HTTP requests over the backends, and keeps the connections.\n"
    POOLED_USAGE
    BALANCER_STOP
    "Example: pooled_lb 8080 127.0.0.1:9001 127.0.0.1:9002 -p 32 -t 10\n";

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {
        PROGRAM, USAGE, POOLED_OPTIONS, 2, "PORT and backends"};
    static struct pooled lb; /* static: too large for some stacks */
    int status;

    pooled_init(&lb, PROGRAM);
    status = options_read(&command_line, argc, argv, pooled_take, &lb);
    if (status >= 0)
        return status;

    status = pooled_prepare(&lb) == 0 ? pooled_run(&lb, NULL) : 1;
    pooled_close(&lb);
    return status;
}
