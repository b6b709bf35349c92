/* select_loop: its timers, on the real clock. They lie in the past or a few
 * milliseconds ahead, so the suite need not wait for them. */
#include "fixture.h"

#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "spy.h"

#define COUNT 200

struct bell {
    struct timer timer;
    int rings;
    uint64_t at_ms;      /* for when it was set */
    struct bell *other;  /* for `then` */
    void (*then)(struct bell *self);
};

static struct bell bells[COUNT];

static void note(void *owner)
{
    struct bell *bell = owner;

    assert_true(bell->at_ms <= *watch.now_ms); /* never early */
    bell->rings++;
    if (bell->then != NULL)
        bell->then(bell);
}

static void begin(void)
{
    open_loop();
    memset(bells, 0, sizeof bells);
    for (int i = 0; i < COUNT; i++)
        timer_init(&bells[i].timer, note, &bells[i]);
}

static void ring_at(struct bell *bell, uint64_t at_ms)
{
    bell->at_ms = at_ms;
    watch.set_timer(watch.loop, &bell->timer, at_ms);
}

/* So many milliseconds from this turn on. */
static void ring_in(struct bell *bell, uint64_t ms)
{
    ring_at(bell, *watch.now_ms + ms);
}

/* ---- when ---------------------------------------------------------------- */

static void the_loop_wakes_up_for_it(void **state)
{
    int turns = 0;

    (void)state;
    begin();
    ring_in(&bells[0], 50);
    while (bells[0].rings == 0) {
        assert_true(select_loop_turn(&loop, -1) >= 0); /* or it would hang */
        turns++;
    }
    assert_in_range(turns, 1, 3); /* it sleeps until then */
    assert_int_equal(select_loop_turn(&loop, 0), 0);
    assert_int_equal(bells[0].rings, 1);
}

static void one_that_is_due_does_not_wait(void **state)
{
    (void)state;
    begin();
    ring_in(&bells[0], 0);
    ring_at(&bells[1], 0); /* long ago */
    assert_int_equal(select_loop_turn(&loop, 60000), 2);
    assert_int_equal(bells[0].rings, 1);
    assert_int_equal(bells[1].rings, 1);
}

static void a_turn_may_be_shorter_than_that(void **state)
{
    uint64_t began = clock_now_ms();

    (void)state;
    begin();
    ring_in(&bells[0], 3600000);
    assert_int_equal(select_loop_turn(&loop, 20), 0);
    assert_in_range(clock_now_ms() - began, 20, 20000);
    assert_int_equal(bells[0].rings, 0);
}

static void the_next_one_counts(void **state)
{
    (void)state;
    begin();
    ring_in(&bells[0], 3600000);
    ring_in(&bells[1], 10);
    ring_in(&bells[2], 7200000);
    while (bells[1].rings == 0)
        assert_true(select_loop_turn(&loop, -1) >= 0);
    assert_int_equal(bells[0].rings + bells[2].rings, 0);
}

/* ---- set again, unset ---------------------------------------------------- */

static void setting_it_again_forgets_the_first(void **state)
{
    (void)state;
    begin();
    ring_in(&bells[0], 0);
    ring_in(&bells[0], 3600000);
    assert_int_equal(select_loop_turn(&loop, 0), 0);
    ring_in(&bells[0], 0);
    assert_int_equal(select_loop_turn(&loop, 0), 1);
    assert_int_equal(select_loop_turn(&loop, 0), 0);
}

static void never_is_never(void **state)
{
    (void)state;
    begin();
    ring_in(&bells[0], 0);
    watch.set_timer(watch.loop, &bells[0].timer, CLOCK_NEVER);
    watch.set_timer(watch.loop, &bells[1].timer, CLOCK_NEVER);
    assert_int_equal(select_loop_turn(&loop, 0), 0);
    assert_null(loop.timers);
}

/* ---- during a turn ------------------------------------------------------- */

static void set_again_at_once(struct bell *self)
{
    ring_in(self, 0);
}

