#ifndef BALANCER_H
#define BALANCER_H

#include "probe.h"
#include "service.h"

#include <stdint.h>

/* balancer: what the load balancers from this chapter on have in common.
 *
 * Each of them is the one before it and a part more; what they all do (read the
 * operands, resolve the backends, listen, check health, serve, drain, print
 * statistics) is said here, once. Their main() says what is new:
 *
 *     balancer_init       -> options_read, with balancer_take
 *     balancer_prepare    -> a loop; another connector, engine, filter ...
 *     balancer_open       -> balancer_run -> balancer_close */

#define BALANCER_FILTERS_MAX 8

/* The usage's lines for balancer_take()'s options, and their letters. */
#define BALANCER_OPTIONS "a"
#define BALANCER_USAGE                                                         \
    "  -a rr      round robin (default)\n"                                     \
    "  -a wrr     weighted round robin\n"                                      \
    "  -a lc      least connections\n"                                         \
    "  -a iphash  the same client, the same backend\n"
#define BALANCER_STOP                                                          \
    "Statistics: kill -USR1 PID. To stop: Ctrl-C once, again to hurry.\n"

struct balancer {
    struct watcher on_signal; /* first: the loop hands us this */
    const char *program;
    int port;
    struct backend_set set;
    struct prober prober;
    struct service service; /* to be adjusted before balancer_open() */
    struct filter filters[BALANCER_FILTERS_MAX];
    uint64_t started_ms;
    int hurry; /* asked to stop twice */
    /* Called after the statistics, to add some; or NULL. */
    void (*print_more)(const struct balancer *b);
    /* Called when SIGHUP has come, which then no longer ends us; or NULL. */
    void (*reload)(struct balancer *b);
};

/* The defaults: round robin, the timeouts, the statistics as the only filter. */
void balancer_init(struct balancer *b, const char *program);

/* For options_read(), `self` being the balancer: takes the operands PORT and
 * HOST:PORT[:WEIGHT]... and the option -a. Returns NULL, or what is wrong. */
const char *balancer_take(void *self, int what, int n, const char *value);

/* One more filter, asked after those that are there. */
void balancer_add_filter(struct balancer *b, struct filter filter);

/* Resolves the backends, which may take seconds, and joins the service to a loop
 * and to a connector. 0, or -1, said. */
int balancer_prepare(struct balancer *b, struct watch watch,
                     const struct connector *connector,
                     const struct engine *engine);

/* Listens and begins the health checks. 0, or -1, said; then nothing is open. */
int balancer_open(struct balancer *b);

/* Announces itself when each backend has been checked once, then serves until it
 * is asked to stop and has drained. `turn` makes one turn of the loop, and
 * returns -1 and errno if it failed. Returns the exit status. */
int balancer_run(struct balancer *b, int (*turn)(struct balancer *b));

/* Ends what is left, frees everything, prints the statistics. */
void balancer_close(struct balancer *b);

#endif
