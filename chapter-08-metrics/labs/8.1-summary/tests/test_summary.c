/* summary: quantiles of a handful and of a ring full of values. */
#include "fixture.h"
#include "values.h"

static void one_value_is_every_quantile(void **state)
{
    struct summary *s = new_summary();

    (void)state;
    summary_observe(s, 7);
    expect_quantile(s, 0.5, 7);
    expect_quantile(s, 0.99, 7);
}

static void a_thousand_values_in_order(void **state)
{
    struct summary *s = new_summary();

    (void)state;
    observe_all(s, 1, 1000, 1);
    expect_quantile(s, 0.5, 500);
    expect_quantile(s, 0.9, 900);
    expect_quantile(s, 0.99, 990);
}

static void the_order_they_come_in_does_not_matter(void **state)
{
    struct summary *s = new_summary();

    (void)state;
    observe_all(s, 1000, 2, -2);
    observe_all(s, 1, 999, 2);
    expect_quantile(s, 0.5, 500);
    expect_quantile(s, 0.9, 900);
    expect_quantile(s, 0.99, 990);
}

static void the_oldest_makes_room(void **state)
{
    struct summary *s = new_summary();

    (void)state;
    observe_all(s, 1, SUMMARY_VALUES + 100, 1);
    expect_quantile(s, 0, 101);
    expect_quantile(s, 1, SUMMARY_VALUES + 100);
    observe_all(s, 1, SUMMARY_VALUES, 1);
    expect_quantile(s, 1, SUMMARY_VALUES);
}

static void the_page_says_all_five(void **state)
{
    struct summary *s = new_summary();
    char page[1024] = "";
    static const char expected[] = "t{quantile=\"0.5\"} 500\n"
                                   "t{quantile=\"0.9\"} 900\n"
                                   "t{quantile=\"0.99\"} 990\n"
                                   "t_sum 500500\nt_count 1000\n";
    size_t len;

    (void)state;
    observe_all(s, 1, 1000, 1);
    len = summary_write(s, "t", page, sizeof page);
    expect_text("the page", page, expected);
    expect_int("its length", (long long)len, sizeof expected - 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(one_value_is_every_quantile),
        fixture_test(a_thousand_values_in_order),
        fixture_test(the_order_they_come_in_does_not_matter),
        fixture_test(the_oldest_makes_room),
        fixture_test(the_page_says_all_five),
    };

    return fixture_run("summary", tests);
}
