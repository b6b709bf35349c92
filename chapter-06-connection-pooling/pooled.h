#ifndef POOLED_H
#define POOLED_H

#include "balancer.h"
#include "event_loop.h"
#include "mover_bulk.h"
#include "pool_connector.h"

/* pooled: what the load balancers from this chapter on have in common: the
 * balancer of chapter 4 on the event loop of chapter 5, with HTTP that is
 * followed to its end, and pools of connections.
 *
 *     pooled_init -> options_read, with pooled_take
 *     pooled_prepare -> filters, another mover ... -> pooled_run -> pooled_close
 *
 * A later chapter puts this first in a struct of its own and calls these
 * functions from its own of the same names, adding a part before or after. */

#define POOLED_OPTIONS BALANCER_OPTIONS "pt"
#define POOLED_USAGE                                                           \
    BALANCER_USAGE                                                             \
    "  -p SIZE    idle connections kept to each backend (default 64, 0: "      \
    "none)\n"                                                                  \
    "  -t TTL     seconds that one may be idle (default 30)\n"

struct pooled {
    struct balancer balancer; /* first: print_more is handed this */
    event_loop_t *loop;
    struct bulk bulk; /* how bodies are copied */
    struct pool_connector pools;
    struct connector connector; /* these pools, as a service sees them */
    int pool_size, ttl_seconds;
};

/* The defaults. *p must be all zero. */
void pooled_init(struct pooled *p, const char *program);

/* As balancer_take(), and the options -p and -t. */
const char *pooled_take(void *self, int what, int n, const char *value);

/* Makes the loop, resolves the backends, makes their pools. 0, or -1, said; then
 * pooled_close() is all that is left to do. */
int pooled_prepare(struct pooled *p);

/* Listens, announces itself, serves until it is asked to stop and has drained,
 * and prints the statistics. `turn` makes one turn of p->loop, as for
 * balancer_run(); NULL: event_loop_run() does. Returns the exit status. */
int pooled_run(struct pooled *p, int (*turn)(struct balancer *b));

/* Frees everything, after a prepare that failed, too. */
void pooled_close(struct pooled *p);

/* Prints a line about the pools: for print_more. */
void pooled_print(const struct balancer *b);

#endif
