/* engine_single, the side of the request: heads whole and in pieces, what is
 * refused, what the backend gets. The answer is in test_engine_relay.c. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"

/* Plays the backend: takes the connection and reads the head. */
static int take_request(struct rig *rig, char head[4096])
{
    int fd = rig_accept(rig, 0);

    rig_read(rig, fd, "\r\n\r\n", head, 4096);
    return fd;
}

/* Nothing more is in the connection, and it is open. */
static void expect_nothing_more(struct rig *rig, int fd)
{
    rig_settle(rig);
    wire_expect_silence(fd, 0);
}

static void answer(struct rig *rig, int backend, int client)
{
    wire_send_text(backend, RIG_ANSWER);
    wire_close(backend);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
}

/* ---- a request ----------------------------------------------------------- */

static void a_request_and_its_answer(void **state)
{
    struct rig *rig = rig_start(1);
    int client = rig_client(rig, "GET /x HTTP/1.1\r\nHost: h\r\n"
                                 "X-Request-ID: abc\r\n\r\n");
    char head[4096];
    int backend = take_request(rig, head);

    (void)state;
    assert_string_equal(head, "GET /x HTTP/1.1\r\n"
                              "Host: h\r\n"
                              "X-Forwarded-For: 127.0.0.1\r\n"
                              "X-Forwarded-Proto: http\r\n"
                              "X-Forwarded-Host: h\r\n"
                              "X-Real-IP: 127.0.0.1\r\n"
                              "X-Request-ID: abc\r\n"
                              "Connection: close\r\n\r\n");
    rig->clock.now_ms += 42;
    answer(rig, backend, client);

    rig_until(rig, rig->service.active == 0);
    assert_int_equal(rig->admitted, 1);
    assert_int_equal(rig->finished, 1);
    assert_ptr_equal(rig->last.backend, &rig->set.backends[0]);
    assert_null(rig->last.failure);
    assert_int_equal(rig->last.status, 0);
    assert_int_equal(rig->last.tries, 1);
    assert_int_equal(rig->last.bytes_in, strlen(head));
    assert_int_equal(rig->last.bytes_out, strlen(RIG_ANSWER));
    assert_int_equal(rig->last.ended_ms - rig->last.began_ms, 42);
    assert_string_equal(rig->last.request_id, "abc");
    assert_string_equal(rig->last.client_ip, "127.0.0.1");
    rig_close(rig);
}

static void a_head_may_come_in_any_two_pieces(void **state)
{
    static const char text[] = "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n";
    struct rig *rig = rig_start(1);

    (void)state;
    for (size_t cut = 1; cut < sizeof text - 1; cut++) {
        int client = wire_connect(rig->port);

        wire_send(client, text, cut);
        rig_turn(rig);
        rig_turn(rig);
        assert_int_equal(rig->admitted, (int)cut - 1);
        wire_send(client, text + cut, sizeof text - 1 - cut);
        rig_answer(rig, 0);
        rig_expect(rig, client, RIG_ANSWER);
        wire_close(client);
        rig_until(rig, rig->service.active == 0);
    }
    rig_close(rig);
}

static void a_head_may_come_in_single_bytes(void **state)
{
    static const char text[] = RIG_GET;
    struct rig *rig = rig_start(1);
    int client = wire_connect(rig->port);

    (void)state;
    for (size_t i = 0; i < sizeof text - 1; i++) {
        wire_send(client, text + i, 1);
        rig_turn(rig);
    }
    rig_answer(rig, 0);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    rig_close(rig);
}

/* ---- its body ------------------------------------------------------------ */

