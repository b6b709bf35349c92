/* warm_up: how a weight grows, and what share that gives. */
#include "fixture.h"
#include "warmth.h"

/* Weight 2, back at 1000. */
static void expect_weight(uint64_t now_ms, int expected)
{
    struct backend_set *set = set_of(1, 2);

    warm_up_recovered(&warmth, 0, 1000);
    expect_int(about("weight 2, back at 1000, now %d", (int)now_ms),
               warm_up_weight(&warmth, set, 0, now_ms), expected);
}

static void one_that_was_always_up_is_warm(void **state)
{
    struct backend_set *set = set_of(2, 2);

    (void)state;
    warm_up_recovered(&warmth, 1, 1000);
    expect_int("weight 2, never down, now 0",
               warm_up_weight(&warmth, set, 0, 0), 200);
    expect_int("weight 2, never down, now 1000",
               warm_up_weight(&warmth, set, 0, 1000), 200);
}

static void the_weight_grows_linearly(void **state)
{
    (void)state;
    expect_weight(2000, 20);
    expect_weight(6000, 100);
    expect_weight(10999, 199);
}

static void it_begins_with_1(void **state)
{
    (void)state;
    expect_weight(1000, 1);
    expect_weight(1001, 1);
    expect_weight(1099, 1);
}

static void after_warm_ms_it_is_the_full_weight(void **state)
{
    (void)state;
    expect_weight(11000, 200);
    expect_weight(11001, 200);
    expect_weight(900000000, 200);
}

static void half_warm_is_half_a_share(void **state)
{
    struct backend_set *set = set_of(2, 1);

    (void)state;
    warm_up_recovered(&warmth, 1, 1000);
    expect_picks("two of weight 1, the second half warm", set, 6000,
                 "121121121");
}

static void just_back_is_one_in_101(void **state)
{
    struct backend_set *set = set_of(2, 1);

    (void)state;
    warm_up_recovered(&warmth, 1, 1000);
    expect_int("picks of the one that is just back, of 1010",
               share(set, 1000, 2, 1010), 10);
}

static void nobody_is_picked_when_all_are_down(void **state)
{
    struct backend_set *set = set_of(2, 1);

    (void)state;
    set->backends[0].is_healthy = set->backends[1].is_healthy = 0;
    expect_int("the pick when all are down", pick(set, 0), 0);
    expect_int("the pick of an empty set", pick(set_of(0, 1), 0), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(one_that_was_always_up_is_warm),
        fixture_test(the_weight_grows_linearly),
        fixture_test(it_begins_with_1),
        fixture_test(after_warm_ms_it_is_the_full_weight),
        fixture_test(half_warm_is_half_a_share),
        fixture_test(just_back_is_one_in_101),
        fixture_test(nobody_is_picked_when_all_are_down),
    };

    return fixture_run("warm_up", tests);
}
