/* The answers. Where the course has code that knows, that code is asked. */
#include "answers.h"
#include "fixture.h"
#include "histogram.h"
#include "labels.h"

static const double bounds[] = {0.01, 0.05, 0.1};

/* 40 values up to 0.01, 40 up to 0.05, 15 up to 0.1, 5 above. */
static const struct histogram waits = {
    .bounds = 3, .bound = bounds, .bucket = {40, 40, 15, 5}};

static void buckets_are_cumulative(void **state)
{
    (void)state;
    expect_answer_number("le_005",
                         (double)(waits.bucket[0] + waits.bucket[1]));
    expect_answer_number("le_inf", (double)histogram_count(&waits));
}

static void a_quantile_is_estimated(void **state)
{
    double median = histogram_quantile(&waits, 0.5);

    (void)state;
    expect_answer_between("median", median - 0.0005, median + 0.0005);
}

static void beyond_the_last_bound_nothing_is_known(void **state)
{
    double p99 = histogram_quantile(&waits, 0.99);

    (void)state;
    expect_answer_between("p99", p99 - 1e-6, p99 + 1e-6);
}

static void an_empty_label_is_none(void **state)
{
    char canonical[LABELS_TEXT_MAX];

    (void)state;
    labels_canonical("zone=\"\",status=\"200\"", canonical);
    expect_answer("labels", canonical);
}

static void a_counter_that_falls_was_restarted(void **state)
{
    const double readings[] = {100, 160, 20, 50};
    double grown = 0;

    (void)state;
    for (int i = 1; i < 4; i++)
        grown += readings[i] < readings[i - 1] ? readings[i]
                                               : readings[i] - readings[i - 1];
    expect_answer_number("increase", grown);
}

static void what_goes_down_is_a_gauge(void **state)
{
    (void)state;
    expect_answer("active_is", "gauge");
    expect_answer("requests_are", "counter");
}

static void averages_are_not_averaged(void **state)
{
    (void)state;
    expect_answer_number("mean_ms", (100 * 10.0 + 300 * 20.0) / 400);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(buckets_are_cumulative),
        fixture_test(a_quantile_is_estimated),
        fixture_test(beyond_the_last_bound_nothing_is_known),
        fixture_test(an_empty_label_is_none),
        fixture_test(a_counter_that_falls_was_restarted),
        fixture_test(what_goes_down_is_a_gauge),
        fixture_test(averages_are_not_averaged),
    };

    return fixture_run("knowledge_right", tests);
}
