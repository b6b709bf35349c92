/* linger: the last word reaches the client, whatever it still sends. */
#include "fixture.h"

#include <string.h>

#include "linger.h"
#include "rig.h"

static char filler[200000];

/* A client that was refused, has read the answer and its end, and stays. */
static int refused_client(struct rig *rig)
{
    int client = rig_client(rig, "nonsense\r\n");

    rig_expect_status(rig, client, 400);
    assert_int_equal(rig->service.active, 1);
    return client;
}

static void ends_when_the_client_has_closed(void **state)
{
    struct rig *rig = rig_start(0);
    int client = refused_client(rig);

    (void)state;
    wire_close(client);
    rig_until(rig, rig->service.active == 0);
    rig_close(rig);
}

static void ends_at_once_if_the_client_had_closed_before(void **state)
{
    struct rig *rig = rig_start(0);
    int client = rig_client(rig, "nonsense\r\n");

    (void)state;
    wire_shut(client);
    rig_expect_status(rig, client, 400);
    rig_until(rig, rig->service.active == 0);
    wire_close(client);
    rig_close(rig);
}

static void ends_after_two_silent_seconds(void **state)
{
    struct rig *rig = rig_start(0);
    int client = refused_client(rig);

    (void)state;
    rig_pass(rig, 1900);
    assert_int_equal(rig->service.active, 1);
    rig_pass(rig, 100);
    assert_int_equal(rig->service.active, 0);
    wire_close(client);
    rig_close(rig);
}

static void ends_after_thirty_seconds_in_any_case(void **state)
{
    struct rig *rig = rig_start(0);
    int client = refused_client(rig);

    (void)state;
    for (int i = 0; i < 19; i++) { /* whoever is still sending has time ... */
        uint64_t before = rig_session(rig)->timer.at_ms;

        rig_pass(rig, 1500);
        assert_int_equal(rig->service.active, 1);
        wire_send_text(client, "more");
        rig_until(rig, rig_session(rig)->timer.at_ms > before);
    }
    rig_pass(rig, 1500); /* ... but not for ever */
    assert_int_equal(rig->service.active, 0);
    wire_close(client);
    rig_close(rig);
}

static void ends_when_the_client_resets(void **state)
{
    struct rig *rig = rig_start(0);
    int client = refused_client(rig);

    (void)state;
    wire_reset(client);
    rig_until(rig, rig->service.active == 0);
    rig_close(rig);
}

/* The trap: the refused request goes on for ten times our buffer. If we closed
 * before it has ended, the client would get a reset instead of the answer. */
static void the_answer_outlives_what_still_comes(void **state)
{
    struct rig *rig = rig_start(0);
    int client = rig_client(rig, "POST / HTTP/1.1\r\nHost: h\r\n"
                                 "Content-Length: 200000\r\n\r\n");
    size_t sent = 0;

    (void)state;
    rig_settle(rig); /* by now it has been refused */
    assert_int_equal(rig->finished, 1);
    rig_until(rig, (sent += wire_send_some(client, filler + sent,
                                           sizeof filler - sent)) ==
                       sizeof filler);
    rig_settle(rig);
    rig_expect_status(rig, client, 503);
    wire_close(client);
    rig_until(rig, rig->service.active == 0);
    rig_close(rig);
}

static void the_exchange_ends_with_the_answer(void **state)
{
    struct rig *rig = rig_start(0);
    int client = refused_client(rig);

    (void)state;
    assert_int_equal(rig->finished, 1); /* not only when the client closes */
    assert_int_equal(rig->last.status, 400);
    assert_true(rig->last.bytes_out > 0);
    wire_close(client);
    rig_until(rig, rig->service.active == 0);
    assert_int_equal(rig->finished, 1);
    rig_close(rig);
}

/* An answer that came before the whole request: the client gets all of it, and
 * time to notice. */
static void a_backends_answer_is_given_time_too(void **state)
{
    struct rig *rig = rig_start(1);
    int client = rig_client(rig, "POST / HTTP/1.1\r\nHost: h\r\n"
                                 "Content-Length: 200000\r\n\r\n");

    (void)state;
    rig_answer(rig, 0);
    rig_expect(rig, client, RIG_ANSWER);
    assert_int_equal(rig->finished, 1);
    assert_null(rig->last.failure);
    rig_settle(rig);
    assert_int_equal(rig->service.active, 1);
    assert_int_equal(rig->set.backends[0].active_connections, 0);
    rig_pass(rig, LINGER_MS + 100);
    assert_int_equal(rig->service.active, 0);
    wire_close(client);
    rig_close(rig);
}

static void a_get_needs_none(void **state)
{
    struct rig *rig = rig_start(1);
    int client = rig_client(rig, RIG_GET);

    (void)state;
    rig_answer(rig, 0);
    rig_expect(rig, client, RIG_ANSWER);
    rig_settle(rig);
    assert_int_equal(rig->service.active, 0); /* though the client is there */
    wire_close(client);
    rig_close(rig);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(ends_when_the_client_has_closed),
        fixture_test(ends_at_once_if_the_client_had_closed_before),
        fixture_test(ends_after_two_silent_seconds),
        fixture_test(ends_after_thirty_seconds_in_any_case),
        fixture_test(ends_when_the_client_resets),
        fixture_test(the_answer_outlives_what_still_comes),
        fixture_test(the_exchange_ends_with_the_answer),
        fixture_test(a_backends_answer_is_given_time_too),
        fixture_test(a_get_needs_none),
    };
    return fixture_run("linger", tests);
}
