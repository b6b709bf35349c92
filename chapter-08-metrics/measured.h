#ifndef MEASURED_H
#define MEASURED_H

#include "access_log.h"
#include "admin_pages.h"
#include "limited.h"
#include "metrics_filter.h"

/* measured: what the load balancers from this chapter on have in common: those of
 * chapter 7 (limited.h), with metrics, an admin port and an access log.
 *
 *     measured_init -> options_read, with measured_take
 *     measured_prepare -> ... -> measured_run -> measured_close */

#define MEASURED_OPTIONS LIMITED_OPTIONS "mof"
#define MEASURED_USAGE                                                         \
    LIMITED_USAGE                                                              \
    "  -m PORT    admin port on 127.0.0.1: /metrics, /lb-stats, /health, and a "\
    "live\n"                                                                   \
    "             page at /. Without it there is none\n"                      \
    "  -o FILE    access log (-: standard output); SIGHUP opens it anew\n"     \
    "  -f combined | json\n"                                                   \
    "             how its lines are written (default: combined)\n"

struct measured {
    struct limited limited; /* first: print_more is handed this */
    int admin_port;         /* -1: none */
    const char *log_path;   /* NULL: none */
    struct admin admin;
    struct admin_view view; /* what it shows */
    metrics_t *metrics;
    struct metrics_filter filter;
    struct access_log log;
};

/* The defaults. *m must be all zero. */
void measured_init(struct measured *m, const char *program);

/* As limited_take(), and the options -m, -o and -f. */
const char *measured_take(void *self, int what, int n, const char *value);

/* As limited_prepare(), makes the metrics and opens the log. 0, or -1, said; then
 * measured_close() is all that is left to do. */
int measured_prepare(struct measured *m);

/* As pooled_run(); the admin port is served until the last request is. */
int measured_run(struct measured *m);

/* Frees everything, after a prepare that failed, too. */
void measured_close(struct measured *m);

#endif
