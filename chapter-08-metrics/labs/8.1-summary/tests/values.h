#ifndef VALUES_H
#define VALUES_H

/* values: a summary that has seen something. */

#include <math.h>
#include <string.h>

#include "expect.h"
#include "summary.h"

/* A new one; it is static, each call makes it anew. */
static inline struct summary *new_summary(void)
{
    static struct summary s;

    memset(&s, 0xa5, sizeof s);
    summary_init(&s);
    return &s;
}

/* first, first + step ... up to last, once each. */
static inline void observe_all(struct summary *s, int first, int last, int step)
{
    for (int i = first; step > 0 ? i <= last : i >= last; i += step)
        summary_observe(s, i);
}

/* All values of these tests are whole numbers. */
static inline void expect_quantile(const struct summary *s, double q,
                                   int expected)
{
    double came = summary_quantile(s, q);

    expect_that(about("the quantile %g", q), !isnan(came), "a number, not NaN");
    expect_int(about("the quantile %g", q), (long long)came, expected);
}

#endif
