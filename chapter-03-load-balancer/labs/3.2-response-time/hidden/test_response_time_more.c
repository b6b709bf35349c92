/* response_time: those that are down, and the second chance of the slow. */
#include "fixture.h"
#include "times.h"

static void the_fastest_that_is_up_is_picked(void **state)
{
    struct backend_set *set = three(10, 30, 20);
    struct backend_mask tried = {{0}};

    (void)state;
    set->backends[0].is_healthy = 0;
    expect_picks("10 ms (down), 30 and 20 ms", set, "33");
    backend_mask_add(&tried, 2);
    expect_that("10 ms (down), 30 ms, 20 ms (tried)",
                select_response_time(&times, set, &tried) ==
                    &set->backends[1], "the second one");
}

static void every_16th_pick_is_a_probe(void **state)
{
    struct backend_set *set = three(10, 20, 30);

    (void)state;
    expect_picks("picks 1 to 16", set, "1111111111111111");
    expect_picks("picks 17 to 32", set, "1111111111111112");
    expect_picks("picks 33 to 48", set, "1111111111111113");
    expect_picks("picks 49 to 64", set, "1111111111111111");
}

static void probes_do_not_disturb_the_turns(void **state)
{
    struct backend_set *set = three(10, 10, 90);

    (void)state;
    expect_picks("10, 10 and 90 ms: picks 1 to 18", set, "121212121212121121");
    expect_picks("picks 19 to 34", set, "2121212121212212");
    expect_picks("picks 35 to 50", set, "1212121212121321");
}

static void probes_skip_those_that_are_down(void **state)
{
    struct backend_set *set = three(10, 20, 30);

    (void)state;
    set->backends[0].is_healthy = 0;
    expect_picks("the first is down: picks 1 to 16", set, "2222222222222222");
    expect_picks("picks 17 to 32", set, "2222222222222223");
}

static void what_finds_nobody_is_no_pick(void **state)
{
    struct backend_set *set = three(10, 20, 30);

    (void)state;
    for (int i = 0; i < 3; i++)
        set->backends[i].is_healthy = 0;
    for (int i = 0; i < 16; i++)
        pick(set);
    set->backends[1].is_healthy = set->backends[2].is_healthy = 1;
    expect_int("picks counted while all were down", times.picks, 0);
    expect_picks("the first 16 after that", set, "2222222222222222");
    expect_picks("the next 16", set, "2222222222222223");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_fastest_that_is_up_is_picked),
        fixture_test(every_16th_pick_is_a_probe),
        fixture_test(probes_do_not_disturb_the_turns),
        fixture_test(probes_skip_those_that_are_down),
        fixture_test(what_finds_nobody_is_no_pick),
    };

    return fixture_run("response_time_more", tests);
}
