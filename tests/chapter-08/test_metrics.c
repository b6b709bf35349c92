/* metrics: names, series, handles, and what happens when there is no room. */
#include "fixture.h"
#include "metrics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static metrics_t *m;

static int begin(void **state)
{
    fixture_setup(state);
    m = metrics_create();
    assert_non_null(m);
    return 0;
}

static int end(void **state)
{
    metrics_destroy(m);
    return fixture_teardown(state);
}

#define metrics_test(name) cmocka_unit_test_setup_teardown(name, begin, end)

static uint64_t count_of(const char *name, const char *labels)
{
    metrics_gather(m);
    return metrics_count(m, metrics_series(m, name, labels));
}

static uint64_t lost(void)
{
    metrics_gather(m);
    return metrics_count(m, 0);
}

static void counters_count(void **state)
{
    metric_t jobs;

    (void)state;
    assert_int_equal(metrics_describe(m, METRICS_COUNTER, "jobs_total", "Jobs.",
                                      NULL, 0), 0);
    jobs = metrics_series(m, "jobs_total", "kind=\"a\"");
    assert_true(jobs > 0);
    metrics_add(m, jobs, 1);
    metrics_add(m, jobs, 41);
    metrics_counter_inc(m, "jobs_total", "kind=\"b\"");
    assert_int_equal(count_of("jobs_total", "kind=\"a\""), 42);
    assert_int_equal(count_of("jobs_total", "kind=\"b\""), 1);
    assert_int_equal(lost(), 0);
}

static void gauges_are_what_they_were_set_to_last(void **state)
{
    metric_t level;

    (void)state;
    metrics_gauge_set(m, "level", 3.5, NULL);
    metrics_gauge_set(m, "level", -1.25, NULL);
    level = metrics_series(m, "level", NULL);
    metrics_gather(m);
    assert_true(metrics_value(m, level) == -1.25);
}

static void histograms_observe(void **state)
{
    struct histogram h;

    (void)state;
    metrics_histogram_observe(m, "took_seconds", 0.0005, NULL);
    metrics_histogram_observe(m, "took_seconds", 0.007, NULL);
    metrics_histogram_observe(m, "took_seconds", 11, NULL);
    metrics_gather(m);
    metrics_histogram(m, metrics_series(m, "took_seconds", NULL), &h);
    assert_int_equal(h.bounds, 14);
    assert_int_equal(histogram_count(&h), 3);
    assert_int_equal(h.bucket[0], 1);
    assert_int_equal(h.bucket[4], 1);
    assert_int_equal(h.bucket[14], 1);
    assert_true(fabs(h.sum - 11.0075) < 1e-12);
}

static void one_series_however_its_labels_are_spelled(void **state)
{
    (void)state;
    metrics_counter_inc(m, "a_total", "x=\"1\",y=\"2\"");
    metrics_counter_inc(m, "a_total", "y=\"2\", x=\"1\",");
    metrics_counter_inc(m, "a_total", "y=\"2\",z=\"\",x=\"1\"");
    assert_int_equal(count_of("a_total", "x=\"1\",y=\"2\""), 3);
    assert_int_equal(metrics_series(m, "a_total", "x=\"1\",y=\"2\""),
                     metrics_series(m, "a_total", "y=\"2\",x=\"1\""));
    assert_int_not_equal(metrics_series(m, "a_total", "x=\"2\",y=\"1\""),
                         metrics_series(m, "a_total", "y=\"2\",x=\"1\""));
}

