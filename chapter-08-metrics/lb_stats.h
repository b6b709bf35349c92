#ifndef LB_STATS_H
#define LB_STATS_H

#include "metrics_filter.h"

/* lb_stats: the metrics as one JSON object, for the live page and for scripts,
 * with the quantiles worked out.
 *
 * Counters are those of /metrics and go up only, while `started` stays the same.
 * Times are seconds, sizes bytes. What the metrics do not know is handed over. */

struct lb_facts {
    const char *program, *algorithm;
    double started, now; /* wall clock */
    int draining;
    int max_connections;
    int workers;
};

/* Adds up the rows, and writes the object. Ask out->failed. */
void lb_stats_write(struct metrics_filter *f, const struct lb_facts *facts,
                    struct text *out);

#endif
