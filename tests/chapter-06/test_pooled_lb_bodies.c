/* LB_NAME: bodies and heads without one: framing is followed, both ways, and
 * the connections are good for the next request after it. */
#include "fixture.h"
#include "kept.h"
#include "stream.h"

#define MIB   ((size_t)1 << 20)
#define POST  "POST / " HOST
#define CHUNK "Transfer-Encoding: chunked\r\n\r\n"

/* ---- answers ------------------------------------------------------------ */

static const struct {
    const char *request, *answer, *got;
} answers[] = {
    {GET, OK "Content-Length: 0\r\n\r\n", NULL},
    {GET, OK "Content-Length: 5\r\n\r\nhello", NULL},
    {GET, OK CHUNK "5;a=\"b\"\r\nhello\r\n000\r\nT: 1\r\nU: 2\r\n\r\n", NULL},
    {GET, OK CHUNK "0\r\n\r\n", NULL},
    {GET, "HTTP/1.1 204 No Content\r\nA: b\r\n\r\n", NULL},
    {GET, "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
     "HTTP/1.1 204 No Content\r\n\r\n"}, /* RFC 9110, 8.6 */
    {GET, "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", NULL},
    {GET, "HTTP/1.1 304 Not Modified\r\n\r\n", NULL},
    {"HEAD / " HOST "\r\n", OK "Content-Length: 7\r\n\r\n", NULL},
    {"HEAD / " HOST "\r\n", OK CHUNK, NULL},
    {"HEAD / " HOST "\r\n", OK "\r\n", NULL},
    {GET, "HTTP/1.1 404 \r\nContent-Length: 2\r\n\r\nno", NULL},
    {GET, "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
     NULL},
    {GET, "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" YES, NULL},
    {GET, "HTTP/1.1 102 x\r\n\r\nHTTP/1.1 103 y\r\n\r\n" YES, NULL},
    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 y\r\n\r\n" YES,
     OK "Content-Length: 3\r\nConnection: keep-alive\r\n\r\nyes"},
    {POST CHUNK "0\r\n\r\n", YES, NULL},
    {GET, OK "Set-Cookie: a\r\nset-cookie: b\r\nContent-Length: 1\r\n\r\nx",
     NULL},
    {GET, "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx",
     "HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nx"}, /* RFC 9112, 4 */
};

static void answers_end_where_they_should(void **state)
{
    struct lb lb;
    int client, backend;
    char head[1024];

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        wire_send_text(client, answers[i].request);
        wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
        if (strstr(answers[i].request, CHUNK) != NULL)
            wire_expect_text(backend, "0\r\n\r\n");
        wire_send_text(backend, answers[i].answer);
        wire_expect_text(client, answers[i].got != NULL ? answers[i].got
                                                        : answers[i].answer);
        kept_exchange(client, backend);
    }
    kept_close(client, backend);
    lb_stop(&lb);
}

/* Of everything that came so far the client has got everything, if it can be
 * known to be its own. */
static void an_answer_may_come_byte_by_byte(void **state)
{
    static const char answer[] = OK CHUNK "4\r\n0\r\n\r\r\n0\r\nT: 1\r\n\r\n";
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    for (int i = 0; i < 3; i++) {
        wire_send_text(client, GET);
        kept_take(backend, "GET ");
        for (const char *at = answer; *at != '\0'; at++) {
            wire_send(backend, at, 1);
            deadline_pause(deadline_in(1));
        }
        wire_expect_text(client, answer);
    }
    kept_exchange(client, backend);
    kept_close(client, backend);
    lb_stop(&lb);
}

/* ---- requests ----------------------------------------------------------- */

/* The body arrives as it was sent: chunks, extensions and trailers, too. */
static void requests_bodies_pass(void **state)
{
    static const struct {
        const char *framing, *body;
    } bodies[] = {
        {"Content-Length: 5\r\n\r\n", "hello"},
        {CHUNK, "3;x=y\r\nabc\r\n0a\r\n0123456789\r\n0\r\nT: 1\r\n\r\n"},
        {CHUNK, "0\r\n\r\n"},
        {CHUNK, "2\r\n\r\n\r\n0;last\r\n\r\n"},
    };
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    for (int i = 0; i < 8; i++) {
        wire_send_text(client, POST);
        wire_send_text(client, bodies[i / 2].framing);
        if (i % 2) /* the backend is asked before the body is there */
            kept_take(backend, "POST / ");
        wire_send_text(client, bodies[i / 2].body);
        if (i % 2 == 0)
            kept_take(backend, "POST / ");
        wire_expect_text(backend, bodies[i / 2].body);
        wire_send_text(backend, YES);
        wire_expect_text(client, YES);
        kept_exchange(client, backend);
    }
    kept_close(client, backend);
    lb_stop(&lb);
}

