/* rate_limited_lb: a load balancer that nobody can have for himself.
 *
 * Chapter 6 serves whoever asks, as fast as he asks: one client with a loop gets
 * all of it. This one counts what each address asks for, and refuses what is too
 * much with a 429 that says when to come again, before a backend hears of it.
 *
 * Read next: limit_rule.h, client_table.h, rate_limiter.h, limit_filter.c. */

#include "limited.h"
#include "options.h"

static const char PROGRAM[] = "rate_limited_lb";
static const char USAGE[] =
    "usage: rate_limited_lb PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n"
    "                       [-p POOL_SIZE] [-t TTL_SECONDS]\n"
    "                       [-r REQUESTS_PER_SECOND] [-b BURST]\n"
    "                       [-l token_bucket|sliding_window]\n"
    "Spreads HTTP requests over the backends, so many of each client.\n"
    LIMITED_USAGE
    BALANCER_STOP
    "Example: rate_limited_lb 8080 127.0.0.1:9001 127.0.0.1:9002 -r 10 -b 20\n";

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {
        PROGRAM, USAGE, LIMITED_OPTIONS, 2, "PORT and backends"};
    static struct limited lb; /* static: too large for some stacks */
    int status;

    limited_init(&lb, PROGRAM);
    status = options_read(&command_line, argc, argv, limited_take, &lb);
    if (status >= 0)
        return status;

    status = limited_prepare(&lb) == 0 ? pooled_run(&lb.pooled, NULL) : 1;
    limited_close(&lb);
    return status;
}
