/* response_time: what is remembered, and who is picked for it. */
#include "fixture.h"
#include "times.h"

static void nothing_is_known_at_first(void **state)
{
    (void)state;
    set_of(1);
    expect_int("us, no sample", recent_us(), -1000);
}

static void the_first_sample_counts_in_full(void **state)
{
    (void)state;
    three(80, -1, -1);
    expect_int("us, after 80 ms", recent_us(), 80000);
    three(0, -1, -1);
    expect_int("us, after 0 ms", recent_us(), 0);
    response_times_note(&times, 0, 80);
    expect_int("us, after 0 and 80 ms", recent_us(), 10000);
}

static void the_next_ones_move_it_by_an_eighth(void **state)
{
    (void)state;
    three(80, -1, -1);
    response_times_note(&times, 0, 0);
    expect_int("us, after 80, 0", recent_us(), 70000);
    response_times_note(&times, 0, 0);
    expect_int("us, after 80, 0, 0", recent_us(), 61250);
}

static void the_fastest_is_picked(void **state)
{
    (void)state;
    expect_picks("10, 20 and 30 ms", three(10, 20, 30), "111");
    expect_picks("30, 10 and 20 ms", three(30, 10, 20), "222");
    expect_picks("30, 20 and 10 ms", three(30, 20, 10), "333");
}

static void who_has_no_sample_comes_first(void **state)
{
    (void)state;
    expect_picks("10 ms, nothing, 10 ms", three(10, -1, 10), "222");
    expect_picks("nothing, 0 ms, 0 ms", three(-1, 0, 0), "111");
}

static void equals_take_turns(void **state)
{
    (void)state;
    expect_picks("10, 10 and 90 ms", three(10, 10, 90), "121212");
    expect_picks("nothing, 10 ms, nothing", three(-1, 10, -1), "131313");
}

static void nobody_is_picked_when_all_are_down(void **state)
{
    struct backend_set *set = three(10, 20, 30);

    (void)state;
    for (int i = 0; i < 3; i++)
        set->backends[i].is_healthy = 0;
    expect_int("the pick when all are down", pick(set), 0);
    expect_int("the pick of an empty set", pick(set_of(0)), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(nothing_is_known_at_first),
        fixture_test(the_first_sample_counts_in_full),
        fixture_test(the_next_ones_move_it_by_an_eighth),
        fixture_test(the_fastest_is_picked),
        fixture_test(who_has_no_sample_comes_first),
        fixture_test(equals_take_turns),
        fixture_test(nobody_is_picked_when_all_are_down),
    };

    return fixture_run("response_time", tests);
}
