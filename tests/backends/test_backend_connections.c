/* Requests on the wire: kept connections, bodies, faults, and ends. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "fixture.h"
#include "http_client.h"
#include "program.h"
#include "wire.h"

#define HOST "Host: a\r\n"

static struct program *start(void)
{
    return program_start("backends/simple_http_backend", "0", "b1", NULL);
}

static void expect_response(int fd, int status, const char *body, int closes)
{
    struct http_response r;

    http_receive(fd, "GET", &r);
    assert_int_equal(r.status, status);
    if (body != NULL)
        assert_string_equal(r.body, body);
    assert_int_equal(r.closes, closes);
    http_response_free(&r);
}

static void keeps_connections(void **state)
{
    struct program *p = start();
    int fd = wire_connect(program_port(p));

    (void)state;
    for (int i = 0; i < 1000; i++) {
        wire_send_text(fd, "GET / HTTP/1.1\r\n" HOST "\r\n");
        expect_response(fd, 200, "Hello from b1\n", 0);
    }
    wire_send_text(fd, "GET /nothing HTTP/1.1\r\n" HOST "\r\n");
    expect_response(fd, 404, NULL, 0);
    wire_send_text(fd,
                   "GET / HTTP/1.1\r\n" HOST "Connection: x, Close\r\n\r\n");
    expect_response(fd, 200, "Hello from b1\n", 1);
    wire_expect_end(fd);
    wire_close(fd);
    program_stop(p);
}

static void speaks_http_1_0(void **state)
{
    struct program *p = start();
    struct http_response r;
    int fd = wire_connect(program_port(p));

    (void)state;
    wire_send_text(fd, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    http_receive(fd, "GET", &r);
    assert_string_equal(http_field(&r, "Connection"), "keep-alive");
    http_response_free(&r);
    wire_send_text(fd, "GET / HTTP/1.0\r\n\r\n");
    expect_response(fd, 200, "Hello from b1\n", 1);
    wire_expect_end(fd);
    wire_close(fd);

    fd = wire_connect(program_port(p));
    wire_send_text(fd, "GET /chunked/20000 HTTP/1.0\r\n\r\n");
    http_receive(fd, "GET", &r);
    assert_true(r.by_close && !r.chunked);
    assert_int_equal(r.body_len, 20000);
    http_response_free(&r);
    wire_close(fd);
    program_stop(p);
}

static void answers_pipelined_requests_in_order(void **state)
{
    struct program *p = start();
    struct http_response r;
    int fd = wire_connect(program_port(p));

    (void)state;
    wire_send_text(fd, "GET /delay/60 HTTP/1.1\r\n" HOST "\r\n"
                       "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"
                       "GET /bytes/300000 HTTP/1.1\r\n" HOST "\r\n"
                       "\r\n\r\n" /* empty lines do no harm */
                       "HEAD /bytes/9 HTTP/1.1\r\n" HOST "\r\n"
                       "GET /chunked/30 HTTP/1.1\r\n" HOST "\r\n"
                       "GET /status/500 HTTP/1.1\r\n" HOST "\r\n");
    wire_shut(fd); /* half-closed: each of them still gets its answer */
    expect_response(fd, 200, "milliseconds waited: 60\n", 0);
    expect_response(fd, 200, "Hello from b1\n", 0);
    http_receive(fd, "GET", &r);
    assert_int_equal(r.body_len, 300000);
    http_response_free(&r);
    http_receive(fd, "HEAD", &r);
    assert_string_equal(http_field(&r, "Content-Length"), "9");
    http_response_free(&r);
    expect_response(fd, 200, "abcdefghijklmnopqrstuvwxyzabcd", 0);
    expect_response(fd, 500, NULL, 0);
    wire_expect_end(fd);
    wire_close(fd);
    program_stop(p);
}

/* 3,000 requests at once: more than both buffers of the server hold. */
static void answers_a_long_pipeline(void **state)
{
    static const char one[] = "GET / HTTP/1.1\r\n" HOST "\r\n";
    size_t len = sizeof one - 1;
    char *all = malloc(3000 * len);
    struct program *p = start();
    int fd = wire_connect(program_port(p));

    (void)state;
    for (size_t i = 0; i < 3000; i++)
        memcpy(all + i * len, one, len);
    wire_send(fd, all, 3000 * len);
    free(all);
    for (int i = 0; i < 3000; i++)
        expect_response(fd, 200, "Hello from b1\n", 0);
    wire_close(fd);
    program_stop(p);
}

