/* timer_heap: what rings, when, and in which order. */
#include "fixture.h"
#include "heap_rig.h"

static void one_rings_once_and_not_early(void **state)
{
    (void)state;
    begin(4);
    set(0, 100);
    expect_rings(99, "");
    expect_rings(100, "100");
    expect_rings(9000, "");
    end();
}

static void they_ring_in_order(void **state)
{
    static const int at_ms[] = {5, 3, 3, 9};

    (void)state;
    begin(4);
    set_all(at_ms, 4);
    expect_next("with 5, 3, 3, 9", 3);
    expect_rings(8, "3 3 5");
    expect_next("after 8", 9);
    expect_rings(9, "9");
    end();
}

static void an_empty_heap_waits_for_ever(void **state)
{
    (void)state;
    begin(4);
    set(0, 5);
    expect_rings(5, "5");
    expect_next("of an empty heap", CLOCK_NEVER);
    expect_int("calls of an advance with nothing set", advance(1000), 0);
    end();
}

static void one_can_be_moved_and_unset(void **state)
{
    (void)state;
    begin(4);
    set(0, 7);
    set(1, 6);
    set(0, 4);
    expect_next("with 4 and 6", 4);
    set(0, CLOCK_NEVER);
    set(0, CLOCK_NEVER);
    expect_next("with 6 alone", 6);
    set(1, 20);
    expect_rings(19, "");
    expect_rings(100, "20");
    expect_int("timers in the heap", heap.count, 0);
    end();
}

static void a_hundred_ring_in_order(void **state)
{
    char expected[16];

    (void)state;
    begin(TIMERS);
    for (int i = 0; i < 100; i++)
        set(i, (uint64_t)(i * 61 % 100));
    for (int i = 0; i < 100; i++)
        set(i, (uint64_t)(i * 37 % 100));
    for (int i = 0; i < 100; i++) {
        expect_next("", (uint64_t)i);
        snprintf(expected, sizeof expected, "%d", i);
        expect_rings((uint64_t)i, expected);
    }
    end();
}

static void a_full_heap_takes_no_more(void **state)
{
    (void)state;
    begin(2);
    expect_int("the first of two", set(0, 5), 0);
    expect_int("the second of two", set(1, 6), 0);
    expect_int("the third of two", set(2, 4), -1);
    expect_int("the first again, to another moment", set(0, 9), 0);
    expect_rings(100, "6 9");
    end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(one_rings_once_and_not_early),
        fixture_test(they_ring_in_order),
        fixture_test(an_empty_heap_waits_for_ever),
        fixture_test(one_can_be_moved_and_unset),
        fixture_test(a_hundred_ring_in_order),
        fixture_test(a_full_heap_takes_no_more),
    };

    return fixture_run("timer_heap", tests);
}
