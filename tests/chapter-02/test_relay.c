/* relay: two connections, bytes both ways, and their ends. What happens when a
 * side fails is in test_relay_failures.c. */

#include "relay_rig.h"

/* ---- bytes and their ends ----------------------------------------------- */

static void bytes_behind_the_head_go_first(void **state)
{
    struct rig r = rig("first,");
    struct relay_result got;

    (void)state;
    wire_send_text(r.client, "second");
    wire_shut(r.client);
    wire_send_text(r.backend, "answer");
    wire_shut(r.backend);
    got = run(&r, patient);
    assert_int_equal(got.end, RELAY_DONE);
    assert_int_equal(got.to_backend, 12);
    assert_int_equal(got.to_client, 6);
    wire_expect_text(r.backend, "first,second");
    wire_expect_end(r.backend);
    wire_expect_text(r.client, "answer");
    wire_expect_end(r.client);
    close_all(&r);
}

/* The trap: the first end of stream ends both ways. */
static void a_client_that_has_said_all_gets_its_answer(void **state)
{
    struct rig r = rig("");

    (void)state;
    begin(&r, patient);
    wire_send_text(r.client, "question");
    wire_shut(r.client);
    wire_expect_text(r.backend, "question");
    wire_expect_end(r.backend); /* the half-close came through */
    wire_send_text(r.backend, "answer");
    wire_expect_text(r.client, "answer");
    wire_close(r.backend);
    wire_expect_end(r.client);
    assert_int_equal(end(&r).end, RELAY_DONE);
    close(r.client);
}

static void a_backend_that_has_said_all_still_listens(void **state)
{
    struct rig r = rig("");

    (void)state;
    begin(&r, patient);
    wire_shut(r.backend); /* without a byte: in a tunnel that is allowed */
    wire_expect_end(r.client);
    wire_send_text(r.client, "upload");
    wire_expect_text(r.backend, "upload");
    wire_shut(r.client);
    wire_expect_end(r.backend);
    assert_int_equal(end(&r).end, RELAY_DONE);
    close_ours(&r);
}

static void ten_mib_each_way_at_once(void **state)
{
    struct rig r = rig("");
    size_t sent[2] = {0, 0}, received[2] = {0, 0};
    int ended[2] = {0, 0};
    deadline_t deadline = deadline_in(20000);
    struct relay_result got;

    (void)state;
    begin(&r, patient);
    while (!ended[0] || !ended[1]) {
        struct pollfd on[2] = {{r.client, POLLIN, 0}, {r.backend, POLLIN, 0}};

        assert_true(deadline_left(deadline) > 0);
        send_some(r.client, &sent[0], 1);
        send_some(r.backend, &sent[1], 2);
        poll(on, 2, 20);
        ended[0] = ended[0] || receive_some(r.backend, &received[0], MUCH, 1);
        ended[1] = ended[1] || receive_some(r.client, &received[1], MUCH, 2);
    }
    got = end(&r);
    assert_int_equal(got.end, RELAY_DONE);
    assert_int_equal(got.to_backend, MUCH);
    assert_int_equal(got.to_client, MUCH);
    assert_int_equal(received[0], MUCH);
    assert_int_equal(received[1], MUCH);
    close_ours(&r);
}

/* Memory stays the same whatever passes: the writer is slowed down. */
static void a_slow_reader_slows_the_writer_down(void **state)
{
    struct rig r = local_rig("");
    size_t sent, received = 0;

    (void)state;
    begin(&r, patient);
    sent = fill(r.backend);
    assert_in_range(sent, RELAY_BUFFER, MUCH / 4); /* and not all of it */
    while (!receive_some(r.client, &received, MUCH, 3)) {
        send_some(r.backend, &sent, 3);
        assert_true(deadline_poll(r.client, POLLIN, deadline_in(10000)));
    }
    assert_int_equal(received, MUCH); /* the slow reader got everything */
    wire_close(r.client);
    assert_int_equal(end(&r).end, RELAY_DONE);
    close(r.backend);
}

/* ---- silence ------------------------------------------------------------ */

static int scaled(int ms)
{
    return deadline_left(deadline_in(ms));
}

static void silence_ends_it(void **state)
{
    struct rig r = rig("");
    struct relay_limits limits = {50, LONG_MS, 0};
    struct relay_result got;

    (void)state;
    wire_send_text(r.client, "question");
    got = run(&r, limits);
    assert_int_equal(got.end, RELAY_SILENT);
    assert_int_equal(got.to_backend, 8);
    assert_int_equal(got.to_client, 0);
    wire_send_text(r.client_fd, "504"); /* the client can still be told */
    wire_expect_text(r.client, "504");
    close_all(&r);
}

static void after_the_answer_less_silence_is_allowed(void **state)
{
    struct rig r = rig("");
    struct relay_limits limits = {LONG_MS, 50, 0};
    struct relay_result got;

    (void)state;
    wire_send_text(r.backend, "answer");
    wire_shut(r.backend); /* and the client does not close */
    got = run(&r, limits);
    assert_int_equal(got.end, RELAY_SILENT);
    assert_true(got.complete); /* all the same: it had been answered */
    assert_int_equal(got.to_client, 6);
    wire_expect_text(r.client, "answer");
    close_all(&r);
}

/* It is the silence that is limited, not the whole. */
static void a_trickle_is_not_silence(void **state)
{
    struct rig r = rig("");
    struct relay_limits limits = {scaled(600), scaled(600), 0};

    (void)state;
    begin(&r, limits);
    for (int i = 0; i < 5; i++) {
        wire_expect_silence(r.client, 200); /* passes the time */
        wire_send_text(r.backend, "x");
        wire_expect_text(r.client, "x");
    }
    wire_shut(r.backend);
    wire_shut(r.client);
    assert_int_equal(end(&r).end, RELAY_DONE);
    close_ours(&r);
}

/* The short limit counts from when the client has got all, not from when the
 * backend has said all: what lies in the relay's buffer by then is his, too. */
static void a_pausing_reader_keeps_the_end_of_the_answer(void **state)
{
    struct rig r = local_rig("");
    struct relay_limits limits = {LONG_MS, 50, 0};
    size_t before, received = 0;

    (void)state;
    before = fill(r.client_fd); /* the way to the client is full already */
    wire_send_text(r.backend, "answer");
    wire_shut(r.backend);
    begin(&r, limits);
    assert_false(deadline_poll(r.result, POLLIN, deadline_in(300)));
    while (received < before) {
        assert_true(deadline_poll(r.client, POLLIN, deadline_in(10000)));
        receive_some(r.client, &received, before - received, 3);
    }
    wire_expect_text(r.client, "answer");
    wire_expect_end(r.client);
    wire_close(r.client);
    assert_int_equal(end(&r).to_client, 6);
    close(r.backend);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(bytes_behind_the_head_go_first),
        fixture_test(a_client_that_has_said_all_gets_its_answer),
        fixture_test(a_backend_that_has_said_all_still_listens),
        fixture_test(ten_mib_each_way_at_once),
        fixture_test(a_slow_reader_slows_the_writer_down),
        fixture_test(silence_ends_it),
        fixture_test(after_the_answer_less_silence_is_allowed),
        fixture_test(a_trickle_is_not_silence),
        fixture_test(a_pausing_reader_keeps_the_end_of_the_answer),
    };

    return fixture_run("relay", tests);
}
