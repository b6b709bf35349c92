/* timer_wheel against a plain array of the same timers, on a virtual clock. */

#include "fixture.h"

#include <stdlib.h>

#include "clock.h"
#include "failure.h"
#include "timer_wheel.h"

#define TIMERS 200
#define STEPS  20000

struct probe {
    struct timer timer;
    struct wheel_test *test;
    uint64_t wanted_ms; /* the model: CLOCK_NEVER, or when */
    int rung;
};

struct wheel_test {
    struct timer_wheel wheel;
    uint64_t now_ms;
    struct probe probes[TIMERS];
    int rung;
};

static void on_ring(void *owner)
{
    struct probe *p = owner;

    if (p->wanted_ms > p->test->now_ms)
        failure("rang %llu ms early",
                (unsigned long long)(p->wanted_ms - p->test->now_ms));
    p->wanted_ms = CLOCK_NEVER;
    p->rung++;
    p->test->rung++;
}

static struct wheel_test *begin(uint64_t now_ms)
{
    static struct wheel_test test;

    test.now_ms = now_ms;
    test.rung = 0;
    timer_wheel_init(&test.wheel, now_ms);
    for (int i = 0; i < TIMERS; i++) {
        struct probe *p = &test.probes[i];

        timer_init(&p->timer, on_ring, p);
        p->test = &test;
        p->wanted_ms = CLOCK_NEVER;
        p->rung = 0;
    }
    return &test;
}

static void set(struct wheel_test *t, int i, uint64_t at_ms)
{
    t->probes[i].wanted_ms = at_ms;
    timer_wheel_set(&t->wheel, &t->probes[i].timer, at_ms);
}

static int advance(struct wheel_test *t, uint64_t now_ms)
{
    t->now_ms = now_ms;
    return timer_wheel_advance(&t->wheel, now_ms);
}

/* ---- single cases ------------------------------------------------------- */

static void test_rings_once_and_not_early(void **state)
{
    struct wheel_test *t = begin(1000);

    (void)state;
    set(t, 0, 1100);
    assert_int_equal(advance(t, 1099), 0);
    assert_int_equal(advance(t, 1100 + WHEEL_TICK_MS), 1);
    assert_int_equal(advance(t, 9000), 0);
    assert_int_equal(t->probes[0].rung, 1);
    assert_true(timer_wheel_next(&t->wheel) == CLOCK_NEVER);
}

static void test_next_is_when_it_rings(void **state)
{
    (void)state;
    for (uint64_t at = 1000; at < 1000 + 4 * WHEEL_TICK_MS; at++) {
        struct wheel_test *t = begin(1000);

        set(t, 0, at);
        assert_true(timer_wheel_next(&t->wheel) < at + WHEEL_TICK_MS);
        assert_int_equal(advance(t, timer_wheel_next(&t->wheel)), 1);
    }
}

static void test_can_be_unset(void **state)
{
    struct wheel_test *t = begin(0);

    (void)state;
    set(t, 0, 50);
    set(t, 1, 50);
    set(t, 0, CLOCK_NEVER);
    set(t, 0, CLOCK_NEVER);
    assert_int_equal(advance(t, 1000), 1);
    assert_int_equal(t->probes[0].rung, 0);
}

static void test_moves_to_earlier_and_to_later(void **state)
{
    struct wheel_test *t = begin(0);

    (void)state;
    set(t, 0, 3000);
    set(t, 0, 100);
    set(t, 1, 100);
    set(t, 1, 3000);
    assert_int_equal(advance(t, 200), 1);
    assert_int_equal(t->probes[0].rung, 1);
    assert_int_equal(advance(t, 2999), 0);
    assert_int_equal(advance(t, 3000 + WHEEL_TICK_MS), 1);
}

static void test_far_beyond_a_round(void **state)
{
    struct wheel_test *t = begin(7);
    uint64_t hour = 3600000, now = 7;

    (void)state;
    set(t, 0, hour);
    while (now < hour - 1) {
        now += 997;
        now = now < hour ? now : hour - 1;
        assert_int_equal(advance(t, now), 0);
    }
    assert_int_equal(advance(t, hour + WHEEL_TICK_MS), 1);
}

static void test_after_a_long_sleep_all_ring(void **state)
{
    struct wheel_test *t = begin(0);

    (void)state;
    for (int i = 0; i < TIMERS; i++)
        set(t, i, (uint64_t)i * 100);
    assert_int_equal(advance(t, 86400000), TIMERS);
}

/* ---- callbacks that change the wheel ------------------------------------ */

static void unset_all(void *owner)
{
    struct probe *p = owner;
    struct wheel_test *t = p->test;

    t->rung++;
    for (int i = 0; i < TIMERS; i++)
        timer_wheel_set(&t->wheel, &t->probes[i].timer, CLOCK_NEVER);
}

static void test_a_callback_unsets_those_that_are_due(void **state)
{
    struct wheel_test *t = begin(0);

    (void)state;
    for (int i = 0; i < TIMERS; i++) {
        timer_init(&t->probes[i].timer, unset_all, &t->probes[i]);
        set(t, i, 10);
    }
    assert_int_equal(advance(t, 100), 1);
    assert_int_equal(t->wheel.count, 0);
}

