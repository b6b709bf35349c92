/* zero_copy_lb: a load balancer that does not touch large bodies.
 *
 * What the program before it copies from the kernel and back again, this one
 * leaves there: bodies of at least MIN_BYTES are spliced from socket to socket.
 * Everything else is as it was; the mover is all that is new.
 *
 * Read next: zero_copy.h, mover_splice.h, mover_splice.c. */

#include "log.h"
#include "measured.h"
#include "mover_splice.h"
#include "options.h"

#include <inttypes.h>
#include <limits.h>

static const char PROGRAM[] = "zero_copy_lb";
static const char USAGE[] =
    "usage: zero_copy_lb PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n"
    "                    [-p POOL_SIZE] [-t TTL_SECONDS]\n"
    "                    [-r REQUESTS_PER_SECOND] [-b BURST]\n"
    "                    [-l token_bucket|sliding_window] [-m ADMIN_PORT]\n"
    "                    [-z MIN_BYTES]\n"
    "Spreads HTTP requests over the backends; large bodies are spliced.\n"
    MEASURED_USAGE
    "  -z BYTES   bodies of at least so many bytes are spliced (default 16384,\n"
    "             0: never)\n"
    BALANCER_STOP
    "Example: zero_copy_lb 8080 127.0.0.1:9001 127.0.0.1:9002 -z 32768\n";

struct zero_copy_lb {
    struct measured measured; /* first: print_more is handed this */
    struct splicer splicer;
    int min;
};

static const char *take(void *self, int what, int n, const char *value)
{
    struct zero_copy_lb *lb = self;

    if (what == 'z')
        return options_number(value, 0, INT_MAX, &lb->min);
    return measured_take(&lb->measured, what, n, value);
}

static void print(const struct balancer *b)
{
    const struct zero_copy_lb *lb = (const struct zero_copy_lb *)b;

    limited_print(b);
    log_line("Spliced: %" PRIu64 " bytes, spare pipes %d",
             lb->splicer.spliced, lb->splicer.spares);
}

static int serve(struct zero_copy_lb *lb)
{
    struct pooled *p = &lb->measured.limited.pooled;

    if (measured_prepare(&lb->measured) != 0)
        return 1;
    splicer_init(&lb->splicer, (uint64_t)lb->min, &p->bulk);
    p->balancer.service.mover = &lb->splicer.mover;
    p->balancer.print_more = print;
    return measured_run(&lb->measured);
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {
        PROGRAM, USAGE, MEASURED_OPTIONS "z", 2, "PORT and backends"};
    static struct zero_copy_lb lb; /* static: too large for some stacks */
    int status;

    measured_init(&lb.measured, PROGRAM);
    lb.min = ZERO_COPY_MIN;
    status = options_read(&command_line, argc, argv, take, &lb);
    if (status >= 0)
        return status;

    status = serve(&lb);
    splicer_close(&lb.splicer);
    measured_close(&lb.measured);
    return status;
}
