/* engine_single, the answer's side: ends, resets, back-pressure, time. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "rig.h"

#define POST(length) \
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " length "\r\n\r\n"

static char filler[100000]; /* zeros, for bodies nobody looks at */

/* A client that has asked, and the backend that has read its head. */
static int ask(struct rig *rig, const char *request, int *backend)
{
    char head[4096];
    int client = rig_client(rig, request);

    *backend = rig_accept(rig, 0);
    rig_read(rig, *backend, "\r\n\r\n", head, sizeof head);
    return client;
}

/* The exchange has ended, with this failure. */
static void expect_failure(struct rig *rig, const char *why)
{
    rig_until(rig, rig->service.active == 0);
    assert_int_equal(rig->finished, 1);
    if (why == NULL)
        assert_null(rig->last.failure);
    else
        assert_string_equal(rig->last.failure, why);
}

/* ---- ends ---------------------------------------------------------------- */

static void a_client_that_has_said_all_gets_its_answer(void **state)
{
    struct rig *rig = rig_start(1);
    char rest[64];
    int backend, client = ask(rig, POST("4") "ab", &backend);

    (void)state;
    wire_send_text(client, "cd");
    wire_shut(client);
    rig_read(rig, backend, NULL, rest, sizeof rest); /* and its end */
    assert_string_equal(rest, "abcd");
    wire_send_text(backend, RIG_ANSWER);
    wire_close(backend);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    expect_failure(rig, NULL);
    rig_close(rig);
}

static void interim_answers_pass(void **state)
{
    struct rig *rig = rig_start(1);
    char interim[64], body[2];
    int backend, client = ask(rig, "POST / HTTP/1.1\r\nHost: h\r\n"
                                   "Expect: 100-continue\r\n"
                                   "Content-Length: 2\r\n\r\n", &backend);

    (void)state;
    wire_send_text(backend, "HTTP/1.1 100 Continue\r\n\r\n");
    rig_read(rig, client, "\r\n\r\n", interim, sizeof interim);
    assert_string_equal(interim, "HTTP/1.1 100 Continue\r\n\r\n");
    wire_send_text(client, "ok");
    rig_receive(rig, backend, body, 2);
    wire_send_text(backend, RIG_ANSWER);
    wire_close(backend);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    rig_close(rig);
}

/* The backend has not read the request to its end, so its close is a reset for
 * us; and the client has bytes in our socket, so ours would be one for it. */
static void an_answer_before_the_request_has_ended_arrives(void **state)
{
    static const char answer[] = "HTTP/1.1 413 Too much\r\n"
                                 "Content-Length: 0\r\n\r\n";
    struct rig *rig = rig_start(1);
    int backend, client = ask(rig, POST("10000000"), &backend);

    (void)state;
    wire_send(client, filler, 5000);
    rig_settle(rig);
    wire_send_text(backend, answer);
    wire_close(backend);
    wire_send(client, filler, sizeof filler);
    rig_settle(rig);
    wire_send(client, filler, sizeof filler); /* it takes it, still */
    rig_expect(rig, client, answer);
    wire_close(client);
    expect_failure(rig, NULL);
    rig_close(rig);
}

/* There, sending more shows that the backend is gone. Here there is nothing to
 * send, and it is receiving that fails: that must make no difference. */
static void also_when_the_client_pauses(void **state)
{
    struct rig *rig = rig_start(1);
    int backend, client = ask(rig, POST("10") "abc", &backend);

    (void)state;
    rig_settle(rig);
    wire_send_text(backend, RIG_ANSWER);
    wire_close(backend); /* "abc" was not read */
    rig_expect(rig, client, RIG_ANSWER);
    wire_send_text(client, "defghij");
    rig_settle(rig);
    wire_close(client);
    expect_failure(rig, NULL);
    rig_close(rig);
}

/* ---- failures ------------------------------------------------------------ */

static void a_backend_that_says_nothing_is_a_502(void **state)
{
    struct rig *rig = rig_start(1);
    int backend, client = ask(rig, POST("3") "abc", &backend);

    (void)state;
    rig_settle(rig);
    wire_close(backend); /* with the body unread: a reset */
    rig_expect_status(rig, client, 502);
    wire_close(client);
    expect_failure(rig, "the backend closed without an answer");
    assert_int_equal(rig->last.status, 502);
    assert_int_equal(rig->last.tries, 1);
    rig_close(rig);
}