/* A POST whose body follows the head at once; it must come out whole. */
static void post(struct rig *rig, size_t len)
{
    static char body[200000], got[200000];
    char head[4096];
    int client = wire_connect(rig->port), backend;
    size_t sent = 0;

    for (size_t i = 0; i < len; i++)
        body[i] = (char)('a' + i * 7 % 26);
    snprintf(head, sizeof head,
             "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n", len);
    wire_send_text(client, head);
    rig_until(rig, (sent += wire_send_some(client, body + sent, len - sent)) ==
                       len);
    backend = take_request(rig, head);
    rig_receive(rig, backend, got, len);
    assert_memory_equal(got, body, len);
    expect_nothing_more(rig, backend);
    answer(rig, backend, client);
    rig_until(rig, rig->service.active == 0);
    assert_null(rig->last.failure);
    assert_int_equal(rig->last.bytes_in, strlen(head) + len);
}

/* Around the sizes of our buffers: what comes with the head must still fit
 * when the head has grown. */
static void a_body_that_comes_with_the_head_is_passed_on(void **state)
{
    static const size_t sizes[] = {0,     1,     16000, 16320, 16384, 20000,
                                   20300, 20480, 20481, 65536, 200000};
    struct rig *rig = rig_start(1);

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        post(rig, sizes[i]);
    rig_close(rig);
}

static void nothing_behind_the_request_is_passed_on(void **state)
{
    static const char *const requests[] = {
        "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\nGET /2 HTTP",
    };
    struct rig *rig = rig_start(1);
    char head[4096];

    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        int client = rig_client(rig, requests[i]);
        int backend = take_request(rig, head);

        assert_non_null(strstr(head, " /1 "));
        assert_null(strstr(head, "/2"));
        expect_nothing_more(rig, backend);
        answer(rig, backend, client);
        rig_until(rig, rig->service.active == 0);
    }
    rig_close(rig);
}

static void nothing_behind_the_body_is_passed_on(void **state)
{
    struct rig *rig = rig_start(1);
    char head[4096], body[4];
    int client = rig_client(rig, "POST / HTTP/1.1\r\nHost: h\r\n"
                                 "Content-Length: 4\r\n\r\nab");
    int backend = take_request(rig, head);

    (void)state;
    wire_send_text(client, "cdGET /evil HTTP/1.1\r\n");
    rig_receive(rig, backend, body, 4);
    assert_memory_equal(body, "abcd", 4);
    expect_nothing_more(rig, backend);
    answer(rig, backend, client);
    rig_close(rig);
}

static void chunks_pass_as_they_are(void **state)
{
    struct rig *rig = rig_start(1);
    char head[4096], body[64];
    int client = rig_client(rig, "POST / HTTP/1.1\r\nHost: h\r\n"
                                 "Transfer-Encoding: chunked\r\n\r\n3\r\nabc");
    int backend = take_request(rig, head);

    (void)state;
    assert_non_null(strstr(head, "Transfer-Encoding: chunked\r\n"));
    wire_send_text(client, "\r\n0\r\n\r\n");
    rig_read(rig, backend, "0\r\n\r\n", body, sizeof body);
    assert_string_equal(body, "3\r\nabc\r\n0\r\n\r\n");
    answer(rig, backend, client);
    rig_close(rig);
}

/* ---- what is refused ----------------------------------------------------- */

