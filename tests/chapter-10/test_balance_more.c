/* balance_more: random_two_choices, and the six algorithms by name. */
#include "fixture.h"

#include "../chapter-03/sets.h"
#include "balance_more.h"

#include <string.h>

#define PICKS 100000

static const struct backend_mask none;
static struct backend_set *set;
static int got[MAX_BACKENDS];

static struct backend *pick(const struct backend_mask *tried)
{
    return balance_more_find("random_two_choices")->pick(set, "1.2.3.4", tried);
}

static void pick_many(int count)
{
    memset(got, 0, sizeof got);
    for (int n = 0; n < count; n++)
        got[pick(&none) - set->backends]++;
}

static void expect_about(int number, int expected, int off)
{
    if (number < expected - off || number > expected + off)
        fail_msg("%d is not %d, give or take %d", number, expected, off);
}

/* ---- random_two_choices ------------------------------------------------- */

static void equal_backends_get_equal_shares(void **state)
{
    (void)state;
    set = make_equal_set(8);
    pick_many(PICKS);
    for (int i = 0; i < 8; i++)
        expect_about(got[i], PICKS / 8, PICKS / 100);
}

/* Of two, both are always looked at. */
static void of_two_the_idler_one_is_taken(void **state)
{
    (void)state;
    set = make_equal_set(2);
    set->backends[0].active_connections = 1;
    pick_many(1000);
    assert_int_equal(got[1], 1000);
    set->backends[1].active_elsewhere = 2; /* the others' count as well */
    pick_many(1000);
    assert_int_equal(got[0], 1000);
}

/* It is taken only if it is drawn with itself alone: never. */
static void the_busiest_of_many_gets_nothing(void **state)
{
    (void)state;
    set = make_equal_set(10);
    set->backends[3].active_connections = 5;
    pick_many(PICKS);
    assert_int_equal(got[3], 0);
    for (int i = 0; i < 10; i++)
        if (i != 3)
            expect_about(got[i], PICKS / 9, PICKS / 100);
}

/* Not all run to it: it is among the two in 2 of 10 cases. */
static void the_idlest_of_many_gets_two_shares(void **state)
{
    (void)state;
    set = make_equal_set(10);
    for (int i = 0; i < 10; i++)
        set->backends[i].active_connections = i != 3;
    pick_many(PICKS);
    expect_about(got[3], PICKS / 5, PICKS / 100);
}

/* As requests that last: each pick stays until there are ten for each unit of
 * weight. Then everybody has about his share. */
static void a_heavier_one_carries_more(void **state)
{
    (void)state;
    set = make_set_of("1 2 3 4");
    for (int n = 0; n < 1000; n++)
        pick(&none)->active_connections++;
    for (int i = 0; i < 4; i++)
        expect_about(set->backends[i].active_connections, 100 * (i + 1), 20);
}

/* The point of it: the fullest is hardly fuller than the mean. With one lot for
 * each request it would have some 30 more. */
static void nobody_is_much_fuller_than_the_mean(void **state)
{
    (void)state;
    set = make_equal_set(100);
    for (int n = 0; n < 10000; n++)
        pick(&none)->active_connections++;
    for (int i = 0; i < 100; i++)
        expect_about(set->backends[i].active_connections, 100, 10);
}

static void who_cannot_be_had_is_not_drawn(void **state)
{
    struct backend_mask tried = {{0}};

    (void)state;
    set = make_equal_set(4);
    set->backends[0].is_healthy = 0;
    backend_mask_add(&tried, 1);
    set->backends[2].max_connections = 3;
    set->backends[2].active_connections = 3;
    for (int n = 0; n < 100; n++)
        assert_ptr_equal(pick(&tried), &set->backends[3]);
    backend_mask_add(&tried, 3);
    assert_null(pick(&tried));
    set->num_backends = 0;
    assert_null(pick(&none));
}

static void the_same_dice_the_same_picks(void **state)
{
    struct backend *first[100];

    (void)state;
    for (int round = 0; round < 2; round++) {
        set = make_equal_set(50);
        set->dice = 12345;
        for (int n = 0; n < 100; n++)
            if (round == 0)
                first[n] = pick(&none);
            else
                assert_ptr_equal(pick(&none), first[n]);
    }
}

/* ---- by name ------------------------------------------------------------ */

static void all_six_are_found_by_both_names(void **state)
{
    static const char *const names[][2] = {
        {"round_robin", "rr"},
        {"weighted_round_robin", "wrr"},
        {"least_connections", "lc"},
        {"ip_hash", "iphash"},
        {"random_two_choices", "r2c"},
        {"consistent_hash", "chash"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct balance *balance = balance_more_find(names[i][0]);

        assert_non_null(balance);
        assert_string_equal(balance->name, names[i][0]);
        assert_ptr_equal(balance_more_find(names[i][1]), balance);
    }
    assert_null(balance_more_find(""));
    assert_null(balance_more_find("random"));
    assert_null(balance_more_find("consistent_hash "));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(equal_backends_get_equal_shares),
        fixture_test(of_two_the_idler_one_is_taken),
        fixture_test(the_busiest_of_many_gets_nothing),
        fixture_test(the_idlest_of_many_gets_two_shares),
        fixture_test(a_heavier_one_carries_more),
        fixture_test(nobody_is_much_fuller_than_the_mean),
        fixture_test(who_cannot_be_had_is_not_drawn),
        fixture_test(the_same_dice_the_same_picks),
        fixture_test(all_six_are_found_by_both_names),
    };

    return fixture_run("balance_more", tests);
}
