/* random: everybody's chance, and nobody else's. */
#include "fixture.h"
#include "picks.h"

static void picks_the_only_one(void **state)
{
    struct backend_set *set = set_of(1, 7);

    (void)state;
    for (int i = 0; i < 100; i++)
        expect_int("the pick of one backend", pick(set, &nobody_tried), 1);
}

static void three_have_the_same_chance(void **state)
{
    int counts[MAX_BACKENDS + 1];

    (void)state;
    for (uint64_t dice = 0; dice < 4; dice++) {
        count_picks(set_of(3, dice), &nobody_tried, counts);
        for (int i = 1; i <= 3; i++)
            expect_between(about("picks of backend %d of 3, of %d", i, PICKS),
                           counts[i], 9500, 10500);
    }
}

static void the_sequence_has_no_pattern(void **state)
{
    struct backend_set *set = set_of(2, 1);
    int same = 0, last = pick(set, &nobody_tried);

    (void)state;
    for (int i = 0; i < PICKS; i++) {
        int next = pick(set, &nobody_tried);

        same += next == last;
        last = next;
    }
    expect_between("two backends: how often the same one twice in a row, of "
                   "30000",
                   same, 14500, 15500);
}

static void the_one_that_is_down_is_never_picked(void **state)
{
    struct backend_set *set = set_of(3, 1);
    int counts[MAX_BACKENDS + 1];

    (void)state;
    set->backends[1].is_healthy = 0;
    count_picks(set, &nobody_tried, counts);
    expect_int("picks of backend 2, which is down", counts[2], 0);
    expect_int("picks of nobody, with two up", counts[0], 0);
}

static void nobody_is_picked_when_all_are_down(void **state)
{
    struct backend_set *set = set_of(2, 1);

    (void)state;
    set->backends[0].is_healthy = set->backends[1].is_healthy = 0;
    expect_int("the pick when all are down", pick(set, &nobody_tried), 0);
    expect_int("the pick of an empty set", pick(set_of(0, 1), &nobody_tried),
               0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(picks_the_only_one),
        fixture_test(three_have_the_same_chance),
        fixture_test(the_sequence_has_no_pattern),
        fixture_test(the_one_that_is_down_is_never_picked),
        fixture_test(nobody_is_picked_when_all_are_down),
    };

    return fixture_run("random", tests);
}
