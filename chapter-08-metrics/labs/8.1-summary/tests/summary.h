#ifndef SUMMARY_H
#define SUMMARY_H

#include <stddef.h>
#include <stdint.h>

/* summary: quantiles of the last values, exact, without buckets.
 *
 * The last SUMMARY_VALUES values are kept in a ring; a new one takes the place of
 * the oldest. sum and count are those of all values since the start, since a
 * scraper takes their differences. Not for several writers.
 *
 * A quantile is one of the values (the nearest rank): the smallest of those kept
 * that at least the part q of them does not exceed. */

#define SUMMARY_VALUES 1024

struct summary {
    double ring[SUMMARY_VALUES];
    uint64_t count; /* values since the start */
    double sum;     /* of all of them */
};

void summary_init(struct summary *s);

/* Takes a value. One that is no number (NaN) is left out, as if it had not come:
 * it has no rank, and would make the sum useless for ever. */
void summary_observe(struct summary *s, double value);

/* q from 0 (the least of the values) to 1 (the greatest). NaN if there are none.
 * The order in the ring stays what it was. */
double summary_quantile(const struct summary *s, double q);

/* Writes what a page says of it, in Prometheus' text format:
 *
 *     NAME{quantile="0.5"} 500
 *     NAME{quantile="0.9"} 900
 *     NAME{quantile="0.99"} 990
 *     NAME_sum 500500
 *     NAME_count 1000
 *
 * Values as printf's "%.15g" writes them, NaN as "NaN". Returns how long the text
 * is. If that and its NUL don't fit into `size` bytes, 0, and out holds "" (size
 * is at least 1): half a page is worse than none. */
size_t summary_write(const struct summary *s, const char *name, char *out,
                     size_t size);

#endif
