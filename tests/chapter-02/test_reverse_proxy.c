/* reverse_proxy over real sockets. Where the exact bytes matter the test plays
 * the backend itself; else it is the course's test server. */

#include "deadline.h"
#include "fixture.h"
#include "http_client.h"
#include "net.h"
#include "program.h"
#include "wire.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROXY   "chapter-02-simple-proxy/reverse_proxy"
#define BACKEND "backends/simple_http_backend"
#define MUCH    (10u << 20)

#define BAD_GATEWAY                \
    "HTTP/1.1 502 Bad Gateway\r\n" \
    "Content-Type: text/plain\r\n" \
    "Content-Length: 16\r\n"       \
    "Connection: close\r\n\r\n"    \
    "502 Bad Gateway\n"

static struct program *proxy_for(int backend_port)
{
    char where[32];

    snprintf(where, sizeof where, "127.0.0.1:%d", backend_port);
    return program_start(PROXY, "0", where, NULL);
}

/* A proxy, and the listener of a backend that the test plays. */
static struct program *scripted(int *listener)
{
    int port;

    *listener = wire_listen(&port);
    return proxy_for(port);
}

/* Begins to connect to a port of 127.0.0.1; nobody need accept. */
static int start_connecting(int port)
{
    struct net_addresses to;
    int fd;

    assert_int_equal(net_resolve("127.0.0.1", port, &to), 0);
    fd = net_connect_start(&to.at[0]);
    assert_true(fd >= 0);
    return fd;
}

/* ---- one exchange, byte for byte ---------------------------------------- */

static void passes_a_request_on_and_the_answer_back(void **state)
{
    int listener, client, backend;
    struct program *p = scripted(&listener);

    (void)state;
    client = wire_connect(program_port(p));
    wire_send_text(client, "GET /x?y HTTP/1.1\r\nHost: example.com\r\n"
                           "Connection: keep-alive, X-Drop\r\nX-Drop: 1\r\n"
                           "Proxy-Connection: keep-alive\r\n"
                           "Accept: */*\r\n\r\n");
    backend = wire_accept(listener);
    wire_expect_text(backend, "GET /x?y HTTP/1.1\r\nHost: example.com\r\n"
                              "Accept: */*\r\nConnection: close\r\n\r\n");
    /* The answer passes unread, whatever it is. */
    wire_send_text(backend, "HTTP/1.1 418 Teapot\r\nX: \x01\r\n\r\nshort");
    wire_close(backend);
    wire_expect_text(client, "HTTP/1.1 418 Teapot\r\nX: \x01\r\n\r\nshort");
    wire_expect_end(client);
    wire_close(client);
    wire_close(listener);
    program_stop(p);
}

/* The trap: what came in the same segment as the head is not read again. */
static void bytes_behind_the_head_are_not_lost(void **state)
{
    int listener, client, backend;
    struct program *p = scripted(&listener);

    (void)state;
    client = wire_connect(program_port(p));
    wire_send_text(client, "POST / HTTP/1.1\r\nHost: a\r\n"
                           "Content-Length: 10\r\n\r\nfirst");
    backend = wire_accept(listener);
    wire_expect_text(backend, "POST / HTTP/1.1\r\nHost: a\r\n"
                              "Content-Length: 10\r\n"
                              "Connection: close\r\n\r\nfirst");
    wire_send_text(client, " half");
    wire_expect_text(backend, " half");
    wire_send_text(backend, "HTTP/1.1 204 No Content\r\n\r\n");
    wire_close(backend);
    wire_expect_text(client, "HTTP/1.1 204 No Content\r\n\r\n");
    wire_expect_end(client);
    wire_close(client);
    wire_close(listener);
    program_stop(p);
}

/* The second of two pipelined requests goes on unread, behind the first one's
 * Connection: close. The client gets one answer and the end of the stream. */
