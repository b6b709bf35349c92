/* passive: what failures in a row come to, in a time that the test makes up. */
#include "fixture.h"
#include "passive.h"

#define FALL 3

static void after_so_many_failures_in_a_row_it_is_down(void **state)
{
    for (int fall = 1; fall <= 5; fall++) {
        struct passive p = {0};

        (void)state;
        for (int i = 1; i < fall; i++)
            assert_int_equal(passive_failed(&p, 1000, fall), -1);
        assert_int_equal(passive_failed(&p, 1000, fall), 0);
    }
}

static void a_success_begins_the_row_anew(void **state)
{
    struct passive p = {0};

    (void)state;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(passive_failed(&p, 1000, FALL), -1);
        assert_int_equal(passive_failed(&p, 1000, FALL), -1);
        passive_succeeded(&p);
    }
    passive_failed(&p, 1000, FALL);
    passive_failed(&p, 1000, FALL);
    assert_int_equal(passive_failed(&p, 1000, FALL), 0);
}

/* The checks have brought it back, and were wrong: from now on one failure is
 * enough, whatever went well between. */
static void each_time_it_is_held_for_longer(void **state)
{
    static const int holds[] = {1000, 2000, 4000, 8000, 16000, 32000, 32000};
    struct passive p = {0};
    uint64_t now_ms = 5000;

    (void)state;
    for (int i = 1; i < FALL; i++)
        assert_int_equal(passive_failed(&p, now_ms, FALL), -1);
    assert_int_equal(passive_failed(&p, now_ms, FALL), 0);
    for (size_t i = 0; i < sizeof holds / sizeof *holds; i++) {
        now_ms += PASSIVE_FORGET_MS - 1;
        passive_succeeded(&p);
        assert_int_equal(passive_failed(&p, now_ms, FALL), holds[i]);
    }
    for (int i = 0; i < 1000; i++) /* no overflow either */
        assert_int_equal(passive_failed(&p, now_ms, FALL), 32000);
}

static void after_a_good_minute_all_is_forgotten(void **state)
{
    struct passive p = {0};
    uint64_t now_ms = 5000;

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 1; i < FALL; i++)
            assert_int_equal(passive_failed(&p, now_ms, FALL), -1);
        assert_int_equal(passive_failed(&p, now_ms, FALL), 0);
        assert_int_equal(passive_failed(&p, now_ms, FALL), 1000);
        now_ms += PASSIVE_FORGET_MS;
    }
    /* nor do failures far apart make a row */
    for (int i = 0; i < 10; i++) {
        assert_int_equal(passive_failed(&p, now_ms, FALL), -1);
        now_ms += PASSIVE_FORGET_MS;
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(after_so_many_failures_in_a_row_it_is_down),
        fixture_test(a_success_begins_the_row_anew),
        fixture_test(each_time_it_is_held_for_longer),
        fixture_test(after_a_good_minute_all_is_forgotten),
    };

    return fixture_run("passive", tests);
}