/* The client asks whether it should send its body at all. */
static void expect_is_passed_on(void **state)
{
    struct lb lb;
    int client, backend;
    char head[1024];

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    for (int i = 0; i < 2; i++) {
        wire_send_text(client, POST "Content-Length: 3\r\n"
                                    "Expect: 100-continue\r\n\r\n");
        wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
        assert_non_null(strstr(head, "\r\nExpect: 100-continue\r\n"));
        wire_expect_silence(client, 10); /* that is not for us to say */
        wire_send_text(backend, "HTTP/1.1 100 Continue\r\n\r\n");
        wire_expect_text(client, "HTTP/1.1 100 Continue\r\n\r\n");
        wire_send_text(client, "abc");
        wire_expect_text(backend, "abc");
        wire_send_text(backend, YES);
        wire_expect_text(client, YES);
    }
    kept_close(client, backend);
    lb_stop(&lb);
}

/* If it should not, nobody can know whether its next bytes are the body or a
 * request: both connections end (RFC 9110, 10.1.1). */
static void expect_may_be_refused(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    wire_send_text(client, POST "Content-Length: 38\r\n"
                                "Expect: 100-continue\r\n\r\n");
    kept_take(backend, "POST / ");
    wire_send_text(backend, "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
    wire_expect_text(client, "HTTP/1.1 417 No\r\nContent-Length: 0\r\n"
                             "Connection: close\r\n\r\n");
    wire_send_text(client, "GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n");
    wire_expect_end(client);
    wire_expect_gone(backend);
    kept_close(client, backend);
    wire_close(kept_serves(&lb, 0, -1));
    lb_stop(&lb);
}

/* ---- large ones --------------------------------------------------------- */

/* There and back, by length and by chunks, on the same two connections. */
static void seven_mib_there_and_back(void **state)
{
    const size_t len = 7 * MIB; /* with its head it fits into the echo */
    unsigned char *stream = stream_make(len);
    char chunk[16];
    struct http_response r;
    struct lb lb;
    int client;

    (void)state;
    lb_start_real(&lb, 1);
    client = wire_connect(lb.port);
    for (int i = 0; i < 3; i++) {
        if (i % 2 == 0) {
            wire_send_text(client, "POST /echo " HOST
                                   "Content-Length: 7340032\r\n\r\n");
            wire_send(client, stream, len);
        } else {
            wire_send_text(client, "POST /echo " HOST CHUNK);
            for (size_t at = 0, n = 1; at < len; at += n, n = n * 3 + 1) {
                n = n < len - at ? n : len - at;
                snprintf(chunk, sizeof chunk, "%zx\r\n", n);
                wire_send_text(client, chunk);
                wire_send(client, stream + at, n);
                wire_send_text(client, "\r\n");
            }
            wire_send_text(client, "0\r\n\r\n");
        }
        http_receive(client, "POST", &r);
        assert_int_equal(r.status, 200);
        stream_check(r.body + r.body_len - len, 0, len);
        http_response_free(&r);
    }
    lb_expect_statistics(&lb, "\nPool: 3 requests, 1 connections, ");
    wire_close(client);
    lb_stop(&lb);
    free(stream);
}

/* 32 MiB each way at once, to readers that read nothing, then slowly: each sender
 * is stopped, the balancer does not grow, and all of it arrives. */
static void who_reads_slowly_slows_the_sender(void **state)
{
    const size_t len = 32 * MIB, slow = 64 * 1024;
    unsigned char *stream = stream_make(len);
    struct lb lb;
    int client, backend;
    size_t up, down;
    long before;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    before = program_memory_kib(lb.program);
    wire_send_text(client, POST "Content-Length: 33554432\r\n\r\n");
    kept_take(backend, "POST / ");
    up = stream_fill(client, stream, len);
    wire_send_text(backend, OK "Content-Length: 33554432\r\n\r\n");
    down = stream_fill(backend, stream, len);
    assert_true(up < len && down < len);
    stream_receive(backend, 0, slow, 4096);
    stream_receive(backend, slow, up, 65536);
    wire_send(client, stream + up, slow); /* it can go on ... */
    stream_receive(backend, up, up + slow, 4096);
    wire_expect_text(client, OK "Content-Length: 33554432\r\n"
                             "Connection: close\r\n\r\n");
    stream_receive(client, 0, slow, 4096); /* ... and so can the other */
    stream_receive(client, slow, down, 65536);
    wire_send(backend, stream + down, slow);
    stream_receive(client, down, down + slow, 4096);
    assert_true(program_memory_kib(lb.program) - before < 1024); /* 2 blocks */
    kept_close(client, backend);
    lb_expect_statistics(&lb, "active 0,");
    lb_stop(&lb);
    free(stream);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(answers_end_where_they_should),
        fixture_test(an_answer_may_come_byte_by_byte),
        fixture_test(requests_bodies_pass),
        fixture_test(expect_is_passed_on),
        fixture_test(expect_may_be_refused),
        fixture_test(seven_mib_there_and_back),
        fixture_test(who_reads_slowly_slows_the_sender),
    };

    return fixture_run(LB_NAME ": bodies on connections that stay", tests);
}
