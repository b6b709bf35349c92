/* LB_NAME: what becomes of a request's head: what the backend is told, byte
 * by byte, and what is refused before any backend hears of it. */
#include "fixture.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID "X-Request-ID: id-1\r\n"

/* What the backend is asked to do with the connection: to keep it, which goes
 * without saying in HTTP/1.1, or not. */
#ifdef LB_KEEPS
#define PLEA    ""
#define PLEA_10 "Connection: keep-alive\r\n"
#else
#define PLEA    "Connection: close\r\n"
#define PLEA_10 PLEA
#endif

/* What is added for a client on 127.0.0.1 that asked for this host. */
#define ADDED_FOR(list, host, plea)                                  \
    "X-Forwarded-For: " list "\r\n"                                  \
    "X-Forwarded-Proto: http\r\n"                                    \
    "X-Forwarded-Host: " host "\r\n"                                 \
    "X-Real-IP: 127.0.0.1\r\n" ID plea "\r\n"
#define ADDED ADDED_FOR("127.0.0.1", "h", PLEA)

/* Sends a request and returns its client; the backend's end is in *backend and
 * what it got in `head`. */
static int pass(struct lb *lb, const char *request, int *backend, char *head,
                size_t size)
{
    int client = wire_connect(lb->port);

    wire_send_text(client, request);
    *backend = lb_take(lb, 0, head, size);
    return client;
}

static void finish(int client, int backend)
{
    struct http_response r;

    wire_send_text(backend, LB_ANSWER);
    wire_close(backend);
    http_receive(client, "GET", &r);
    assert_string_equal(r.body, "yes");
    http_response_free(&r);
    wire_close(client);
}

/* ---- what the backend is told ------------------------------------------- */

static const struct {
    const char *what, *request, *told;
} heads[] = {
    {"nothing but what is needed",
     "GET / HTTP/1.1\r\nHost: h\r\n" ID "\r\n",
     "GET / HTTP/1.1\r\nHost: h\r\n" ADDED},
    {"order, case and white space inside of values",
     "GET /a/../b?c=%20d HTTP/1.1\r\nuser-AGENT:\t a  b \r\n" ID
     "Host: h\r\nCookie: x=1; y=2\r\nCookie: z=3\r\nEmpty:\r\n\r\n",
     "GET /a/../b?c=%20d HTTP/1.1\r\nHost: h\r\nuser-AGENT: a  b\r\n"
     "Cookie: x=1; y=2\r\nCookie: z=3\r\nEmpty: \r\n" ADDED},
    {"a host with a port",
     "GET / HTTP/1.1\r\nHost: example.com:8080\r\n" ID "\r\n",
     "GET / HTTP/1.1\r\nHost: example.com:8080\r\n"
     ADDED_FOR("127.0.0.1", "example.com:8080", PLEA)},
    {"the client's list grows, its other claims are replaced",
     "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 10.0.0.1\r\n" ID
     "X-Real-IP: 10.0.0.9\r\nX-Forwarded-Proto: https\r\n"
     "X-Forwarded-Host: bank\r\n\r\n",
     "GET / HTTP/1.1\r\nHost: h\r\n"
     ADDED_FOR("10.0.0.1, 127.0.0.1", "h", PLEA)},
    {"several lists become one",
     "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: a, b\r\n" ID
     "x-forwarded-for: \r\nX-FORWARDED-FOR: c\r\n\r\n",
     "GET / HTTP/1.1\r\nHost: h\r\n"
     ADDED_FOR("a, b, c, 127.0.0.1", "h", PLEA)},
    {"hop-by-hop fields, and those that Connection names",
     "GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Secret, close\r\n"
     "Secret: 1\r\nKeep-Alive: 300\r\nProxy-Connection: keep-alive\r\n"
     "TE: gzip\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQA\r\n"
     "Accept: a/b\r\n" ID "\r\n",
     "GET / HTTP/1.1\r\nHost: h\r\nAccept: a/b\r\n" ADDED},
    {"Connection cannot take away what frames or addresses a message",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n"
     "Connection: Host, Content-Length, X-Forwarded-For\r\n" ID "\r\n",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n" ADDED},
    {"TE: trailers is passed on",
     "GET / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\n" ID "\r\n",
     "GET / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\n" ADDED},
    {"the target of a proxy becomes a path, and its host counts",
     "GET http://other:81/x?y HTTP/1.1\r\nHost: h\r\n" ID "\r\n",
     "GET /x?y HTTP/1.1\r\nHost: other:81\r\n"
     ADDED_FOR("127.0.0.1", "other:81", PLEA)},
    {"an empty path is /",
     "GET http://h HTTP/1.1\r\nHost: h\r\n" ID "\r\n",
     "GET / HTTP/1.1\r\nHost: h\r\n" ADDED},
    {"OPTIONS *",
     "OPTIONS * HTTP/1.1\r\nHost: h\r\n" ID "\r\n",
     "OPTIONS * HTTP/1.1\r\nHost: h\r\n" ADDED},
    {"a method that nobody knows",
     "BREW /pot HTTP/1.1\r\nHost: h\r\n" ID "\r\n",
     "BREW /pot HTTP/1.1\r\nHost: h\r\n" ADDED},
    {"HTTP/1.0 stays HTTP/1.0",
     "GET / HTTP/1.0\r\nHost: h\r\n" ID "\r\n",
     "GET / HTTP/1.0\r\nHost: h\r\n" ADDED_FOR("127.0.0.1", "h", PLEA_10)},
    {"a later minor version is ours",
     "GET / HTTP/1.9\r\nHost: h\r\n" ID "\r\n",
     "GET / HTTP/1.1\r\nHost: h\r\n" ADDED},
    {"lines typed at nc end in LF alone",
     "GET / HTTP/1.1\nHost: h\n" ID "\n",
     "GET / HTTP/1.1\r\nHost: h\r\n" ADDED},
    {"an empty line before the request",
     "\r\nGET / HTTP/1.1\r\nHost: h\r\n" ID "\r\n",
     "GET / HTTP/1.1\r\nHost: h\r\n" ADDED},
    {"the same length twice is said once",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n"
     "Content-Length: 0\r\n" ID "\r\n",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n" ADDED},
};

static void backend_is_told_exactly_this(void **state)
{
    struct lb lb;
    char got[32768];
    int backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        int client = pass(&lb, heads[i].request, &backend, got, sizeof got);

        if (strcmp(got, heads[i].told) != 0) {
            print_message("%s:\n", heads[i].what);
            assert_string_equal(got, heads[i].told);
        }
        finish(client, backend);
    }
    lb_stop(&lb);
}

/* Up to its end in any number of pieces. */
static void a_head_may_come_in_pieces(void **state)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\n" ID "\r\n";
    struct lb lb;
    char got[1024];

    (void)state;
    lb_start_scripted(&lb, 1);
    for (size_t cut = 1; cut < sizeof request - 1; cut += 3) {
        int client = wire_connect(lb.port), backend;

        wire_send(client, request, cut);
        wire_expect_silence(client, 2);
        wire_send_text(client, request + cut);
        backend = lb_take(&lb, 0, got, sizeof got);
        assert_string_equal(got, "GET / HTTP/1.1\r\nHost: h\r\n" ADDED);
        finish(client, backend);
    }
    lb_stop(&lb);
}