static void bad_requests_are_refused(void **state)
{
    static const struct {
        const char *request;
        int status;
    } cases[] = {
        {"hello\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
        {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n"
         "Transfer-Encoding: chunked\r\n\r\n", 400},
        {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
        {"CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", 405},
    };
    struct rig *rig = rig_start(1);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int client = rig_client(rig, cases[i].request);

        rig_expect_status(rig, client, cases[i].status);
        wire_close(client);
        rig_until(rig, rig->service.active == 0);
        assert_int_equal(rig->finished, (int)i + 1);
        assert_int_equal(rig->last.status, cases[i].status);
        assert_non_null(rig->last.failure);
        assert_null(rig->last.backend);
        assert_int_equal(rig->last.tries, 0);
    }
    assert_int_equal(rig->admitted, 0);
    assert_false(rig_is_readable(rig->at[0])); /* the backend heard of none */
    rig_close(rig);
}

static void the_answer_to_head_has_no_body(void **state)
{
    struct rig *rig = rig_start(0);
    char got[4096];
    int client = rig_client(rig, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");

    (void)state;
    rig_read(rig, client, NULL, got, sizeof got);
    assert_memory_equal(got, "HTTP/1.1 503 ", 13);
    assert_ptr_equal(strstr(got, "\r\n\r\n") + 4, got + strlen(got));
    wire_close(client);
    rig_close(rig);
}

static void a_head_that_is_too_long_is_refused(void **state)
{
    static const struct {
        const char *begin;
        int status;
    } cases[] = {{"GET /", 414}, {"GET / HTTP/1.1\r\nHost: h\r\nA: ", 431}};
    static char filler[HTTP_HEAD_MAX];
    struct rig *rig = rig_start(1);

    (void)state;
    memset(filler, 'a', sizeof filler);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int client = rig_client(rig, cases[i].begin);

        wire_send(client, filler, sizeof filler);
        rig_expect_status(rig, client, cases[i].status);
        wire_close(client);
        rig_until(rig, rig->service.active == 0);
    }
    rig_close(rig);
}

/* A port may have any number of zeros, and we say the Host twice. The client
 * goes on sending meanwhile: that must not come to lie over the answer. */
static void a_head_that_grows_too_much_is_refused(void **state)
{
    static char text[HTTP_HEAD_MAX];
    struct rig *rig = rig_start(1);
    int client = wire_connect(rig->port);
    int len = snprintf(text, sizeof text, "POST / HTTP/1.1\r\nHost: h:%012000d"
                                          "\r\nContent-Length: 10000\r\n\r\n",
                       80);

    (void)state;
    wire_send(client, text, (size_t)len);
    wire_send(client, text, 10000);
    rig_expect(rig, client,
               "HTTP/1.1 431 Request Header Fields Too Large\r\n"
               "Content-Type: text/plain\r\n"
               "Content-Length: 36\r\n"
               "Connection: close\r\n\r\n"
               "431 Request Header Fields Too Large\n");
    wire_close(client);
    rig_close(rig);
}

static void a_filter_can_refuse(void **state)
{
    struct rig *rig = rig_start(1);
    int client;

    (void)state;
    rig->refuse_with = 429;
    client = rig_client(rig, RIG_GET);
    rig_expect_status(rig, client, 429);
    wire_close(client);
    assert_int_equal(rig->admitted, 1);
    assert_int_equal(rig->finished, 1);
    assert_int_equal(rig->last.status, 429);
    assert_false(rig_is_readable(rig->at[0]));
    rig_close(rig);
}

/* ---- clients that leave -------------------------------------------------- */

static void who_asks_for_nothing_is_no_exchange(void **state)
{
    struct rig *rig = rig_start(1);

    (void)state;
    wire_close(wire_connect(rig->port));
    wire_close(rig_client(rig, "GET / HT")); /* nor half a request */
    wire_reset(rig_client(rig, "GET / HT"));
    rig_settle(rig);
    rig_until(rig, rig->service.active == 0);
    assert_true(rig->service.peak > 0); /* they were there */
    assert_int_equal(rig->finished, 0);
    rig_close(rig);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_request_and_its_answer),
        fixture_test(a_head_may_come_in_any_two_pieces),
        fixture_test(a_head_may_come_in_single_bytes),
        fixture_test(a_body_that_comes_with_the_head_is_passed_on),
        fixture_test(nothing_behind_the_request_is_passed_on),
        fixture_test(nothing_behind_the_body_is_passed_on),
        fixture_test(chunks_pass_as_they_are),
        fixture_test(bad_requests_are_refused),
        fixture_test(the_answer_to_head_has_no_body),
        fixture_test(a_head_that_is_too_long_is_refused),
        fixture_test(a_head_that_grows_too_much_is_refused),
        fixture_test(a_filter_can_refuse),
        fixture_test(who_asks_for_nothing_is_no_exchange),
    };
    return fixture_run("engine_single", tests);
}
