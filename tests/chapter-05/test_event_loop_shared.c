/* event_loop: a descriptor that another process has open as well. Closing it here
 * does not take it out of the kernel's set, so the loop must, or whatever happens
 * to it would wake us for ever. */
#include "fixture.h"

#include "loop_rig.h"

/* What the poller reports by itself, without the loop in between. */
static int reports(void *poller)
{
    struct ready out[8];
    int n = poller_wait(poller, out, 8, 0);

    assert_true(n >= 0);
    return n;
}

static void a_shared_descriptor_is_forgotten_at_once(void **state)
{
    void *poller = poller_open(8);
    int ends[2], other;

    (void)state;
    assert_non_null(poller);
    pair(ends);
    other = dup(ends[0]); /* as a forked process would have it */
    assert_true(other >= 0);
    fill(ends[1]);
    assert_int_equal(
        poller_set(poller, ends[0], 0, EVENT_READ | EVENT_SHARED), 0);
    assert_int_equal(reports(poller), 1);
    assert_int_equal(
        poller_set(poller, ends[0], EVENT_READ | EVENT_SHARED, 0), 0);
    close_pair(ends);
    assert_int_equal(reports(poller), 0);
    close(other);
    poller_close(poller);
}

static void sharing_changes_nothing_else(void **state)
{
    struct rig r = rig_open(8);
    struct call call = {0, -1, 0, 0};
    int ends[2];

    (void)state;
    pair(ends);
    assert_int_equal(event_loop_add(r.loop, ends[0], EVENT_READ | EVENT_SHARED,
                                    note, &call), 0);
    assert_int_equal(event_loop_run(r.loop, 0), 0);
    fill(ends[1]);
    assert_int_equal(event_loop_run(r.loop, 0), 1);
    assert_int_equal(call.events, EVENT_READ);
    assert_int_equal(event_loop_del(r.loop, ends[0]), 0);
    assert_int_equal(event_loop_run(r.loop, 0), 0);
    assert_int_equal(event_loop_add(r.loop, ends[0], EVENT_READ | EVENT_SHARED,
                                    note, &call), 0);
    assert_int_equal(event_loop_run(r.loop, 0), 1);
    assert_int_equal(event_loop_del(r.loop, ends[0]), 0);
    close_pair(ends);
    rig_close(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_shared_descriptor_is_forgotten_at_once),
        fixture_test(sharing_changes_nothing_else),
    };

    return fixture_run("event_loop_shared", tests);
}
