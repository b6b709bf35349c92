/* warm_up: the ends of the range, and who else is touched. */
#include "fixture.h"
#include "warmth.h"

static void without_warm_up_all_are_warm(void **state)
{
    struct backend_set *set = set_of(2, 1);

    (void)state;
    warm_up_init(&warmth, 0);
    warm_up_recovered(&warmth, 1, 1000);
    expect_int("weight 1, warm_ms 0, just back",
               warm_up_weight(&warmth, set, 1, 1000), 100);
}

static void a_warm_up_of_weeks_does_not_overflow(void **state)
{
    struct backend_set *set = set_of(1, BACKEND_WEIGHT_MAX);

    (void)state;
    warm_up_init(&warmth, 4000000000);
    warm_up_recovered(&warmth, 0, 1000);
    expect_int("weight 1000, half of 4,000,000 s",
               warm_up_weight(&warmth, set, 0, 2000001000), 50000);
}

static void the_set_is_left_as_it_was(void **state)
{
    struct backend_set *set = set_of(2, 3);

    (void)state;
    warm_up_recovered(&warmth, 1, 1000);
    share(set, 6000, 1, 10);
    expect_int("weight of backend 1 after ten picks", set->backends[0].weight,
               3);
    expect_int("weight of backend 2 after ten picks", set->backends[1].weight,
               3);
}

static void those_that_are_down_get_nothing(void **state)
{
    struct backend_set *set = set_of(3, 1);
    struct backend_mask tried = {{0}};

    (void)state;
    warm_up_recovered(&warmth, 1, 1000);
    set->backends[0].is_healthy = 0;
    expect_int("picks of the one that is down, of 100",
               share(set, 1000, 1, 100), 0);
    backend_mask_add(&tried, 2);
    expect_that("the first is down, the third was tried",
                select_warmed_up(&warmth, set, 1000, &tried) ==
                    &set->backends[1], "the second, cold as it is");
}

static void down_again_is_cold_again(void **state)
{
    struct backend_set *set = set_of(1, 2);

    (void)state;
    warm_up_recovered(&warmth, 0, 1000);
    warm_up_recovered(&warmth, 0, 9000);
    expect_int("weight 2, back at 1000 and at 9000, now 10,000",
               warm_up_weight(&warmth, set, 0, 10000), 20);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(without_warm_up_all_are_warm),
        fixture_test(a_warm_up_of_weeks_does_not_overflow),
        fixture_test(the_set_is_left_as_it_was),
        fixture_test(those_that_are_down_get_nothing),
        fixture_test(down_again_is_cold_again),
    };

    return fixture_run("warm_up_more", tests);
}