static void a_name_means_one_thing(void **state)
{
    const double a[] = {1, 2}, b[] = {1, 3};

    (void)state;
    assert_int_equal(metrics_describe(m, METRICS_HISTOGRAM, "h", "", a, 2), 0);
    assert_int_equal(metrics_describe(m, METRICS_HISTOGRAM, "h", "", a, 2), 0);
    assert_int_equal(metrics_describe(m, METRICS_HISTOGRAM, "h", "", b, 2), -1);
    assert_int_equal(metrics_describe(m, METRICS_COUNTER, "h", "", NULL, 0), -1);
    /* What a histogram writes is taken, too. */
    assert_int_equal(metrics_describe(m, METRICS_COUNTER, "h_count", "", NULL,
                                      0), -1);
    assert_int_equal(metrics_describe(m, METRICS_GAUGE, "g_sum", "", NULL, 0),
                     0);
    assert_int_equal(metrics_describe(m, METRICS_HISTOGRAM, "g", "", a, 2), -1);
    assert_int_equal(metrics_describe(m, METRICS_COUNTER, "h_counts", "", NULL,
                                      0), 0);
}

static void bad_descriptions_are_refused(void **state)
{
    const double down[] = {2, 1}, twice[] = {1, 1}, wild[] = {1, INFINITY};
    const double none[] = {NAN}, good[HISTOGRAM_BOUNDS_MAX + 1] = {0};
    char name[METRICS_NAME_MAX + 1];

    (void)state;
    memset(name, 'n', sizeof name);
    name[METRICS_NAME_MAX] = '\0';
    assert_int_equal(metrics_describe(m, METRICS_COUNTER, name, "", NULL, 0),
                     -1);
    assert_int_equal(metrics_describe(m, METRICS_COUNTER, name + 1, "", NULL,
                                      0), 0);
    assert_int_equal(metrics_describe(m, METRICS_COUNTER, "a b", "", NULL, 0),
                     -1);
    assert_int_equal(metrics_describe(m, METRICS_COUNTER, "c", "", good, 1),
                     -1);
    assert_int_equal(metrics_describe(m, METRICS_HISTOGRAM, "c", "", NULL, 0),
                     -1);
    assert_int_equal(metrics_describe(m, METRICS_HISTOGRAM, "c", "", down, 2),
                     -1);
    assert_int_equal(metrics_describe(m, METRICS_HISTOGRAM, "c", "", twice, 2),
                     -1);
    assert_int_equal(metrics_describe(m, METRICS_HISTOGRAM, "c", "", wild, 2),
                     -1);
    assert_int_equal(metrics_describe(m, METRICS_HISTOGRAM, "c", "", none, 1),
                     -1);
    assert_int_equal(metrics_describe(m, METRICS_HISTOGRAM, "c", "", good,
                                      HISTOGRAM_BOUNDS_MAX + 1), -1);
}

static void what_cannot_be_counted_is_counted_as_lost(void **state)
{
    uint64_t n = 0;

    (void)state;
    metrics_counter_inc(m, "good_total", NULL);
    metrics_histogram_observe(m, "h", 1, NULL);
    metrics_counter_inc(m, "bad name", NULL);
    assert_int_equal(lost(), ++n);
    metrics_counter_inc(m, "good_total", "a=1");
    assert_int_equal(lost(), ++n);
    metrics_gauge_set(m, "good_total", 1, NULL); /* it is a counter */
    assert_int_equal(lost(), ++n);
    metrics_histogram_observe(m, "good_total", 1, NULL);
    assert_int_equal(lost(), ++n);
    metrics_histogram_observe(m, "h", 1, "le=\"5\""); /* buckets have that */
    assert_int_equal(lost(), ++n);
    metrics_histogram_observe(m, "h", NAN, NULL);
    assert_int_equal(lost(), ++n);
    metrics_add(m, 0, 7); /* the handle of nothing */
    metrics_mirror(m, 0, 7);
    n += 2;
    assert_int_equal(lost(), n);
    metrics_counter_inc(m, "metrics_lost_total", NULL);
    assert_int_equal(lost(), n + 1);
    assert_int_equal(count_of("good_total", NULL), 1);
}