/* A client over IPv6 is written as IPv6. */
static void an_ipv6_client_is_named(void **state)
{
    struct lb lb;
    char got[1024];
    int client, backend;

    (void)state;
    if (!wire_have_ipv6())
        skip();
    lb_start_scripted(&lb, 1);
    client = wire_connect6(lb.port);
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: h\r\n" ID "\r\n");
    backend = lb_take(&lb, 0, got, sizeof got);
    assert_non_null(strstr(got, "\r\nX-Forwarded-For: ::1\r\n"));
    assert_non_null(strstr(got, "\r\nX-Real-IP: ::1\r\n"));
    finish(client, backend);
    lb_stop(&lb);
}

/* Of the longest head that is accepted not a byte is lost, and there is room
 * for all that is added to it. */
static void the_longest_head_passes(void **state)
{
    static const char begin[] = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
    struct lb lb;
    char *head = malloc(16385), *got = malloc(32768);
    size_t left = 16384 - sizeof begin + 1 - 4;
    int client, backend;

    (void)state;
    assert_non_null(head);
    assert_non_null(got);
    lb_start_scripted(&lb, 1);
    memset(head, 'a', 16384);
    memcpy(head, begin, sizeof begin - 1);
    memcpy(head + 16380, "\r\n\r\n", 5);
    client = pass(&lb, head, &backend, got, 32768);
    assert_int_equal(strspn(strstr(got, "\r\nA: ") + 5, "a"), left);
    assert_non_null(strstr(got, "\r\nX-Real-IP: 127.0.0.1\r\n"));
    finish(client, backend);
    free(head);
    free(got);
    lb_stop(&lb);
}

/* ---- X-Request-ID ------------------------------------------------------- */

/* The value that the backend got for this request's X-Request-ID. */
static void id_for(struct lb *lb, const char *field, char id[256])
{
    static const char name[] = "\r\nX-Request-ID: ";
    char request[1024], got[2048], *at;
    int client, backend;

    snprintf(request, sizeof request,
             "GET / HTTP/1.1\r\nHost: h\r\n%s\r\n", field);
    client = pass(lb, request, &backend, got, sizeof got);
    at = strstr(got, name);
    assert_non_null(at);
    at += sizeof name - 1;
    assert_null(strstr(at, name)); /* only one */
    snprintf(id, 256, "%.*s", (int)strcspn(at, "\r\n"), at);
    finish(client, backend);
}

