#ifndef ADMIN_PAGES_H
#define ADMIN_PAGES_H

#include "engine_admin.h"
#include "lb_stats.h"

/* admin_pages: what the admin port of a load balancer shows.
 *
 *   /          the live page (live.html)
 *   /metrics   for Prometheus: text format 0.0.4
 *   /lb-stats  the same as JSON, with quantiles (lb_stats.h)
 *   /health    200 as long as it is worth while to send requests here; 503 when it
 *              drains, or no backend is up, or it has only begun to start */

struct admin_view {
    struct metrics_filter *filter; /* NULL: not yet */
    struct lb_facts facts;         /* all but `now` */
    /* Brings the metrics and the facts up to date; or NULL, if they are. */
    void (*collect)(void *owner);
    void *owner;
};

/* For struct admin, whose `self` is then a struct admin_view. */
extern const struct admin_page admin_pages[];

#endif
