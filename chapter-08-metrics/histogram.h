#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

/* histogram: how often something took how long, without keeping every value.
 *
 *   bounds      0.01    0.05    0.1
 *   buckets   |  423  | 1424  |  209  |  100  |     a value counts in the first
 *             0       0.01    0.05    0.1   +Inf    bucket whose bound it does
 *                                                   not exceed
 *
 * A value costs one addition, and the histograms of two processes, or of two
 * machines, are added bucket by bucket. What is lost is where in its bucket a
 * value lay. */

#define HISTOGRAM_BOUNDS_MAX 24

struct histogram {
    int bounds; /* so many finite ones; the last bucket is up to +Inf */
    const double *bound; /* ascending; the caller's */
    uint64_t bucket[HISTOGRAM_BOUNDS_MAX + 1]; /* each by itself: not summed up */
    double sum; /* of the values */
};

/* Where a value counts: 0 to `count`; count itself is +Inf's. */
int histogram_bucket(const double *bound, int count, double value);

/* How many values it has seen. */
uint64_t histogram_count(const struct histogram *h);

/* Adds the values of another one with the same bounds. */
void histogram_merge(struct histogram *into, const struct histogram *h);

/* An estimate of the value that the part q (0 to 1) of the values does not
 * exceed, as Prometheus' histogram_quantile() makes it: it takes the values of a
 * bucket to be spread evenly. The true quantile lies in the same bucket, so the
 * error is at most the bucket's width; where it lies in the last one, the answer
 * is the highest bound. NaN if there are no values or no bounds. */
double histogram_quantile(const struct histogram *h, double q);

#endif
