/* LB_NAME: bodies, both ways: every byte arrives, in whatever pieces, and
 * what cannot be got rid of is not taken in. */
#include "deadline.h"
#include "fixture.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "stream.h"
#include "wire.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB ((size_t)1 << 20)

static int begin_post(struct lb *lb, size_t len)
{
    char head[128];
    int client = wire_connect(lb->port);

    snprintf(head, sizeof head,
             "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n", len);
    wire_send_text(client, head);
    return client;
}

/* ---- requests ----------------------------------------------------------- */

/* Sent with the head in one piece, bodies of all sizes around those of the
 * buffers. */
static void a_body_may_come_with_its_head(void **state)
{
    static const size_t sizes[] = {1,     4000,  8192,  16000, 16200, 16384,
                                   20000, 20200, 20300, 20400, 20480, 20481,
                                   32768, 40960, 65536, 300000};
    unsigned char *stream = stream_make(300000);
    char *request = malloc(300200);
    struct http_response r;
    struct lb lb;

    (void)state;
    assert_non_null(request);
    lb_start_real(&lb, 1);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int n = snprintf(request, 200,
                         "POST /echo HTTP/1.1\r\nHost: h\r\n"
                         "Content-Length: %zu\r\n\r\n", sizes[i]);
        int client = wire_connect(lb.port);

        memcpy(request + n, stream, sizes[i]);
        wire_send(client, request, (size_t)n + sizes[i]);
        http_receive(client, "POST", &r);
        if (r.status != 200)
            fail_msg("%zu bytes: %s%s", sizes[i], r.head, r.body);
        assert_true(r.body_len > sizes[i]);
        stream_check(r.body + r.body_len - sizes[i], 0, sizes[i]);
        http_response_free(&r);
        wire_close(client);
    }
    lb_stop(&lb);
    free(request);
    free(stream);
}

static void seven_mib_there_and_back(void **state)
{
    const size_t len = 7 * MIB; /* with its head it fits into the echo */
    unsigned char *stream = stream_make(len);
    struct http_response r;
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 1);
    http_request(lb.port, "POST", "/echo", "", stream, len, &r);
    assert_int_equal(r.status, 200);
    stream_check(r.body + r.body_len - len, 0, len);
    http_response_free(&r);
    lb_stop(&lb);
    free(stream);
}

/* Back-pressure. While the backend reads nothing, the client can send no more
 * than the sockets and one buffer hold; the balancer does not grow; and when it
 * reads at last, slowly, all is there. */
static void a_slow_backend_slows_the_client(void **state)
{
    const size_t len = 32 * MIB, tail = 64 * 1024;
    unsigned char *stream = stream_make(len);
    char head[1024];
    struct lb lb;
    int client, backend;
    size_t sent;
    long before;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = begin_post(&lb, len);
    backend = lb_take(&lb, 0, head, sizeof head);
    before = program_memory_kib(lb.program);
    sent = stream_fill(client, stream, len);
    assert_true(sent < len);
    stream_receive(backend, 0, tail, 4096);
    stream_receive(backend, tail, sent, 65536);
    wire_shut(client); /* not all of it: the backend is told so, too */
    wire_expect_end(backend);
    assert_true(program_memory_kib(lb.program) - before < 1024);
    wire_send_text(backend, LB_ANSWER);
    wire_close(backend);
    wire_expect_text(client, LB_ANSWER);
    wire_expect_end(client);
    wire_close(client);
    lb_stop(&lb);
    free(stream);
}

static void a_slow_client_slows_the_backend(void **state)
{
    const size_t len = 32 * MIB, tail = 64 * 1024;
    unsigned char *stream = stream_make(len);
    char head[1024];
    struct lb lb;
    int client, backend;
    size_t sent;
    long before;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = wire_connect(lb.port);
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    backend = lb_take(&lb, 0, head, sizeof head);
    before = program_memory_kib(lb.program);
    wire_send_text(backend, "HTTP/1.1 200 OK\r\n\r\n");
    sent = stream_fill(backend, stream, len);
    assert_true(sent < len);
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n\r\n");
    stream_receive(client, 0, tail, 4096);
    assert_true(program_memory_kib(lb.program) - before < 1024);
    wire_close(backend); /* what it has sent still arrives */
    stream_receive(client, tail, sent, 65536);
    wire_expect_end(client);
    wire_close(client);
    lb_stop(&lb);
    free(stream);
}