static void takes_a_request_byte_by_byte(void **state)
{
    static const char request[] =
        "\r\nPOST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: Chunked\r\n\r\n"
        "2;ext=\"v\"\r\nab\r\n003\r\ncde\r\n0\r\nTrailer: 1\r\n\r\n";
    struct program *p = start();
    int fd = wire_connect(program_port(p));

    (void)state;
    for (size_t i = 0; i + 1 < sizeof request; i++)
        wire_send(fd, request + i, 1);
    expect_response(fd, 200,
                    "POST /echo HTTP/1.1\r\nHost: a\r\n"
                    "Transfer-Encoding: Chunked\r\n\r\nabcde", 0);
    wire_send_text(fd, "GET / HTTP/1.1\r\n" HOST "\r\n");
    expect_response(fd, 200, "Hello from b1\n", 0);
    wire_close(fd);
    program_stop(p);
}

static void reads_bodies_of_every_path(void **state)
{
    static const char *const targets[] = { "/", "/bytes/5", "/chunked/5",
                                           "/health", "/status/404", "/no" };
    size_t len = 300000;
    char *body = malloc(len), head[256];
    struct program *p = start();
    int fd = wire_connect(program_port(p));

    (void)state;
    memset(body, '\n', len);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        snprintf(head, sizeof head, "POST %s HTTP/1.1\r\n" HOST
                 "Content-Length: %zu\r\n\r\n", targets[i], len);
        wire_send_text(fd, head);
        wire_send(fd, body, len);
        expect_response(fd, i < 4 ? 200 : 404, NULL, 0);
    }
    free(body);
    wire_close(fd);
    program_stop(p);
}

static void says_100_continue(void **state)
{
    static const char head[] =
        "POST / HTTP/1.1\r\n" HOST
        "Expect: 100-Continue\r\nContent-Length: 4\r\n\r\n";
    struct program *p = start();
    int fd = wire_connect(program_port(p));

    (void)state;
    wire_send_text(fd, head);
    wire_expect_text(fd, "HTTP/1.1 100 Continue\r\n\r\n");
    wire_expect_silence(fd, 20);
    wire_send_text(fd, "body");
    expect_response(fd, 200, "Hello from b1\n", 0);

    /* The body is on its way: nobody has to be told to send it. */
    wire_send_text(fd, "POST / HTTP/1.1\r\n" HOST
                       "Expect: 100-continue\r\nContent-Length: 4\r\n\r\nbody");
    wire_expect_text(fd, "HTTP/1.1 200 OK\r\n");
    wire_close(fd);

    fd = wire_connect(program_port(p)); /* and a refusal comes instead of it */
    wire_send_text(fd, "POST /echo HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n"
                       "Content-Length: 8388609\r\n\r\n");
    expect_response(fd, 413, NULL, 1);
    wire_expect_end(fd);
    wire_close(fd);
    program_stop(p);
}

#define GET_WITH(fields) "GET / HTTP/1.1\r\n" HOST fields "\r\n"
#define POST_CHUNKED(body) \
    "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n" body

