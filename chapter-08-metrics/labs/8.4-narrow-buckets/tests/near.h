#ifndef NEAR_H
#define NEAR_H

/* near: numbers that are nearly something, and the bucket where one should be.
 */

#include <float.h>
#include <limits.h>
#include <math.h>

#include "expect.h"
#include "exponential.h"

static inline void expect_near(const char *what, double came, double expected)
{
    double difference = came > expected ? came - expected : expected - came;

    if (!(difference <= 4 * DBL_EPSILON * expected))
        expect_that(about("%s: %.17g", what, came), 0,
                    "what exponential.h says, to the last digits");
}

static inline void expect_bucket(double least, double value, int bucket)
{
    expect_int(about("the bucket of %.17g, least %.17g", value, least),
               histogram_exponential_bucket(least, value), bucket);
}

/* By what a bucket means. */
static inline void expect_in_its_bucket(double least, double value)
{
    int i = histogram_exponential_bucket(least, value);

    expect_between(about("the bucket of %.17g, least %.17g", value, least), i,
                   0, 1 << 15);
    expect_that(about("%.17g, in bucket %d", value, i),
                value <= histogram_exponential_bound(least, i),
                "at most that bucket's bound");
    expect_that(about("%.17g, in bucket %d", value, i),
                i == 0 || value > histogram_exponential_bound(least, i - 1),
                "more than the bound below");
}

/* From 0 to 1, not 1 itself. */
static inline double random_part(uint32_t *dice)
{
    return random_next(dice) / 4294967296.0;
}

#endif