/* Chunks are passed on as they are, extensions and trailers included. */
static void chunks_pass(void **state)
{
    static const char body[] = "3;x=y\r\nabc\r\n0a\r\n0123456789\r\n0\r\n"
                               "Trailer: 1\r\n\r\n";
    struct http_response r;
    char head[1024];
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start(&lb, &(struct lb_plan){
                      .program = LB_PROGRAM, .real = 1, .scripted = 1});
    http_request(lb.port, "POST", "/echo", "Transfer-Encoding: chunked\r\n",
                 body, sizeof body - 1, &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body + r.body_len - 13, "abc0123456789");
    http_response_free(&r);

    client = wire_connect(lb.port);
    wire_send_text(client, "POST / HTTP/1.1\r\nHost: h\r\n"
                           "Transfer-Encoding: chunked\r\n\r\n");
    backend = lb_take(&lb, 1, head, sizeof head);
    assert_non_null(strstr(head, "\r\nTransfer-Encoding: chunked\r\n"));
    for (size_t i = 0; i < sizeof body - 1; i++)
        wire_send(client, body + i, 1);
    wire_expect_text(backend, body);
    wire_send_text(backend, LB_ANSWER);
    wire_close(backend);
    wire_expect_text(client, LB_ANSWER);
    wire_expect_end(client);
    wire_close(client);
    lb_stop(&lb);
}

static void a_client_may_ask_whether_to_send(void **state)
{
    struct http_response r;
    char head[1024];
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = wire_connect(lb.port);
    wire_send_text(client, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
                           "Expect: 100-continue\r\n\r\n");
    backend = lb_take(&lb, 0, head, sizeof head);
    assert_non_null(strstr(head, "\r\nExpect: 100-continue\r\n"));
    wire_send_text(backend, "HTTP/1.1 100 Continue\r\n\r\n");
    wire_expect_text(client, "HTTP/1.1 100 Continue\r\n\r\n");
    wire_send_text(client, "abc");
    wire_expect_text(backend, "abc");
    wire_send_text(backend, LB_ANSWER);
    wire_close(backend);
    http_receive(client, "POST", &r);
    assert_string_equal(r.body, "yes");
    http_response_free(&r);
    wire_expect_end(client);
    wire_close(client);
    lb_stop(&lb);
}

/* ---- answers ------------------------------------------------------------ */

/* Whatever says where they end, answers pass byte by byte; the connection ends
 * when the backend's does. */
static void answers_pass_as_they_are(void **state)
{
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n0\r\nT: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello, until the end",
        "HTTP/1.0 200 OK\r\n\r\nhello",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n"
        "Content-Length: 0\r\n\r\n",
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"
        "Connection: close\r\nContent-Length: 1\r\n\r\nx",
        "x", /* not our business in this chapter */
    };
    struct lb lb;
    char head[1024];

    (void)state;
    lb_start_scripted(&lb, 1);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        int client = wire_connect(lb.port), backend;

        wire_send_text(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        backend = lb_take(&lb, 0, head, sizeof head);
        wire_send_text(backend, answers[i]);
        wire_expect_text(client, answers[i]); /* before the end is known */
        wire_close(backend);
        wire_expect_end(client);
        wire_close(client);
    }
    lb_stop(&lb);
}

static void an_answer_byte_by_byte(void **state)
{
    struct lb lb;
    char head[1024];
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = wire_connect(lb.port);
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    backend = lb_take(&lb, 0, head, sizeof head);
    for (const char *at = LB_ANSWER; *at != '\0'; at++) {
        char one[2] = {*at, '\0'};

        wire_send(backend, at, 1);
        wire_expect_text(client, one);
    }
    wire_close(backend);
    wire_expect_end(client);
    wire_close(client);
    lb_stop(&lb);
}

/* Of the test server's pattern: a to z, over and over. */
static void check_pattern(const struct http_response *r, size_t len)
{
    assert_int_equal(r->status, 200);
    assert_int_equal(r->body_len, len);
    for (size_t i = 0; i < len; i++)
        if (r->body[i] != (char)('a' + i % 26))
            fail_msg("byte %zu is wrong", i);
}

static void sixty_four_mib_arrive(void **state)
{
    struct http_response r;
    struct lb lb;
    long before;

    (void)state;
    lb_start_real(&lb, 1);
    before = program_memory_kib(lb.program);
    http_get(lb.port, "/bytes/67108864", &r);
    check_pattern(&r, 64 * MIB);
    http_response_free(&r);
    http_get(lb.port, "/chunked/8000001", &r);
    assert_true(r.chunked);
    check_pattern(&r, 8000001);
    http_response_free(&r);
    assert_true(program_memory_kib(lb.program) - before < 1024);
    http_request(lb.port, "HEAD", "/bytes/67108864", "", NULL, 0, &r);
    assert_int_equal(r.status, 200);
    assert_int_equal(r.body_len, 0);
    http_response_free(&r);
    lb_stop(&lb);
}