static void one_request_a_connection(void **state)
{
    int listener, client, backend;
    struct program *p = scripted(&listener);

    (void)state;
    client = wire_connect(program_port(p));
    wire_send_text(client, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
                           "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    backend = wire_accept(listener);
    wire_expect_text(backend,
                     "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                     "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_send_text(backend, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
    wire_close(backend);
    wire_expect_text(client, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
    wire_expect_end(client);
    wire_close(client);
    wire_close(listener);
    program_stop(p);
}

static void a_client_that_half_closes_gets_its_answer(void **state)
{
    int listener, client, backend;
    struct program *p = scripted(&listener);
    char head[256];

    (void)state;
    client = wire_connect(program_port(p));
    wire_send_text(client, "GET / HTTP/1.0\r\n\r\n");
    wire_shut(client); /* as `nc -N` does */
    backend = wire_accept(listener);
    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    wire_expect_end(backend);
    wire_send_text(backend, "HTTP/1.0 200 OK\r\n\r\nlate");
    wire_close(backend);
    wire_expect_text(client, "HTTP/1.0 200 OK\r\n\r\nlate");
    wire_expect_end(client);
    wire_close(client);
    wire_close(listener);
    program_stop(p);
}

static void a_continue_passes_before_the_body(void **state)
{
    int listener, client, backend;
    struct program *p = scripted(&listener);
    char head[256];

    (void)state;
    client = wire_connect(program_port(p));
    wire_send_text(client, "POST / HTTP/1.1\r\nHost: a\r\n"
                           "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    backend = wire_accept(listener);
    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    assert_non_null(strstr(head, "\r\nExpect: 100-continue\r\n"));
    wire_send_text(backend, "HTTP/1.1 100 Continue\r\n\r\n");
    wire_expect_text(client, "HTTP/1.1 100 Continue\r\n\r\n");
    wire_send_text(client, "body");
    wire_expect_text(backend, "body");
    wire_send_text(backend, "HTTP/1.1 204 No Content\r\n\r\n");
    wire_close(backend);
    wire_expect_text(client, "HTTP/1.1 204 No Content\r\n\r\n");
    wire_expect_end(client);
    wire_close(client);
    wire_close(listener);
    program_stop(p);
}

/* ---- a real backend ----------------------------------------------------- */

static void methods_and_statuses_pass(void **state)
{
    static const struct {
        const char *method, *target, *body;
        int status;
        const char *answer;
    } cases[] = {
        {"GET", "/", NULL, 200, "Hello from b1\n"},
        {"HEAD", "/", NULL, 200, ""},
        {"POST", "/", "some body", 200, "Hello from b1\n"},
        {"GET", "/status/404", NULL, 404, NULL},
        {"GET", "/status/503", NULL, 503, NULL},
        {"GET", "/status/204", NULL, 204, ""},
        {"GET", "/bytes/0", NULL, 200, ""},
    };
    struct program *b = program_start(BACKEND, "0", "b1", NULL);
    struct program *p = proxy_for(program_port(b));

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *body = cases[i].body;
        struct http_response r;

        http_request(program_port(p), cases[i].method, cases[i].target, "",
                     body, body != NULL ? strlen(body) : 0, &r);
        assert_int_equal(r.status, cases[i].status);
        assert_string_equal(http_field(&r, "X-Backend"), "b1");
        if (cases[i].answer != NULL)
            assert_string_equal(r.body, cases[i].answer);
        http_response_free(&r);
    }
    program_stop(p);
    program_stop(b);
}

static void ten_mib_down(void **state)
{
    struct program *b = program_start(BACKEND, "0", "b1", NULL);
    struct program *p = proxy_for(program_port(b));
    struct http_response direct, through;

    (void)state;
    http_get(program_port(b), "/bytes/10485760", &direct);
    http_get(program_port(p), "/bytes/10485760", &through);
    assert_int_equal(through.body_len, MUCH);
    assert_memory_equal(through.body, direct.body, MUCH);
    http_response_free(&through);
    http_get(program_port(p), "/chunked/10485760", &through);
    assert_true(through.chunked);
    assert_int_equal(through.body_len, MUCH);
    assert_memory_equal(through.body, direct.body, MUCH);
    http_response_free(&through);
    http_response_free(&direct);
    program_stop(p);
    program_stop(b);
}

static void ten_mib_up(void **state)
{
    int listener, client, backend;
    struct program *p = scripted(&listener);
    char *body = malloc(MUCH), head[256], chunk[65536];
    size_t sent = 0, received = 0;

    (void)state;
    assert_non_null(body);
    for (size_t i = 0; i < MUCH; i++)
        body[i] = (char)(i * 31 + i / 997);
    client = wire_connect(program_port(p));
    wire_send_text(client, "POST / HTTP/1.1\r\nHost: a\r\n"
                           "Content-Length: 10485760\r\n\r\n");
    backend = wire_accept(listener);
    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    while (received < MUCH) {
        size_t n;

        sent += wire_send_some(client, body + sent, MUCH - sent);
        n = sent - received < sizeof chunk ? sent - received : sizeof chunk;
        wire_receive(backend, chunk, n);
        assert_memory_equal(chunk, body + received, n);
        received += n;
    }
    free(body);
    wire_close(backend);
    wire_close(client);
    wire_close(listener);
    program_expect(p, "502: the backend closed without an answer");
    program_stop(p);
}

static void a_chunked_body_passes_as_it_is(void **state)
{
    static const char chunks[] = "5\r\nhello\r\n6;x=y\r\n world\r\n"
                                 "0\r\nTrailer: z\r\n\r\n";
    struct program *b = program_start(BACKEND, "0", "b1", NULL);
    struct program *p = proxy_for(program_port(b));
    struct http_response r;

    (void)state;
    http_request(program_port(p), "POST", "/echo",
                 "Transfer-Encoding: chunked\r\n", chunks, sizeof chunks - 1,
                 &r);
    assert_int_equal(r.status, 200);
    assert_non_null(strstr(r.body, "\r\nTransfer-Encoding: chunked\r\n"));
    assert_non_null(strstr(r.body, "hello"));
    assert_non_null(strstr(r.body, " world"));
    http_response_free(&r);
    program_stop(p);
    program_stop(b);
}

/* ---- refusals ----------------------------------------------------------- */

static void answers_bad_requests_itself(void **state)
{
    static const struct {
        const char *request, *status, *length, *logged;
    } cases[] = {
        {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request", "16", ": 400: no Host"},
        {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
         "Transfer-Encoding: chunked\r\n\r\n", "400 Bad Request", "16",
         ": 400: both Content-Length and Transfer-Encoding"},
        {"\x16\x03\x01\x02\x00", "400 Bad Request", "16", ": 400: control"},
        {"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
         "405 Method Not Allowed", "23", ": 405: CONNECT is for forward"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
         "501 Not Implemented", "20", ": 501: unknown transfer coding"},
        {"GET / HTTP/2.0\r\n\r\n", "505 HTTP Version Not Supported", "31",
         ": 505: HTTP version"},
    };
    int listener;
    struct program *p = scripted(&listener);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int client = wire_connect(program_port(p));
        char wanted[512];

        snprintf(wanted, sizeof wanted,
                 "HTTP/1.1 %s\r\nContent-Type: text/plain\r\n"
                 "Content-Length: %s\r\nConnection: close\r\n\r\n%s\n",
                 cases[i].status, cases[i].length, cases[i].status);
        wire_send_text(client, cases[i].request);
        wire_expect_text(client, wanted);
        wire_expect_end(client);
        wire_close(client);
        program_expect(p, cases[i].logged);
    }
    wire_accept_nobody(listener, 0); /* the backend never heard of them */
    wire_close(listener);
    program_stop(p);
}

static void too_long_a_head_is_refused_at_16_kib(void **state)
{
    static char line[20000];
    int listener, client;
    struct program *p = scripted(&listener);

    (void)state;
    memset(line, 'x', sizeof line);
    memcpy(line, "GET /", 5);
    client = wire_connect(program_port(p));
    wire_send(client, line, sizeof line); /* and no end of line */
    wire_expect_text(client, "HTTP/1.1 414 URI Too Long\r\n");
    wire_expect_gone(client);
    wire_close(client);
    memcpy(line, "GET / HTTP/1.1\r\nHost: a\r\nX: ", 28);
    client = wire_connect(program_port(p));
    wire_send(client, line, sizeof line);
    wire_expect_text(client, "HTTP/1.1 431 Request Header Fields Too Large");
    wire_expect_gone(client);
    wire_close(client);
    wire_close(listener);
    program_stop(p);
}

static void a_refusing_backend_is_a_502(void **state)
{
    int client, port, listener = wire_listen(&port);
    struct program *p;

    (void)state;
    close(listener); /* nobody listens there now */
    p = proxy_for(port);
    client = wire_connect(program_port(p));
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_expect_text(client, BAD_GATEWAY);
    wire_expect_end(client);
    wire_close(client);
    program_expect(p, ": 502: connect to the backend: Connection refused\n");
    program_stop(p);
}

/* The trap: the backend's end of stream is passed on to the client, and our own
 * answer can no longer be sent. */
static void a_backend_that_says_nothing_is_a_502(void **state)
{
    int listener;
    struct program *p = scripted(&listener);

    (void)state;
    for (int reset = 0; reset < 2; reset++) {
        int client = wire_connect(program_port(p)), backend;
        char head[256];

        wire_send_text(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        backend = wire_accept(listener);
        wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
        if (reset)
            wire_reset(backend);
        else
            wire_close(backend);
        wire_expect_text(client, BAD_GATEWAY);
        wire_expect_end(client);
        wire_close(client);
        program_expect(p, ": 502: the backend closed without an answer\n");
    }
    wire_close(listener);
    program_stop(p);
}

/* A backend that does not even take the connection: the queue of its listener
 * is full, and Linux drops what comes. */
static void a_backend_that_does_not_connect_is_a_504(void **state)
{
    int port, listener = wire_listen_backlog(&port, 0), client, fill[2];
    struct program *p = proxy_for(port);

    (void)state;
#if !defined(__linux__)
    skip();
#endif
    for (int i = 0; i < 2; i++)
        fill[i] = start_connecting(port);
    client = wire_connect(program_port(p));
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(deadline_poll(client, POLLIN, deadline_in(15000)));
    wire_expect_text(client, "HTTP/1.1 504 Gateway Timeout\r\n"
                             "Content-Type: text/plain\r\n"
                             "Content-Length: 20\r\n"
                             "Connection: close\r\n\r\n"
                             "504 Gateway Timeout\n");
    wire_expect_end(client);
    wire_close(client);
    for (int i = 0; i < 2; i++)
        close(fill[i]);
    wire_close(listener);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(passes_a_request_on_and_the_answer_back),
        fixture_test(bytes_behind_the_head_are_not_lost),
        fixture_test(one_request_a_connection),
        fixture_test(a_client_that_half_closes_gets_its_answer),
        fixture_test(a_continue_passes_before_the_body),
        fixture_test(methods_and_statuses_pass),
        fixture_test(ten_mib_down),
        fixture_test(ten_mib_up),
        fixture_test(a_chunked_body_passes_as_it_is),
        fixture_test(answers_bad_requests_itself),
        fixture_test(too_long_a_head_is_refused_at_16_kib),
        fixture_test(a_refusing_backend_is_a_502),
        fixture_test(a_backend_that_says_nothing_is_a_502),
        fixture_test(a_backend_that_does_not_connect_is_a_504),
    };

    return fixture_run("reverse_proxy", tests);
}
