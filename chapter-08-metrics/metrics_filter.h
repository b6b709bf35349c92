#ifndef METRICS_FILTER_H
#define METRICS_FILTER_H

#include "exchange.h"
#include "metrics.h"
#include "pool_connector.h"
#include "process_info.h"
#include "service.h"

/* metrics_filter: what a load balancer tells about itself. Plugs into the seam
 * `filter` of chapter 4.
 *
 * What happens with a request is counted when it is over, by handles. What is
 * known anyway (connections, pools, health) is not counted a second time but
 * copied from where it is, by metrics_filter_collect(), when somebody asks.
 *
 * A request that no backend was asked for (refused, or none was up) counts under
 * backend="none"; which status one has that ended without an answer, outcome.h
 * says. */

#define METRICS_NO_BACKEND "none"

#define METRICS_STATUS_MIN 100
#define METRICS_STATUS_MAX 599

struct backend_metrics {
    metric_t by_status[METRICS_STATUS_MAX - METRICS_STATUS_MIN + 1]; /* 0: has
                                                    not been seen here yet */
    metric_t duration;
    metric_t failures[BACKEND_FAILURES];
    metric_t up, active;
    metric_t pool_hits, pool_misses, pool_idle;
    metric_t checks_ok, checks_failed;
};

struct metrics_filter {
    metrics_t *metrics;
    const struct backend_set *set;
    struct backend_metrics of[MAX_BACKENDS]; /* by the backend's index */
    struct backend_metrics none;
    metric_t failed, retries, rate_limited, received, sent;
    metric_t connections, connections_active;
    metric_t reloads_ok, reloads_failed;
    metric_t log_lost;
    metric_t start_time, resident, open_fds;
};

/* Describes everything and makes the series of this set's backends; their numbers
 * go on where they are in `metrics` already. Both must outlive *f. 0, or -1 if
 * there is no room. */
int metrics_filter_init(struct metrics_filter *f, metrics_t *metrics,
                        const struct backend_set *set, const char *program);

/* What a service tells. */
struct filter metrics_filter_seam(struct metrics_filter *f);

/* Copies what this process knows about its connections, pools and itself. */
void metrics_filter_collect(struct metrics_filter *f,
                            const struct service *service,
                            const struct pool_connector *pools);

/* Copies what the health checks have found: for the one process that makes them.
 * `started` is its start in seconds of the wall clock. */
void metrics_filter_collect_health(struct metrics_filter *f, double started);

#endif
