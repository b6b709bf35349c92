/* histogram: buckets, and quantiles estimated from them. */
#include "fixture.h"
#include "histogram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double bounds[] = {0.01, 0.05, 0.1, 1};

#define COUNT 4

static void add(struct histogram *h, double value)
{
    h->bucket[histogram_bucket(h->bound, h->bounds, value)]++;
    h->sum += value;
}

static struct histogram empty(void)
{
    struct histogram h;

    memset(&h, 0, sizeof h);
    h.bounds = COUNT;
    h.bound = bounds;
    return h;
}

static void near(double got, double wanted)
{
    if (!(fabs(got - wanted) < 1e-9))
        fail_msg("%.12g is not %.12g", got, wanted);
}

static void a_value_counts_up_to_and_including_its_bound(void **state)
{
    (void)state;
    assert_int_equal(histogram_bucket(bounds, COUNT, -1), 0);
    assert_int_equal(histogram_bucket(bounds, COUNT, 0.01), 0);
    assert_int_equal(histogram_bucket(bounds, COUNT, 0.010001), 1);
    assert_int_equal(histogram_bucket(bounds, COUNT, 1), 3);
    assert_int_equal(histogram_bucket(bounds, COUNT, 1.1), 4);
    assert_int_equal(histogram_bucket(bounds, COUNT, INFINITY), 4);
}

static void quantiles_are_interpolated_as_prometheus_does(void **state)
{
    struct histogram h = empty();

    (void)state;
    h.bucket[0] = 10;
    h.bucket[1] = 40;
    h.bucket[2] = 50;
    near(histogram_quantile(&h, 0.1), 0.01);
    near(histogram_quantile(&h, 0.05), 0.005);
    near(histogram_quantile(&h, 0.5), 0.05);
    near(histogram_quantile(&h, 0.75), 0.075);
    near(histogram_quantile(&h, 1), 0.1);
    near(histogram_quantile(&h, 0), 0);
}

static void beyond_the_last_bound_nothing_is_known(void **state)
{
    struct histogram h = empty();

    (void)state;
    assert_true(isnan(histogram_quantile(&h, 0.5)));
    add(&h, 100);
    near(histogram_quantile(&h, 0.5), 1); /* "at least" */
    h.bounds = 0;
    assert_true(isnan(histogram_quantile(&h, 0.5)));
}

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Against the values themselves: the estimate lies in the bucket of the truth. */
static void the_error_is_less_than_the_buckets_width(void **state)
{
    uint32_t seed = random_seed();
    double values[500];

    (void)state;
    for (int round = 0; round < 200; round++) {
        struct histogram h = empty();
        size_t count = random_next(&seed) % 500 + 1;

        for (size_t i = 0; i < count; i++) {
            values[i] = (double)(random_next(&seed) % 1000000) / 1e6 *
                        ((double)(random_next(&seed) % 100) / 100);
            add(&h, values[i]);
        }
        qsort(values, count, sizeof *values, ascending);
        for (double q = 0.01; q <= 1; q += 0.01) {
            /* The smallest value that so many do not exceed. */
            size_t rank = (size_t)(q * (double)count + 1 - 1e-9);
            double truth = values[rank > 0 ? rank - 1 : 0];
            double guess = histogram_quantile(&h, q);
            int bucket = histogram_bucket(bounds, COUNT, truth);

            assert_true(guess <= bounds[bucket] + 1e-12);
            assert_true(guess >= (bucket > 0 ? bounds[bucket - 1] : 0) - 1e-12);
        }
    }
}

static void histograms_can_be_added(void **state)
{
    struct histogram a = empty(), b = empty(), both = empty();

    (void)state;
    for (int i = 0; i < 100; i++) {
        add(i % 2 ? &a : &b, (double)i / 100);
        add(&both, (double)i / 100);
    }
    histogram_merge(&a, &b);
    assert_int_equal(histogram_count(&a), 100);
    assert_memory_equal(a.bucket, both.bucket, sizeof a.bucket);
    near(a.sum, both.sum);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_value_counts_up_to_and_including_its_bound),
        fixture_test(quantiles_are_interpolated_as_prometheus_does),
        fixture_test(beyond_the_last_bound_nothing_is_known),
        fixture_test(the_error_is_less_than_the_buckets_width),
        fixture_test(histograms_can_be_added),
    };

    return fixture_run("histogram", tests);
}
