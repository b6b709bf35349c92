/* random: whose chance a dead backend's becomes, and what a pick costs. */
#include "fixture.h"
#include "picks.h"

static void the_living_share_what_the_dead_leave(void **state)
{
    struct backend_set *set = set_of(3, 5);
    int counts[MAX_BACKENDS + 1];

    (void)state;
    set->backends[1].is_healthy = 0;
    count_picks(set, &nobody_tried, counts);
    expect_between("picks of backend 1 when 2 is down", counts[1], 14500,
                   15500);
    expect_between("picks of backend 3 when 2 is down", counts[3], 14500,
                   15500);
}

static void those_that_were_tried_are_left_out(void **state)
{
    struct backend_mask tried = {{0}};
    int counts[MAX_BACKENDS + 1];

    (void)state;
    backend_mask_add(&tried, 0);
    count_picks(set_of(3, 5), &tried, counts);
    expect_int("picks of backend 1, which was tried", counts[1], 0);
    expect_between("picks of backend 2, when 1 was tried", counts[2], 14500,
                   15500);
}

static void a_pick_draws_one_number(void **state)
{
    struct backend_set *set = set_of(3, 42);
    uint64_t dice = 42;

    (void)state;
    set->backends[0].is_healthy = set->backends[1].is_healthy = 0;
    for (int i = 1; i <= 20; i++) {
        pick(set, &nobody_tried);
        random_draw(&dice);
        expect_that(about("pick %d, with one backend of three up", i),
                    set->dice == dice, "one number drawn for each pick");
    }
}

static void no_pick_draws_none(void **state)
{
    struct backend_set *set = set_of(2, 42);

    (void)state;
    set->backends[0].is_healthy = set->backends[1].is_healthy = 0;
    pick(set, &nobody_tried);
    expect_that("nobody to pick", set->dice == 42, "the state as it was");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_living_share_what_the_dead_leave),
        fixture_test(those_that_were_tried_are_left_out),
        fixture_test(a_pick_draws_one_number),
        fixture_test(no_pick_draws_none),
    };

    return fixture_run("random_more", tests);
}
