/* timer_heap: callbacks that change it, and the same as a plain array. */
#include "fixture.h"
#include "heap_rig.h"

#include <stdlib.h>

/* Taking out the 20 puts the 5 below the 11 and the 10: it belongs above them. */
static void what_takes_a_place_may_belong_further_up(void **state)
{
    static const int at_ms[] = {1,  10, 2,  11, 12, 3, 4, 20,
                                21, 22, 23, 6,  7,  8, 5};

    (void)state;
    begin(15);
    set_all(at_ms, 15);
    set(7, CLOCK_NEVER);
    expect_rings(100, "1 2 3 4 5 6 7 8 10 11 12 21 22 23");
    end();
}

static void unset_all(void *owner)
{
    note_ring(owner);
    for (int i = 0; i < TIMERS; i++)
        set(i, CLOCK_NEVER);
}

static void a_callback_unsets_those_that_are_due(void **state)
{
    static const int at_ms[] = {5, 3, 4, 9};

    (void)state;
    begin(4);
    timer_init(&probes[1].timer, unset_all, &probes[1]);
    set_all(at_ms, 4);
    expect_rings(100, "3");
    expect_next("after all were unset", CLOCK_NEVER);
    end();
}

static void set_all_later(void *owner)
{
    note_ring(owner);
    for (int i = 1; i < 4; i++)
        set(i, now_ms + 50);
}

static void a_callback_moves_those_that_are_due(void **state)
{
    static const int at_ms[] = {3, 4, 5, 6};

    (void)state;
    begin(4);
    timer_init(&probes[0].timer, set_all_later, &probes[0]);
    set_all(at_ms, 4);
    expect_rings(100, "3");
    expect_rings(149, "");
    expect_rings(150, "150 150 150");
    end();
}

static void set_again_now(void *owner)
{
    note_ring(owner);
    set(0, now_ms);
}

static void set_to_now_rings_in_the_next_advance(void **state)
{
    (void)state;
    begin(4);
    timer_init(&probes[0].timer, set_again_now, &probes[0]);
    set(0, 5);
    expect_int("calls of the advance to 10", advance(10), 1);
    expect_next("after it", 10);
    expect_int("calls of the next advance to 10", advance(10), 1);
    end();
}

static void free_it(void *owner)
{
    free(owner);
}

static void a_callback_frees_its_timer(void **state)
{
    (void)state;
    begin(10);
    for (int i = 0; i < 10; i++) {
        struct timer *own = malloc(sizeof *own);

        assert_non_null(own);
        timer_init(own, free_it, own);
        timer_heap_set(&heap, own, 20);
    }
    expect_int("calls of an advance in which ten are freed", advance(40), 10);
    end();
}

/* The earliest of the model: CLOCK_NEVER if none is set. */
static uint64_t earliest(void)
{
    uint64_t at_ms = CLOCK_NEVER;

    for (int i = 0; i < TIMERS; i++)
        if (probes[i].wanted_ms < at_ms)
            at_ms = probes[i].wanted_ms;
    return at_ms;
}

static void like_a_plain_array(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    begin(TIMERS);
    for (int step = 0; step < 5000; step++) {
        int i = (int)(random_next(&seed) % TIMERS);
        uint64_t in = random_next(&seed) % 300;

        if (random_next(&seed) % 8 == 0)
            set(i, CLOCK_NEVER);
        else if (random_next(&seed) % 4 == 0)
            advance(now_ms + in / 16);
        else
            set(i, now_ms + in);
        expect_next("in some step", earliest());
    }
    advance(now_ms + 300);
    expect_int("timers that are left", heap.count, 0);
    end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(what_takes_a_place_may_belong_further_up),
        fixture_test(a_callback_unsets_those_that_are_due),
        fixture_test(a_callback_moves_those_that_are_due),
        fixture_test(set_to_now_rings_in_the_next_advance),
        fixture_test(a_callback_frees_its_timer),
        fixture_test(like_a_plain_array),
    };

    return fixture_run("timer_heap_more", tests);
}
