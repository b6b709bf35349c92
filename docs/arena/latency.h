#ifndef LATENCY_H
#define LATENCY_H

#include "chance.h"

/* latency: how much work a request is, as a distribution whose mean is 1.
 *
 *   constant     always the same
 *   exponential  short ones are the most frequent; what a queue's theory likes
 *   two_point    nine in ten are half the mean, one is eleven times as much
 *   lognormal    what measured services look like: a hump, and a long tail
 *   pareto       a power of 2.1: most are short, and there is no end to the
 *                longest (the variance is finite, barely)
 *
 *                variance   p50    p99   p99.9
 *   constant        0       1.00   1.00    1.00
 *   exponential     1       0.69   4.61    6.91
 *   two_point       2.25    0.50   5.50    5.50
 *   lognormal       1.72    0.61   6.21   13.33
 *   pareto          4.76    0.73   4.70   14.05 */

struct latency {
    const char *name;
    double (*draw)(struct chance *c);
};

/* The distribution of that name, or NULL. */
const struct latency *latency_find(const char *name);

/* Their names, separated by blanks, for a usage. */
#define LATENCY_NAMES "constant exponential two_point lognormal pareto"

#endif