static void hostile_labels_cannot_fill_the_memory(void **state)
{
    char labels[64];
    int i;

    (void)state;
    metrics_counter_inc(m, "before_total", NULL);
    for (i = 0; i < 2 * METRICS_SERIES_MAX; i++) {
        snprintf(labels, sizeof labels, "path=\"/%d\"", i);
        metrics_counter_inc(m, "paths_total", labels);
    }
    /* The first ones have their series and keep it; the others are lost. */
    assert_int_equal(lost(), METRICS_SERIES_MAX + 2);
    assert_int_equal(count_of("paths_total", "path=\"/0\""), 1);
    metrics_counter_inc(m, "paths_total", "path=\"/0\"");
    assert_int_equal(count_of("paths_total", "path=\"/0\""), 2);
    metrics_counter_inc(m, "before_total", NULL);
    assert_int_equal(count_of("before_total", NULL), 2);
    assert_int_equal(metrics_series(m, "paths_total", "path=\"/99999\""), 0);
}

static void long_labels_and_wide_series_have_bounds_too(void **state)
{
    char labels[768], value[720];
    uint64_t made = 0;

    (void)state;
    memset(value, 'v', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    metrics_histogram_observe(m, "wide", 1, NULL);
    for (int i = 0; i < 4000; i++) {
        snprintf(labels, sizeof labels, "a=\"%s%d\"", value, i);
        metrics_counter_inc(m, "long_total", labels);
        snprintf(labels, sizeof labels, "a=\"%d\"", i);
        metrics_histogram_observe(m, "wide", 1, labels);
        made++;
    }
    assert_in_range(lost(), 1, 2 * made - 1);
    assert_int_equal(count_of("metrics_lost_total", NULL), lost());
}

static void families_have_a_bound(void **state)
{
    char name[32];

    (void)state;
    for (int i = 0; i < METRICS_FAMILIES_MAX + 10; i++) {
        snprintf(name, sizeof name, "f%d_total", i);
        metrics_counter_inc(m, name, NULL);
    }
    assert_int_equal(lost(), 11); /* one family is for this very number */
}

static void a_counter_that_is_kept_elsewhere_is_mirrored(void **state)
{
    metric_t hits;

    (void)state;
    metrics_counter_inc(m, "hits_total", NULL);
    hits = metrics_series(m, "hits_total", NULL);
    metrics_mirror(m, hits, 10);
    metrics_mirror(m, hits, 12);
    assert_int_equal(count_of("hits_total", NULL), 12);
}

/* Whatever is done: counters never go down, and everything is somewhere. */
static void counters_only_go_up(void **state)
{
    uint32_t seed = random_seed();
    uint64_t before[50] = {0}, calls = 0, sum;
    char labels[32];

    (void)state;
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 100; i++, calls++) {
            uint32_t which = random_next(&seed) % 50;

            snprintf(labels, sizeof labels, which % 7 ? "n=\"%u\"" : "n=%u",
                     (unsigned)which);
            metrics_counter_inc(m, "n_total", labels);
        }
        metrics_gather(m);
        sum = metrics_count(m, 0);
        for (uint32_t i = 0; i < 50; i++) {
            snprintf(labels, sizeof labels, "n=\"%u\"", (unsigned)i);
            assert_true(count_of("n_total", labels) >= before[i]);
            before[i] = count_of("n_total", labels);
            sum += i % 7 ? before[i] : 0;
        }
        assert_int_equal(sum, calls);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        metrics_test(counters_count),
        metrics_test(gauges_are_what_they_were_set_to_last),
        metrics_test(histograms_observe),
        metrics_test(one_series_however_its_labels_are_spelled),
        metrics_test(a_name_means_one_thing),
        metrics_test(bad_descriptions_are_refused),
        metrics_test(what_cannot_be_counted_is_counted_as_lost),
        metrics_test(hostile_labels_cannot_fill_the_memory),
        metrics_test(long_labels_and_wide_series_have_bounds_too),
        metrics_test(families_have_a_bound),
        metrics_test(a_counter_that_is_kept_elsewhere_is_mirrored),
        metrics_test(counters_only_go_up),
    };

    return fixture_run("metrics", tests);
}
