/* exponential: any least, the ends of the numbers, what is no number. */
#include "fixture.h"

#include "near.h"

static void any_least_will_do(void **state)
{
    static const double least[] = {0.0001, 3e-7, 0.7, 1e9, 5.5};

    (void)state;
    for (size_t k = 0; k < sizeof least / sizeof *least; k++)
        for (int i = 0; i < 200; i++) {
            double bound = histogram_exponential_bound(least[k], i);

            expect_bucket(least[k], bound, i);
            expect_bucket(least[k], bound * (1 + DBL_EPSILON), i + 1);
        }
}

static void random_values_lie_in_their_buckets(void **state)
{
    uint32_t dice = random_seed();

    (void)state;
    for (int i = 0; i < 20000; i++) {
        double least = 0.001 + random_part(&dice);

        expect_in_its_bucket(least, least * (0.5 + 1e6 * random_part(&dice)));
    }
}

static void what_is_not_above_least_is_in_the_first(void **state)
{
    (void)state;
    expect_bucket(0.5, 0.5, 0);
    expect_bucket(0.5, 0.01, 0);
    expect_bucket(0.5, 1e-300, 0);
    expect_bucket(0.5, 0, 0);
    expect_bucket(0.5, -7, 0);
    expect_bucket(0.5, -HUGE_VAL, 0);
}

static void the_whole_range_of_a_double(void **state)
{
    (void)state;
    expect_in_its_bucket(DBL_MIN, DBL_MAX);
    expect_in_its_bucket(1e-300, 1e300);
    expect_in_its_bucket(DBL_MAX / 4, DBL_MAX / 3);
    expect_that("bound 16000 of least 1",
                isinf(histogram_exponential_bound(1, 16000)), "infinite");
}

static void infinity_is_beyond_all(void **state)
{
    (void)state;
    expect_bucket(1, HUGE_VAL, INT_MAX);
}

static void what_is_no_number_exceeds_nothing(void **state)
{
    (void)state;
    expect_bucket(1, (double)NAN, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(any_least_will_do),
        fixture_test(random_values_lie_in_their_buckets),
        fixture_test(what_is_not_above_least_is_in_the_first),
        fixture_test(the_whole_range_of_a_double),
        fixture_test(infinity_is_beyond_all),
        fixture_test(what_is_no_number_exceeds_nothing),
    };

    return fixture_run("exponential_more", tests);
}