/* ---- half-close --------------------------------------------------------- */

/* The end of the client's stream is not the end of its wish for an answer. */
static void the_end_of_a_request_reaches_the_backend(void **state)
{
    struct lb lb;
    char head[1024];
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = wire_connect(lb.port);
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    wire_shut(client);
    backend = lb_take(&lb, 0, head, sizeof head);
    wire_expect_end(backend);
    wire_expect_silence(client, 20);
    wire_send_text(backend, LB_ANSWER);
    wire_expect_text(client, LB_ANSWER);
    wire_close(backend);
    wire_expect_end(client);
    wire_close(client);
    lb_stop(&lb);
}

/* And the end of the backend's stream ends the exchange: with it the answer is
 * complete, whatever the backend would still read. */
static void the_end_of_an_answer_reaches_the_client(void **state)
{
    struct lb lb;
    char head[1024];
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = wire_connect(lb.port);
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    backend = lb_take(&lb, 0, head, sizeof head);
    wire_send_text(backend, LB_ANSWER);
    wire_shut(backend);
    wire_expect_text(client, LB_ANSWER);
    wire_expect_end(client);
    wire_expect_end(backend);
    wire_close(backend);
    wire_close(client);
    lb_stop(&lb);
}

/* ---- an answer before the end of the request ---------------------------- */

/* What the backend does when it has answered without having read the body. */
enum { CLOSES, HALF_CLOSES, STOPS_READING };

/* The client sends all of it before it looks for an answer. A reset would be
 * seen as an error of its send() or recv(). */
static void expect_early_answer(struct lb *lb, const unsigned char *stream,
                                size_t len, int then)
{
    char head[1024];
    int client = begin_post(lb, len);
    int backend = lb_take(lb, 0, head, sizeof head);

    wire_send(client, stream, MIB); /* the balancer is in the midst of it */
    wire_send_text(backend, LB_ANSWER);
    if (then == STOPS_READING)
        deadline_poll(client, POLLIN, deadline_in(1000)); /* it is out */
    if (then == HALF_CLOSES)
        wire_shut(backend);
    else
        wire_close(backend); /* with bytes unread: a reset */
    wire_send(client, stream + MIB, len - MIB);
    wire_expect_text(client, LB_ANSWER);
    wire_expect_end(client);
    wire_close(client);
    if (then == HALF_CLOSES)
        wire_close(backend);
}

static void an_early_answer_is_not_destroyed(void **state)
{
    const size_t len = 16 * MIB;
    unsigned char *stream = stream_make(len);
    struct lb lb;
    int before;

    (void)state;
    lb_start_scripted(&lb, 1);
    before = lb_descriptors(&lb);
    expect_early_answer(&lb, stream, len, CLOSES);
    expect_early_answer(&lb, stream, len, HALF_CLOSES);
    expect_early_answer(&lb, stream, len, STOPS_READING);
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
    free(stream);
}

/* The same where the answer is our own. */
static void a_refusal_is_not_destroyed(void **state)
{
    const size_t len = 8 * MIB;
    unsigned char *stream = stream_make(len);
    struct http_response r;
    struct lb lb;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .dead = 1});
    for (int i = 0; i < 3; i++) {
        int client = begin_post(&lb, len);

        wire_send(client, stream, len);
        http_receive(client, "POST", &r);
        assert_int_equal(r.status, 503);
        assert_string_equal(r.body, "503 Service Unavailable\n");
        http_response_free(&r);
        wire_expect_end(client);
        wire_close(client);
    }
    lb_stop(&lb);
    free(stream);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_body_may_come_with_its_head),
        fixture_test(seven_mib_there_and_back),
        fixture_test(a_slow_backend_slows_the_client),
        fixture_test(a_slow_client_slows_the_backend),
        fixture_test(chunks_pass),
        fixture_test(a_client_may_ask_whether_to_send),
        fixture_test(answers_pass_as_they_are),
        fixture_test(an_answer_byte_by_byte),
        fixture_test(sixty_four_mib_arrive),
        fixture_test(the_end_of_a_request_reaches_the_backend),
        fixture_test(the_end_of_an_answer_reaches_the_client),
        fixture_test(an_early_answer_is_not_destroyed),
        fixture_test(a_refusal_is_not_destroyed),
    };

    return fixture_run(LB_NAME ": bodies", tests);
}
