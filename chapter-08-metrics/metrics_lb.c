/* metrics_lb: a load balancer that tells how it is.
 *
 * Chapter 7 printed its sums when it was asked to by a signal, to whoever sat at
 * its terminal. This one counts what an operator wants to know, and answers over
 * HTTP: to Prometheus, to scripts, and to a browser, which draws it live.
 *
 * Read next: metrics.h, labels.h, metrics_filter.c, engine_admin.c, measured.c. */

#include "measured.h"
#include "options.h"

static const char PROGRAM[] = "metrics_lb";
static const char USAGE[] =
    "usage: metrics_lb PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n"
    "                  [-p POOL_SIZE] [-t TTL_SECONDS]\n"
    "                  [-r REQUESTS_PER_SECOND] [-b BURST]\n"
    "                  [-l token_bucket|sliding_window] [-m ADMIN_PORT]\n"
    "                  [-o ACCESS_LOG] [-f combined|json]\n"
    "Spreads HTTP requests over the backends, and tells how that goes.\n"
    MEASURED_USAGE
    BALANCER_STOP
    "Example: metrics_lb 8080 127.0.0.1:9001 127.0.0.1:9002 -m 9090\n";

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {
        PROGRAM, USAGE, MEASURED_OPTIONS, 2, "PORT and backends"};
    static struct measured lb; /* static: too large for some stacks */
    int status;

    measured_init(&lb, PROGRAM);
    status = options_read(&command_line, argc, argv, measured_take, &lb);
    if (status >= 0)
        return status;

    status = measured_prepare(&lb) == 0 ? measured_run(&lb) : 1;
    measured_close(&lb);
    return status;
}
