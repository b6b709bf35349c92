/* relay: sides that reset, leave, or do not answer. */

#include "relay_rig.h"

#include <signal.h>
#include <sys/resource.h>

static void an_early_answer_arrives_though_the_backend_resets(void **state)
{
    static const char body[65536]; /* fits into the sockets on its way */
    struct rig r = rig("");
    struct relay_result got;

    (void)state;
    begin(&r, patient);
    wire_send(r.client, body, sizeof body); /* the backend does not read it */
    assert_true(deadline_poll(r.backend, POLLIN, deadline_in(10000)) > 0);
    wire_send_text(r.backend, "413");
    wire_close(r.backend); /* with unread bytes: a reset */
    wire_expect_text(r.client, "413");
    wire_expect_end(r.client);
    got = end(&r);
    assert_int_equal(got.end, RELAY_BROKEN);
    assert_int_equal(got.to_client, 3);
    assert_false(got.complete); /* who resets may have meant to say more */
    close(r.client);
}

static void a_client_that_resets_has_left(void **state)
{
    struct rig r = rig("");

    (void)state;
    begin(&r, patient);
    wire_send_text(r.client, "x");
    wire_expect_text(r.backend, "x");
    wire_reset(r.client);
    wire_expect_end(r.backend); /* and the backend is told */
    assert_int_equal(end(&r).end, RELAY_LEFT);
    close(r.backend);
}

static void a_client_that_stops_reading_has_left(void **state)
{
    struct rig r = rig("");
    size_t sent = 0;

    (void)state;
    begin(&r, patient);
    wire_close(r.client); /* in order, but in the middle of the answer */
    wire_expect_end(r.backend);
    while (!deadline_poll(r.result, POLLIN, deadline_in(20)) && sent < MUCH)
        send_some(r.backend, &sent, 3); /* the first bytes bring the reset */
    assert_int_equal(end(&r).end, RELAY_LEFT);
    close(r.backend);
}

static void a_backend_that_resets_is_broken(void **state)
{
    struct rig r = rig("");

    (void)state;
    begin(&r, patient);
    wire_send_text(r.backend, "x");
    wire_expect_text(r.client, "x");
    wire_reset(r.backend);
    wire_expect_end(r.client);
    assert_int_equal(end(&r).end, RELAY_BROKEN);
    close(r.client);
}

/* Where an answer is owed, an end without a byte leaves the client to us. */
static void no_answer_leaves_the_client_open(void **state)
{
    static const struct relay_limits owed = {LONG_MS, LONG_MS, 1};

    (void)state;
    for (int reset = 0; reset < 2; reset++) {
        struct rig r = rig("request");
        struct relay_result got;

        if (reset) {
            wire_reset(r.backend);
        } else {
            wire_shut(r.backend);
        }
        got = run(&r, owed); /* though the client does not close */
        assert_int_equal(got.end, reset ? RELAY_BROKEN : RELAY_DONE);
        assert_int_equal(got.to_client, 0);
        wire_send_text(r.client_fd, "502");
        wire_expect_text(r.client, "502");
        close(r.client);
        close(r.client_fd);
        close(r.backend_fd);
        if (!reset)
            close(r.backend);
    }
}

static long child_cpu_ms(void)
{
    struct rusage used;

    getrusage(RUSAGE_CHILDREN, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000L +
           (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000L;
}

/* The trap: poll(2) reports a hang-up whatever it was asked for. The relay
 * waits for the backend; the client, with whom nothing is to do, is gone. */
static void a_hung_up_client_does_not_burn_the_processor(void **state)
{
    struct rig r = local_rig("");
    long before = child_cpu_ms();

    (void)state;
    begin(&r, patient);
    fill(r.client);
    wire_close(r.client);
    assert_false(deadline_poll(r.result, POLLIN, deadline_in(500)));
    wire_close(r.backend);
    end(&r);
    assert_in_range(child_cpu_ms() - before, 0, 200);
}

static void signals_interrupt_nothing_but_end_it_when_they_should(void **state)
{
    struct rig r = rig("");

    (void)state;
    begin(&r, patient);
    wire_send_text(r.client, "a");
    wire_expect_text(r.backend, "a"); /* it runs: handlers are installed */
    for (int i = 0; i < 20; i++) {
        kill(r.pid, SIGUSR1);
        wire_send_text(r.client, "b");
        wire_expect_text(r.backend, "b");
    }
    kill(r.pid, SIGTERM);
    assert_int_equal(end(&r).end, RELAY_STOPPED);
    close_ours(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(an_early_answer_arrives_though_the_backend_resets),
        fixture_test(a_client_that_resets_has_left),
        fixture_test(a_client_that_stops_reading_has_left),
        fixture_test(a_backend_that_resets_is_broken),
        fixture_test(no_answer_leaves_the_client_open),
        fixture_test(a_hung_up_client_does_not_burn_the_processor),
        fixture_test(signals_interrupt_nothing_but_end_it_when_they_should),
    };

    return fixture_run("relay_failures", tests);
}
