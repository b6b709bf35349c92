/* summary: ends, ranks between two values, what is no number, short pages. */
#include "fixture.h"
#include "values.h"

static void small_differences_count(void **state)
{
    struct summary *s = new_summary();

    (void)state;
    for (int i = 100; i >= 1; i--)
        summary_observe(s, i / 1000.0);
    expect_int("of 0.001 to 0.100, the median in ms",
               (long long)(summary_quantile(s, 0.5) * 1000 + 0.5), 50);
    expect_int("of 0.001 to 0.100, the least in ms",
               (long long)(summary_quantile(s, 0) * 1000 + 0.5), 1);
}

static void the_rank_is_the_nearest_from_above(void **state)
{
    struct summary *s = new_summary();

    (void)state;
    observe_all(s, 10, 30, 10);
    expect_quantile(s, 0, 10);
    expect_quantile(s, 0.3, 10);
    expect_quantile(s, 0.5, 20);
    expect_quantile(s, 0.67, 30);
    expect_quantile(s, 1, 30);
}

static void reading_changes_nothing(void **state)
{
    struct summary *s = new_summary();

    (void)state;
    observe_all(s, SUMMARY_VALUES, 1, -1);
    expect_quantile(s, 0.5, SUMMARY_VALUES / 2);
    observe_all(s, 1, 24, 1); /* instead of 1,024 to 1,001 */
    expect_quantile(s, 1, 1000);
}

static void sum_and_count_are_of_all(void **state)
{
    struct summary *s = new_summary();

    (void)state;
    observe_all(s, 1, 3000, 1);
    expect_int("the count of 3,000 values", (long long)s->count, 3000);
    expect_int("the sum of 1 to 3000", (long long)s->sum, 4501500);
}

static void what_is_no_number_is_left_out(void **state)
{
    struct summary *s = new_summary();

    (void)state;
    observe_all(s, 1, 3, 1);
    summary_observe(s, (double)NAN);
    expect_int("the count after 1, 2, 3, NaN", (long long)s->count, 3);
    expect_int("the sum after 1, 2, 3, NaN", (long long)s->sum, 6);
    expect_quantile(s, 1, 3);
}

static void nothing_seen_is_no_zero(void **state)
{
    char page[256] = "";

    (void)state;
    summary_write(new_summary(), "t", page, sizeof page);
    expect_text("the page of no values", page,
                "t{quantile=\"0.5\"} NaN\nt{quantile=\"0.9\"} NaN\n"
                "t{quantile=\"0.99\"} NaN\nt_sum 0\nt_count 0\n");
    expect_that("the quantile 0.5 of no values",
                isnan(summary_quantile(new_summary(), 0.5)), "NaN");
}

static void half_a_page_is_none(void **state)
{
    struct summary *s = new_summary();
    char page[256], *edge;
    size_t len;

    (void)state;
    summary_observe(s, 1);
    len = summary_write(s, "t", page, sizeof page);
    edge = guard_copy(page, len);
    expect_int("the length where the NUL does not fit",
               (long long)summary_write(s, "t", edge, len), 0);
    expect_text("the page where the NUL does not fit", edge, "");
    guard_free(edge, len);
    edge = guard_copy(page, len + 1);
    expect_int("the length where all just fits",
               (long long)summary_write(s, "t", edge, len + 1), (long long)len);
    guard_free(edge, len + 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(small_differences_count),
        fixture_test(the_rank_is_the_nearest_from_above),
        fixture_test(reading_changes_nothing),
        fixture_test(sum_and_count_are_of_all),
        fixture_test(what_is_no_number_is_left_out),
        fixture_test(nothing_seen_is_no_zero),
        fixture_test(half_a_page_is_none),
    };

    return fixture_run("summary_more", tests);
}
