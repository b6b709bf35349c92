#ifndef REPORT_H
#define REPORT_H

#include "result.h"
#include "settings.h"

#include <stdio.h>

/* report: what is printed. `r` are the results, in the order of s->algorithms,
 * `count` of them. */

/* What is played, and for how long. */
void report_frame(const struct settings *s, const struct result *r);

/* A line for each algorithm, and what the columns are. */
void report_table(const struct settings *s, const struct result *r, int count);

/* The same requests as parts of pages, if FANOUT says so. */
void report_pages(const struct settings *s, const struct result *r, int count);

/* How many requests took how long, side by side. */
void report_histogram(const struct settings *s, const struct result *r,
                      int count);

/* "x name metric value" lines for tests/bench/svg.awk. Of the metric `quantile`
 * x is one in how many requests takes longer; mean, p50, p90, p99, max (ms),
 * most (percent), again and lost have "-" as their x. */
void report_data(const struct settings *s, const struct result *r, int count,
                 FILE *out);

#endif