static void an_answer_that_breaks_off_is_cut(void **state)
{
    struct rig *rig = rig_start(1);
    char got[64];
    int backend, client = ask(rig, RIG_GET, &backend);

    (void)state;
    wire_send_text(backend, "HTTP/1.1 200 OK\r\nContent-");
    rig_read(rig, client, "Content-", got, sizeof got);
    wire_reset(backend);
    rig_expect_reset(rig, client); /* no second answer behind the half one */
    wire_close(client);
    expect_failure(rig, "the backend broke off its answer");
    rig_close(rig);
}

static void a_client_that_resets_ends_it(void **state)
{
    struct rig *rig = rig_start(1);
    int backend, client = ask(rig, RIG_GET, &backend);

    (void)state;
    wire_reset(client);
    rig_until(rig, rig_is_readable(backend));
    wire_expect_gone(backend);
    wire_close(backend);
    expect_failure(rig, "the client left");
    rig_close(rig);
}

static void a_client_that_is_gone_when_the_answer_comes_ends_it(void **state)
{
    struct rig *rig = rig_start(1);
    int backend, client = ask(rig, RIG_GET, &backend);

    (void)state;
    wire_close(client); /* looks like "has said all" */
    rig_settle(rig);
    assert_int_equal(rig->service.active, 1);
    while (rig->service.active > 0) { /* the first bytes are taken, still */
        wire_send_some(backend, filler, 1000);
        rig_turn(rig);
    }
    wire_close(backend);
    expect_failure(rig, "the client left");
    rig_close(rig);
}

/* Brings a session into a state in which one event shows that both sides are
 * gone: its last read was a full one, so it reads from the client, too, when
 * the event of the backend comes; which comes first, as its number is lower. */
static void both_sides_may_vanish_in_one_turn(void **state)
{
    struct rig *rig = rig_start(1);
    int low = dup(rig->at[0]), client = wire_connect(rig->port), backend;
    struct session *s;
    char head[4096];

    (void)state;
    rig_until(rig, rig_idle(rig) == 1);
    wire_close(low);
    wire_send_text(client, POST("10000000"));
    backend = rig_accept(rig, 0);
    rig_read(rig, backend, "\r\n\r\n", head, sizeof head);
    s = rig_session(rig);
    assert_true(s->backend_fd < s->client_fd);
    wire_send(client, filler, buffer_room(&s->up.buf));
    rig_settle(rig);
    assert_true(s->up.can_read);
    wire_reset(client);
    wire_close(backend);
    expect_failure(rig, "the backend closed without an answer");
    rig_close(rig);
}

/* ---- back-pressure ------------------------------------------------------- */

#define MUCH (4 * 1024 * 1024)

static char pattern(size_t i)
{
    return (char)(i ^ (i >> 8) ^ (i >> 16));
}

/* Sends as much as goes; returns how much that is in all. */
static size_t push(int fd, size_t sent)
{
    char piece[8192];
    size_t len = MUCH - sent < sizeof piece ? MUCH - sent : sizeof piece;

    for (size_t i = 0; i < len; i++)
        piece[i] = pattern(sent + i);
    return sent + wire_send_some(fd, piece, len);
}

/* Fills the way from one end to the other until nothing moves any more. */
static size_t stuff(struct rig *rig, int from)
{
    size_t before, sent = 0;

    do {
        before = sent;
        sent = push(from, sent);
        if (sent == before)
            rig_settle(rig);
        if (sent == before)
            sent = push(from, sent);
    } while (sent > before);
    return sent;
}

/* Sends the rest, and takes all of it out at the other end. */
static void flush(struct rig *rig, int from, size_t sent, int to)
{
    static char piece[65536];
    size_t got = 0;

    while (got < MUCH) {
        ssize_t n = recv(to, piece, sizeof piece, 0);

        assert_true(n > 0 || (n < 0 && errno == EAGAIN));
        for (ssize_t i = 0; i < n; i++)
            if (piece[i] != pattern(got + (size_t)i))
                failure("byte %zu is wrong", got + (size_t)i);
        got += n > 0 ? (size_t)n : 0;
        sent = push(from, sent);
        if (n < 0)
            rig_turn(rig);
    }
}

