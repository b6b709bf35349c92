/* probe: checks that are made in another way than the usual one. */
#include "fixture.h"

#include "lone_prober.h"

static const struct health_policy quick = {.interval_ms = 500,
                                           .fast_ms = 100,
                                           .timeout_ms = 300,
                                           .fall = 1,
                                           .rise = 1};

static void its_times_and_counts_may_be_others(void **state)
{
    int port, listener = wire_listen(&port);

    (void)state;
    begin();
    add(port);
    open_prober();
    prober.policy = quick;
    check_all();
    assert_int_equal(due_in_ms(0), 500);
    pass(500);
    assert_int_equal(due_in_ms(0), 300);
    pass(300); /* nobody decides it: one failure is enough */
    assert_false(set.backends[0].is_healthy);
    assert_int_equal(due_in_ms(0), 100);
    pass(100);
    decide(0);
    assert_true(set.backends[0].is_healthy);
    wire_close(listener);
}

/* ---- a check that goes on after the connect ------------------------------ */

static struct probe *accepted_by;

static void note_accepted(struct probe *probe)
{
    accepted_by = probe;
}

static void begin_asking(int port)
{
    begin();
    add(port);
    open_prober();
    prober.policy = quick;
    prober.policy.accepted = note_accepted;
    accepted_by = NULL;
    pass(0);
    decide(0);
}

static void who_accepts_may_be_asked_for_more(void **state)
{
    int port, listener = wire_listen(&port);

    (void)state;
    begin_asking(port);
    assert_ptr_equal(accepted_by, &prober.probes[0]);
    assert_true(fd_of(0) >= 0); /* still under way */
    assert_int_equal(set.backends[0].checks, 0);
    probe_conclude(accepted_by, 0);
    assert_int_equal(fd_of(0), -1);
    assert_false(set.backends[0].is_healthy);

    pass(100);
    decide(0);
    probe_conclude(accepted_by, 1);
    assert_true(set.backends[0].is_healthy);
    wire_close(listener);
}

static void an_answer_that_does_not_come_is_a_failure(void **state)
{
    int port, listener = wire_listen(&port);

    (void)state;
    begin_asking(port);
    pass(299);
    assert_int_equal(set.backends[0].checks, 0);
    pass(1);
    assert_int_equal(fd_of(0), -1);
    assert_false(set.backends[0].is_healthy);
    wire_close(listener);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(its_times_and_counts_may_be_others),
        fixture_test(who_accepts_may_be_asked_for_more),
        fixture_test(an_answer_that_does_not_come_is_a_failure),
    };

    return fixture_run("probe_policy", tests);
}