static void set_all_later(void *owner)
{
    struct probe *p = owner;
    struct wheel_test *t = p->test;

    t->rung++;
    for (int i = 0; i < TIMERS; i++)
        timer_wheel_set(&t->wheel, &t->probes[i].timer, t->now_ms + 50);
}

static void test_a_callback_moves_those_that_are_due(void **state)
{
    struct wheel_test *t = begin(0);

    (void)state;
    for (int i = 0; i < TIMERS; i++) {
        timer_init(&t->probes[i].timer, set_all_later, &t->probes[i]);
        set(t, i, 10);
    }
    assert_int_equal(advance(t, 100), 1);
    assert_int_equal(t->wheel.count, TIMERS);
    assert_int_equal(advance(t, 149), 0);
    assert_int_equal(advance(t, 150 + WHEEL_TICK_MS), 1);
}

static void set_again_now(void *owner)
{
    struct probe *p = owner;

    p->rung++;
    timer_wheel_set(&p->test->wheel, &p->timer, p->test->now_ms);
}

static void test_set_to_now_rings_in_the_next_advance(void **state)
{
    struct wheel_test *t = begin(0);

    (void)state;
    timer_init(&t->probes[0].timer, set_again_now, &t->probes[0]);
    set(t, 0, 0);
    assert_int_equal(advance(t, 100), 1);
    assert_int_equal(advance(t, 100 + WHEEL_TICK_MS), 1);
    assert_int_equal(t->probes[0].rung, 2);
}

static void free_it(void *owner)
{
    free(owner);
}

static void test_a_callback_frees_its_timer(void **state)
{
    struct wheel_test *t = begin(0);

    (void)state;
    for (int i = 0; i < 10; i++) {
        struct timer *own = malloc(sizeof *own);

        assert_non_null(own);
        timer_init(own, free_it, own);
        timer_wheel_set(&t->wheel, own, 20);
    }
    assert_int_equal(advance(t, 40), 10);
}

/* ---- the property ------------------------------------------------------- */

/* What the model says must have rung by now: nothing may be overdue by more than
 * the tick it was rounded up to. */
static void check_none_overdue(const struct wheel_test *t)
{
    for (int i = 0; i < TIMERS; i++)
        if (t->probes[i].wanted_ms != CLOCK_NEVER &&
            t->probes[i].wanted_ms + WHEEL_TICK_MS <= t->now_ms)
            failure("timer %d is overdue by %llu ms", i,
                    (unsigned long long)(t->now_ms - t->probes[i].wanted_ms));
}

static void check_next(const struct wheel_test *t)
{
    uint64_t next_ms = timer_wheel_next(&t->wheel);

    for (int i = 0; i < TIMERS; i++)
        if (t->probes[i].wanted_ms != CLOCK_NEVER &&
            next_ms >= t->probes[i].wanted_ms + WHEEL_TICK_MS &&
            next_ms > t->now_ms + WHEEL_TICK_MS)
            failure("the loop would sleep through timer %d", i);
}

static void one_step(struct wheel_test *t, uint32_t *seed)
{
    static const uint64_t ranges[] = {10, 300, 5000, 70000};
    int i = (int)(random_next(seed) % TIMERS);
    uint64_t in = random_next(seed) % ranges[random_next(seed) % 4];

    switch (random_next(seed) % 8) {
    case 0:
        set(t, i, CLOCK_NEVER);
        break;
    case 1:
    case 2:
        advance(t, t->now_ms + in / 16);
        check_none_overdue(t);
        break;
    case 3: /* as the loop does it: sleeps until the wheel says */
        if (timer_wheel_next(&t->wheel) != CLOCK_NEVER &&
            timer_wheel_next(&t->wheel) > t->now_ms)
            advance(t, timer_wheel_next(&t->wheel));
        check_none_overdue(t);
        break;
    default:
        set(t, i, t->now_ms + in);
        break;
    }
    check_next(t);
}

static void test_like_a_plain_array(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    for (int run = 0; run < 5; run++) {
        struct wheel_test *t = begin(random_next(&seed));

        for (int step = 0; step < STEPS; step++)
            one_step(t, &seed);
        advance(t, t->now_ms + 80000);
        check_none_overdue(t);
        assert_true(t->rung > 1000);
        assert_int_equal(t->wheel.count, 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(test_rings_once_and_not_early),
        fixture_test(test_next_is_when_it_rings),
        fixture_test(test_can_be_unset),
        fixture_test(test_moves_to_earlier_and_to_later),
        fixture_test(test_far_beyond_a_round),
        fixture_test(test_after_a_long_sleep_all_ring),
        fixture_test(test_a_callback_unsets_those_that_are_due),
        fixture_test(test_a_callback_moves_those_that_are_due),
        fixture_test(test_set_to_now_rings_in_the_next_advance),
        fixture_test(test_a_callback_frees_its_timer),
        fixture_test(test_like_a_plain_array),
    };

    return fixture_run("timer_wheel", tests);
}
