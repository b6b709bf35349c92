/* exponential: the bounds, values between them, values on them. */
#include "fixture.h"

#include "histogram.h"
#include "near.h"

static void bounds_double_after_eight(void **state)
{
    (void)state;
    expect_near("bound 0 of least 3", histogram_exponential_bound(3, 0), 3);
    expect_near("bound 8 of least 3", histogram_exponential_bound(3, 8), 6);
    expect_near("bound 40 of least 3", histogram_exponential_bound(3, 40), 96);
}

static void each_bound_is_9_percent_above_the_last(void **state)
{
    (void)state;
    for (int i = 0; i < 160; i++)
        expect_near(about("bound %d by bound %d", i + 1, i),
                    histogram_exponential_bound(0.0001, i + 1) /
                        histogram_exponential_bound(0.0001, i),
                    1.0905077326652577);
}

static void a_value_lies_below_its_bound(void **state)
{
    (void)state;
    expect_bucket(1, 1.05, 1);
    expect_bucket(1, 1.5, 5);
    expect_bucket(1, 1.9, 8);
    expect_bucket(1, 2.1, 9);
    expect_bucket(1, 1000, 80);
}

static void a_bound_belongs_to_its_bucket(void **state)
{
    (void)state;
    for (int i = 0; i < 160; i++) {
        double bound = histogram_exponential_bound(1, i);

        expect_bucket(1, bound, i);
        expect_bucket(1, bound * (1 + DBL_EPSILON), i + 1);
    }
}

static void the_search_finds_the_same(void **state)
{
    uint32_t dice = random_seed();
    double bound[134];

    (void)state;
    for (int i = 0; i < 134; i++)
        bound[i] = histogram_exponential_bound(0.0001, i);
    for (int i = 0; i < 100000; i++) {
        double part = random_part(&dice), value = 10 * part * part * part;

        expect_bucket(0.0001, value, histogram_bucket(bound, 134, value));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(bounds_double_after_eight),
        fixture_test(each_bound_is_9_percent_above_the_last),
        fixture_test(a_value_lies_below_its_bound),
        fixture_test(a_bound_belongs_to_its_bucket),
        fixture_test(the_search_finds_the_same),
    };

    return fixture_run("exponential", tests);
}