/* Smaller buffers in the kernel, so that less fills them. */
static void shrink(int a, int b, const struct session *s)
{
    const int fds[] = {a, b, s->client_fd, s->backend_fd}, size = 262144;

    for (int i = 0; i < 4; i++) {
        setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
        setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
}

static void a_slow_client_slows_the_backend_down(void **state)
{
    struct rig *rig = rig_start(1);
    int backend, client = ask(rig, RIG_GET, &backend);
    struct session *s = rig_session(rig);
    size_t sent;

    (void)state;
    shrink(client, backend, s);
    sent = stuff(rig, backend);
    assert_true(sent < MUCH);
    assert_int_equal(buffer_room(&s->down.buf), 0);
    assert_true(rig_watches(rig, s->backend_fd, 0)); /* or it would spin */
    assert_true(rig_watches(rig, s->client_fd, WATCH_READ | WATCH_WRITE));
    flush(rig, backend, sent, client);
    wire_close(backend);
    rig_expect(rig, client, "");
    wire_close(client);
    expect_failure(rig, NULL);
    assert_int_equal(rig->last.bytes_out, MUCH);
    rig_close(rig);
}

static void a_slow_backend_slows_the_client_down(void **state)
{
    struct rig *rig = rig_start(1);
    int backend, client = ask(rig, POST("4194304"), &backend);
    struct session *s = rig_session(rig);
    size_t sent;

    (void)state;
    shrink(client, backend, s);
    sent = stuff(rig, client);
    assert_true(sent < MUCH);
    assert_int_equal(buffer_room(&s->up.buf), 0);
    assert_true(rig_watches(rig, s->client_fd, 0));
    assert_true(rig_watches(rig, s->backend_fd, WATCH_READ | WATCH_WRITE));
    flush(rig, client, sent, backend);
    wire_send_text(backend, RIG_ANSWER);
    wire_close(backend);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    rig_close(rig);
}

/* ---- time ---------------------------------------------------------------- */

static void a_backend_that_does_not_answer_is_a_504(void **state)
{
    struct rig *rig = rig_start(1);
    int backend, client = ask(rig, RIG_GET, &backend);

    (void)state;
    rig_pass(rig, 29999);
    rig_settle(rig);
    assert_int_equal(rig->service.active, 1);
    rig_pass(rig, 101);
    rig_expect_status(rig, client, 504);
    wire_close(client);
    wire_expect_gone(backend);
    wire_close(backend);
    expect_failure(rig, "the backend did not answer in time");
    assert_int_equal(rig->last.tries, 1); /* it may be working on it */
    rig_close(rig);
}

static void a_byte_either_way_renews_the_time(void **state)
{
    struct rig *rig = rig_start(1);
    char byte;
    int backend, client = ask(rig, POST("1000"), &backend);

    (void)state;
    for (int i = 0; i < 3; i++) {
        rig_pass(rig, 29000);
        wire_send_text(client, "u");
        rig_receive(rig, backend, &byte, 1);
        rig_pass(rig, 29000);
        wire_send_text(backend, "d");
        rig_receive(rig, client, &byte, 1);
    }
    rig_pass(rig, 30100);
    rig_expect_reset(rig, client); /* an answer has begun */
    wire_close(client);
    wire_close(backend);
    expect_failure(rig, "nothing moved for too long");
    rig_close(rig);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_client_that_has_said_all_gets_its_answer),
        fixture_test(interim_answers_pass),
        fixture_test(an_answer_before_the_request_has_ended_arrives),
        fixture_test(also_when_the_client_pauses),
        fixture_test(a_backend_that_says_nothing_is_a_502),
        fixture_test(an_answer_that_breaks_off_is_cut),
        fixture_test(a_client_that_resets_ends_it),
        fixture_test(a_client_that_is_gone_when_the_answer_comes_ends_it),
        fixture_test(both_sides_may_vanish_in_one_turn),
        fixture_test(a_slow_client_slows_the_backend_down),
        fixture_test(a_slow_backend_slows_the_client_down),
        fixture_test(a_backend_that_does_not_answer_is_a_504),
        fixture_test(a_byte_either_way_renews_the_time),
    };
    return fixture_run("engine_relay", tests);
}
