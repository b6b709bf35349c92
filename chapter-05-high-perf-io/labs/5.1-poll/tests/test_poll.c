/* The poller on poll(): who is told, and of what. */
#include "fixture.h"
#include "poller_rig.h"

static void those_who_are_ready_are_told(void **state)
{
    struct rig *r = rig_open();

    (void)state;
    watch(r, 0, EVENT_READ);
    watch(r, 1, EVENT_READ);
    fill(r, 1);
    for (int turn = 1; turn <= 3; turn++) {
        wait_up_to(r, 16, 5000);
        expect_int(about("descriptors told in wait %d", turn), r->count, 1);
        expect_told("the events of the one that has a byte", r, 1, EVENT_READ);
    }
    rig_close(r);
}

static void other_events_are_told_from_then_on(void **state)
{
    struct rig *r = rig_open();

    (void)state;
    watch(r, 0, EVENT_READ);
    expect_quiet("told of one that waits to read", r);
    set(r, 0, EVENT_READ, EVENT_WRITE);
    wait_up_to(r, 16, 5000);
    expect_told("the events of one that waits to write", r, 0, EVENT_WRITE);
    fill(r, 0);
    set(r, 0, EVENT_WRITE, EVENT_READ | EVENT_WRITE);
    wait_up_to(r, 16, 5000);
    expect_told("the events of one that waits for both", r, 0,
                EVENT_READ | EVENT_WRITE);
    expect_int("times that it is told in one wait", r->count, 1);
    rig_close(r);
}

static void what_is_removed_is_silent(void **state)
{
    struct rig *r = rig_open();

    (void)state;
    watch(r, 0, EVENT_READ);
    watch(r, 1, EVENT_READ);
    fill(r, 0);
    fill(r, 1);
    wait_up_to(r, 16, 5000);
    expect_int("descriptors told, two are ready", r->count, 2);
    set(r, 0, EVENT_READ, 0);
    set(r, 1, 0, 0);
    expect_quiet("descriptors told, both are removed", r);
    set(r, 1, 0, 0);
    rig_close(r);
}

static void nothing_watched_is_only_a_wait(void **state)
{
    struct rig *r = rig_open();

    (void)state;
    expect_quiet("descriptors told, none is watched", r);
    rig_close(r);
}

static void a_hang_up_is_both_events(void **state)
{
    struct rig *r = rig_open();

    (void)state;
    watch(r, 0, EVENT_WRITE);
    shut(&r->ends[0][1]);
    wait_up_to(r, 16, 5000);
    expect_told("the events of one whose peer is gone", r, 0,
                EVENT_READ | EVENT_WRITE);
    rig_close(r);
}

static void the_loop_runs_on_it(void **state)
{
    event_loop_t *loop = event_loop_create(16);

    (void)state;
    expect_that("event_loop_create()", loop != NULL, "a loop");
    expect_int("event_loop_run() without a descriptor", event_loop_run(loop, 0),
               0);
    event_loop_destroy(loop);
    expect_text("poller_name", poller_name, "poll");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(those_who_are_ready_are_told),
        fixture_test(other_events_are_told_from_then_on),
        fixture_test(what_is_removed_is_silent),
        fixture_test(nothing_watched_is_only_a_wait),
        fixture_test(a_hang_up_is_both_events),
        fixture_test(the_loop_runs_on_it),
    };

    return fixture_run("poll", tests);
}