static void a_sane_id_is_kept(void **state)
{
    char field[300], longest[129], id[256];
    struct lb lb;

    (void)state;
    memset(longest, 'x', 128);
    longest[128] = '\0';
    lb_start_scripted(&lb, 1);
    id_for(&lb, "X-Request-ID: 0-aZ9_.:+/=@\r\n", id);
    assert_string_equal(id, "0-aZ9_.:+/=@");
    snprintf(field, sizeof field, "x-request-id: %s\r\n", longest);
    id_for(&lb, field, id);
    assert_string_equal(id, longest);
    lb_stop(&lb);
}

/* What could not be written into a log, or would be a book there, is replaced
 * by what is made for requests without one: unique. */
static void another_id_is_made(void **state)
{
    static const char *const insane[] = {
        "", "X-Request-ID:\r\n", "X-Request-ID: a b\r\n",
        "X-Request-ID: a\"b\r\n", "X-Request-ID: \xc3\xa9\r\n",
        "X-Request-ID: a;b\r\n",
    };
    enum { COUNT = sizeof insane / sizeof *insane };
    char ids[COUNT + 1][256], field[300];
    struct lb lb;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (int i = 0; i < COUNT; i++)
        id_for(&lb, insane[i], ids[i]);
    snprintf(field, sizeof field, "X-Request-ID: %0129d\r\n", 1);
    id_for(&lb, field, ids[COUNT]);
    for (int i = 0; i <= COUNT; i++) {
        assert_int_equal(strlen(ids[i]), 32);
        assert_int_equal(strspn(ids[i], "0123456789abcdef"), 32);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(ids[i], ids[j]);
    }
    lb_stop(&lb);
}

/* ---- one request in is one request out ---------------------------------- */

#ifndef LB_KEEPS /* what follows is served, too: test_pooled_lb_kept.c */

/* All that the backend gets of a connection is this request's, whatever comes
 * behind it, at once or later. */
static void expect_backend_gets(struct lb *lb, const char *request,
                                const char *later, const char *body)
{
    char got[4096];
    int client, backend;

    client = pass(lb, request, &backend, got, sizeof got);
    if (later != NULL)
        wire_send_text(client, later);
    if (*body != '\0')
        wire_expect_text(backend, body);
    wire_expect_silence(backend, 30);
    wire_send_text(backend, LB_ANSWER);
    wire_expect_silence(backend, 5);
    wire_close(backend);
    wire_expect_text(client, LB_ANSWER);
    wire_expect_end(client);
    wire_close(client);
}

#define SECOND "GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n"

static void a_second_request_is_not_passed_on(void **state)
{
    static const char get[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    static const char post[] =
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n";
    struct lb lb;
    char got[4096];
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    expect_backend_gets(&lb, "GET / HTTP/1.1\r\nHost: h\r\n\r\n" SECOND, NULL,
                        "");
    expect_backend_gets(&lb, get, SECOND, "");
    expect_backend_gets(&lb, post, "abc" SECOND, "abc");
    expect_backend_gets(&lb, post, "abc", "abc");
    expect_backend_gets(&lb,
                        "POST / HTTP/1.1\r\nHost: h\r\n"
                        "Content-Length: 3\r\n\r\nabc" SECOND,
                        SECOND, "abc");
    expect_backend_gets(&lb,
                        "POST / HTTP/1.1\r\nHost: h\r\n"
                        "Content-Length: 3\r\n\r\na",
                        "bc" SECOND, "abc");
    expect_backend_gets(&lb, /* a GET may have a body, too */
                        "GET / HTTP/1.1\r\nHost: h\r\n"
                        "Content-Length: 3\r\n\r\nabc" SECOND,
                        NULL, "abc");
    client = pass(&lb, get, &backend, got, sizeof got);
    assert_memory_equal(got, "GET / HTTP", 10); /* not the smuggled one */
    finish(client, backend);
    lb_stop(&lb);
}
#endif

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(backend_is_told_exactly_this),
        fixture_test(a_head_may_come_in_pieces),
        fixture_test(an_ipv6_client_is_named),
        fixture_test(a_sane_id_is_kept),
        fixture_test(another_id_is_made),
        fixture_test(the_longest_head_passes),
#ifndef LB_KEEPS
        fixture_test(a_second_request_is_not_passed_on),
#endif
    };

    return fixture_run(LB_NAME ": requests", tests);
}