/* Or a turn would have no end. */
static void one_set_for_now_rings_in_the_next_turn(void **state)
{
    (void)state;
    begin();
    bells[0].then = set_again_at_once;
    ring_in(&bells[0], 0);
    for (int turn = 1; turn <= 3; turn++) {
        assert_int_equal(select_loop_turn(&loop, 1000), 1);
        assert_int_equal(bells[0].rings, turn);
    }
}

static void unset_other(struct bell *self)
{
    watch.set_timer(watch.loop, &self->other->timer, CLOCK_NEVER);
}

static void postpone_other(struct bell *self)
{
    ring_in(self->other, 3600000);
}

/* Whichever of the two is rung first, the other one is due, too. */
static void one_that_is_due_can_be_taken_back(void **state)
{
    static void (*const then[])(struct bell *) = {unset_other, postpone_other};

    (void)state;
    for (int i = 0; i < 2; i++) {
        begin();
        for (int n = 0; n < 2; n++) {
            bells[n].then = then[i];
            bells[n].other = &bells[1 - n];
            ring_in(&bells[n], 0);
        }
        assert_int_equal(select_loop_turn(&loop, 0), 1);
        assert_int_equal(bells[0].rings + bells[1].rings, 1);
    }
}

static void take_back_the_bell(struct spy *spy)
{
    (void)spy;
    watch.set_timer(watch.loop, &bells[0].timer, CLOCK_NEVER);
}

/* So what has come in time counts, though the time is over by now. */
static void descriptors_come_before_timers(void **state)
{
    struct spy spy = new_spy();
    int a[2];

    (void)state;
    begin();
    pair(a);
    fill(a[1]);
    spy.then = take_back_the_bell;
    set(a[0], WATCH_READ, &spy);
    ring_in(&bells[0], 0);
    assert_int_equal(select_loop_turn(&loop, 0), 1);
    assert_int_equal(spy.calls, 1);
    assert_int_equal(bells[0].rings, 0);

    spy.then = NULL;
    ring_in(&bells[0], 0);
    assert_int_equal(select_loop_turn(&loop, 0), 2); /* both are counted */
    close_pair(a);
}

/* ---- many ---------------------------------------------------------------- */

static void each_of_many_rings_once_and_in_time(void **state)
{
    uint32_t seed = random_seed();
    int left = 0, rings = 0;

    (void)state;
    begin();
    for (int i = 0; i < 3 * COUNT; i++) { /* most are set several times */
        struct bell *bell = &bells[random_next(&seed) % COUNT];

        if (random_next(&seed) % 4 == 0)
            watch.set_timer(watch.loop, &bell->timer, CLOCK_NEVER);
        else
            ring_in(bell, random_next(&seed) % 40);
    }
    for (int i = 0; i < COUNT; i++)
        left += bells[i].timer.at_ms != CLOCK_NEVER;
    while (rings < left) {
        int calls = select_loop_turn(&loop, -1);

        assert_true(calls >= 0);
        rings += calls;
        for (int i = 0; i < COUNT; i++) /* nobody is late either */
            assert_true(bells[i].timer.at_ms == CLOCK_NEVER ||
                        bells[i].timer.at_ms > *watch.now_ms);
    }
    assert_int_equal(rings, left);
    for (int i = 0; i < COUNT; i++)
        assert_in_range(bells[i].rings, 0, 1);
    assert_null(loop.timers);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_loop_wakes_up_for_it),
        fixture_test(one_that_is_due_does_not_wait),
        fixture_test(a_turn_may_be_shorter_than_that),
        fixture_test(the_next_one_counts),
        fixture_test(setting_it_again_forgets_the_first),
        fixture_test(never_is_never),
        fixture_test(one_set_for_now_rings_in_the_next_turn),
        fixture_test(one_that_is_due_can_be_taken_back),
        fixture_test(descriptors_come_before_timers),
        fixture_test(each_of_many_rings_once_and_in_time),
    };
    return fixture_run("select_timers", tests);
}
