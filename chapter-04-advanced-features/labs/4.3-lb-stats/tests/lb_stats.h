#ifndef LB_STATS_H
#define LB_STATS_H

#include "backend.h"
#include "http_head.h"

#include <stddef.h>
#include <stdint.h>

/* lb_stats: the balancer's statistics as a page for machines, GET /lb-stats.
 *
 * The body is JSON on one line, without blanks (broken here for the page):
 *
 *     {"uptime_seconds":12,"requests":{"total":40,"failed":0},
 *     "connections":{"active":1,"max":256,"peak":3},
 *     "backends":[{"name":"127.0.0.1:9001","healthy":true,"active":0,
 *     "requests":20,"failed":0,"bytes_in":4860,"bytes_out":2420,
 *     "average_ms":0.5}]}
 *
 * The requests are the sums over the backends. average_ms has one decimal. Names
 * need no escaping: authority.h lets no quote and no backslash into a host. */

struct lb_stats { /* what is to be told */
    const struct backend_set *set;
    uint64_t uptime_ms;
    int active, max, peak; /* connections of clients */
};

/* Whether a request is for this page: 0, it is for a backend; 200; or 405, if
 * its method is not GET. The path is "/lb-stats", with or without a query. */
int lb_stats_route(const struct http_head *h);

/* The whole answer: the status line of a 200, Content-Type: application/json,
 * Content-Length, Connection: close, in this order; an empty line, the body. It
 * is as long as it must be: with 256 backends, some 50 KB. The caller frees it.
 * NULL: no memory. */
char *lb_stats_answer(const struct lb_stats *stats, size_t *len);

#endif