static void refuses_bad_requests(void **state)
{
    static const struct {
        const char *request;
        int status;
    } cases[] = {
        { "nonsense\r\n\r\n", 400 },
        { "GET /\r\n\r\n", 400 },
        { "GET  / HTTP/1.1\r\n" HOST "\r\n", 400 },
        { "GET / HTTP/1.1 \r\n" HOST "\r\n", 400 },
        { "G(T / HTTP/1.1\r\n" HOST "\r\n", 400 },
        { "GET x HTTP/1.1\r\n" HOST "\r\n", 400 },
        { "GET http://a HTTP/1.1 x\r\n" HOST "\r\n", 400 },
        { "GET / HTTP/2.0\r\n" HOST "\r\n", 505 },
        { "GET / HTTP/1.x\r\n" HOST "\r\n", 400 },
        { "GET / HTTP/x.1\r\n" HOST "\r\n", 400 },
        { "GET / HTTX/1.1\r\n" HOST "\r\n", 400 },
        { "GET / HTTP/1.1\r\n\r\n", 400 },
        { GET_WITH("Host: b\r\n"), 400 },
        { GET_WITH("No colon\r\n"), 400 },
        { GET_WITH("Space : x\r\n"), 400 },
        { GET_WITH(": x\r\n"), 400 },
        { GET_WITH("X: 1\r\n folded\r\n"), 400 },
        { GET_WITH("X: a\rb\r\n"), 400 },
        { GET_WITH("X: a\x01\r\n"), 400 },
        { GET_WITH("Content-Length: -1\r\n"), 400 },
        { GET_WITH("Content-Length: 1x\r\n"), 400 },
        { GET_WITH("Content-Length:\r\n"), 400 },
        { GET_WITH("Content-Length: 99999999999999999999\r\n"), 400 },
        { GET_WITH("Content-Length: 1\r\nContent-Length: 2\r\n"), 400 },
        { GET_WITH("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
          400 },
        { GET_WITH("Transfer-Encoding: gzip\r\n"), 501 },
        { GET_WITH("Transfer-Encoding: gzip, chunked\r\n"), 501 },
        { "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
        { POST_CHUNKED("x\r\n"), 400 },
        { POST_CHUNKED("-1\r\n"), 400 },
        { POST_CHUNKED(" 1\r\n"), 400 },
        { POST_CHUNKED("1 \r\n"), 400 },
        { POST_CHUNKED("1\nx\n"), 400 },
        { POST_CHUNKED("\r\n"), 400 },
        { POST_CHUNKED("1\r\nxy\r\n"), 400 },
        { POST_CHUNKED("fffffffffffffffff\r\n"), 400 },
        { POST_CHUNKED("0\r\nbad\ntrailer\r\n\r\n"), 400 },
    };
    struct program *p = start();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fd = wire_connect(program_port(p));

        wire_send_text(fd, cases[i].request);
        wire_send_text(fd, "and what else it may have to say");
        expect_response(fd, cases[i].status, NULL, 1);
        wire_expect_end(fd); /* FIN, no reset, over unread bytes */
        wire_close(fd);
    }
    program_stop(p);
}

static void refuses_a_nul_and_a_long_head(void **state)
{
    static const char nul[] = "GET / HTTP/1.1\r\n" HOST "X: \0\r\n\r\n";
    char *head = malloc(40000);
    struct program *p = start();
    int fd = wire_connect(program_port(p));

    (void)state;
    wire_send(fd, nul, sizeof nul - 1);
    expect_response(fd, 400, NULL, 1);
    wire_close(fd);

    fd = wire_connect(program_port(p));
    memset(head, 'x', 40000);
    wire_send_text(fd, "GET / HTTP/1.1\r\n" HOST "X: ");
    wire_send(fd, head, 15000);
    wire_send_text(fd, "\r\n\r\n");
    expect_response(fd, 200, "Hello from b1\n", 0);
    wire_send_text(fd, "GET / HTTP/1.1\r\n" HOST "X: ");
    wire_send(fd, head, 40000);
    expect_response(fd, 431, NULL, 1);
    free(head);
    wire_expect_end(fd);
    wire_close(fd);
    program_stop(p);
}

static void await_descriptors(struct program *p, int count)
{
    deadline_t deadline = deadline_in(10000);

    while (program_descriptors(p) != count)
        assert_true(deadline_pause(deadline));
}

/* Half requests, resets in the middle of an answer, silence: nothing stays. */
static void survives_rude_clients(void **state)
{
    static const char *const said[] = {
        "", "GET", "GET / HTTP/1.1\r\n" HOST, "GET / HTTP/1.1\r\n" HOST "\r\n",
        "GET /bytes/1073741824 HTTP/1.1\r\n" HOST "\r\n",
        "GET /chunked/1073741824 HTTP/1.1\r\n" HOST "\r\n",
        "GET /delay/300 HTTP/1.1\r\n" HOST "\r\n",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\nabc",
        POST_CHUNKED("5\r\nab"), "nonsense\r\n\r\n",
    };
    struct program *p = start();
    int before = program_descriptors(p);

    (void)state;
    for (size_t i = 0; i < 3 * sizeof said / sizeof *said; i++) {
        int fd = wire_connect(program_port(p));

        wire_send_text(fd, said[i / 3]);
        if (i % 3 == 2 && i / 3 > 3)
            wire_shut(fd);
        if (i % 3 == 1)
            wire_reset(fd);
        else
            wire_close(fd);
    }
    await_descriptors(p, before);
    program_stop(p);
}

/* Its FIN is known, then it resets: now a send is an EPIPE, and, for a process
 * that does not ignore it, a SIGPIPE. */
static void survives_a_broken_pipe(void **state)
{
    size_t len = 8 << 20;
    char *part = malloc(len);
    struct program *p = start();
    int before = program_descriptors(p), fd = wire_connect(program_port(p));

    (void)state;
    wire_send_text(fd, "GET /bytes/1073741824 HTTP/1.1\r\n" HOST "\r\n");
    wire_shut(fd);
    wire_receive(fd, part, len);
    free(part);
    wire_close(fd);
    await_descriptors(p, before);
    program_stop(p);
}

static void half_a_request_and_a_fin_is_the_end(void **state)
{
    struct program *p = start();
    int fd = wire_connect(program_port(p));

    (void)state;
    wire_send_text(fd,
                   "POST / HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\nab");
    wire_shut(fd);
    wire_expect_end(fd);
    wire_close(fd);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(keeps_connections),
        fixture_test(speaks_http_1_0),
        fixture_test(answers_pipelined_requests_in_order),
        fixture_test(answers_a_long_pipeline),
        fixture_test(takes_a_request_byte_by_byte),
        fixture_test(reads_bodies_of_every_path),
        fixture_test(says_100_continue),
        fixture_test(refuses_bad_requests),
        fixture_test(refuses_a_nul_and_a_long_head),
        fixture_test(survives_rude_clients),
        fixture_test(survives_a_broken_pipe),
        fixture_test(half_a_request_and_a_fin_is_the_end),
    };
    return fixture_run("backend_connections", tests);
}
