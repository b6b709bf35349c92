/* What goes on to the next hop: byte for byte, and what must not. */

#include "failure.h"
#include "fixture.h"
#include "http_error.h"
#include "http_head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST "Host: a\r\n"

static const struct http_field no_fields[1];

static struct http_head head;

/* The head that goes on, as text. */
static const char *forward(const char *text, const struct http_field *set,
                           int count)
{
    static char memory[2 * HTTP_HEAD_MAX];
    struct buffer out;

    if (http_head_parse_request(&head, text, strlen(text)) != HTTP_COMPLETE)
        failure("%s\n  is no complete head: %s", text,
                head.why != NULL ? head.why : "it goes on");
    buffer_init(&out, memory, sizeof memory - 1);
    assert_int_equal(http_head_forward(&head, set, count, &out), 0);
    memory[buffer_size(&out)] = '\0';
    return memory;
}

static const struct {
    const char *in, *out;
} cases[] = {
    {"GET /x?y HTTP/1.1\r\nX: b\r\n" HOST "Y:c\r\n\r\n",
     "GET /x?y HTTP/1.1\r\n" HOST "X: b\r\nY: c\r\n\r\n"},
    /* every line has CRLF, and no white space at the ends of a value */
    {"\r\nGET / HTTP/1.1\nhost: \ta \nX:\n\n",
     "GET / HTTP/1.1\r\n" HOST "X: \r\n\r\n"},
    /* the version stays: the answer is passed on unread */
    {"GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"},
    {"GET / HTTP/1.9\r\n" HOST "\r\n", "GET / HTTP/1.1\r\n" HOST "\r\n"},
    {"GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nHost: \r\n\r\n"},
    /* absolute-form becomes origin-form, and the target's host is the host */
    {"GET http://b:81/x HTTP/1.1\r\n" HOST "\r\n",
     "GET /x HTTP/1.1\r\nHost: b:81\r\n\r\n"},
    {"GET http://b HTTP/1.1\r\n" HOST "\r\n",
     "GET / HTTP/1.1\r\nHost: b\r\n\r\n"},
    {"GET http://b?q HTTP/1.1\r\n" HOST "\r\n",
     "GET /?q HTTP/1.1\r\nHost: b\r\n\r\n"},
    {"GET http://b/x HTTP/1.0\r\n\r\n",
     "GET /x HTTP/1.0\r\nHost: b\r\n\r\n"},
    {"OPTIONS http://b HTTP/1.1\r\n" HOST "\r\n",
     "OPTIONS * HTTP/1.1\r\nHost: b\r\n\r\n"},
    {"OPTIONS http://b/ HTTP/1.1\r\n" HOST "\r\n",
     "OPTIONS / HTTP/1.1\r\nHost: b\r\n\r\n"},
    {"OPTIONS http://b?q HTTP/1.1\r\n" HOST "\r\n",
     "OPTIONS /?q HTTP/1.1\r\nHost: b\r\n\r\n"},
    {"OPTIONS * HTTP/1.1\r\n" HOST "\r\n",
     "OPTIONS * HTTP/1.1\r\n" HOST "\r\n"},
    {"CONNECT b:443 HTTP/1.1\r\n" HOST "\r\n",
     "CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n"},
    /* hop-by-hop fields end here */
    {"GET / HTTP/1.1\r\n" HOST "Connection: close\r\nKeep-Alive: timeout=5\r\n"
     "Proxy-Connection: keep-alive\r\nUpgrade: websocket\r\n"
     "HTTP2-Settings: x\r\nTE: gzip\r\n\r\n",
     "GET / HTTP/1.1\r\n" HOST "\r\n"},
    {"GET / HTTP/1.1\r\n" HOST "TE: Trailers\r\nTE: trailers, gzip\r\n\r\n",
     "GET / HTTP/1.1\r\n" HOST "TE: Trailers\r\n\r\n"},
    /* ... and what Connection names, wherever it stands */
    {"GET / HTTP/1.1\r\n" HOST "X-A: 1\r\nx-b: 2\r\nX-C: 3\r\n"
     "Connection: x-a, close\r\nconnection: , X-B ,\r\nX-A: 4\r\n\r\n",
     "GET / HTTP/1.1\r\n" HOST "X-C: 3\r\n\r\n"},
    {"GET / HTTP/1.1\r\n" HOST "X-Ab: 1\r\nConnection: X-A, X-Abc\r\n\r\n",
     "GET / HTTP/1.1\r\n" HOST "X-Ab: 1\r\n\r\n"},
    /* but never the end of the message, nor for whom it is */
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n"
     "Connection: Content-Length, Host, close\r\n\r\n",
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n"},
    {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n"
     "Connection: transfer-encoding\r\n\r\n",
     "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"},
    /* said twice, passed on once */
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n"
     "Content-Length: 5\r\n\r\n",
     "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n"},
    /* the rest passes as it is */
    {"POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nTrailer: X\r\n"
     "Cookie: a\r\nCookie: b\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n",
     "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nTrailer: X\r\n"
     "Cookie: a\r\nCookie: b\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"},
};

static void writes_what_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(forward(cases[i].in, no_fields, 0), cases[i].out);
}

/* What has gone on once goes on unchanged. */
static void forwarding_twice_is_forwarding_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char once[1024];

        snprintf(once, sizeof once, "%s", forward(cases[i].in, no_fields, 0));
        assert_string_equal(forward(once, no_fields, 0), once);
    }
}

static void sets_replaces_and_takes_away(void **state)
{
    static const struct http_field set[] = {
        {{"Via", 3}, {"1.1 p", 5}},
        {{"Proxy-Authorization", 19}, {NULL, 0}},
        {{"Connection", 10}, {"close", 5}}};

    (void)state;
    assert_string_equal(
        forward("GET http://b/ HTTP/1.1\r\n" HOST "via: 1.0 x\r\n"
                "PROXY-AUTHORIZATION: Basic eDp5\r\n"
                "Authorization: Basic ejp6\r\n"
                "Connection: keep-alive\r\n\r\n", set, 3),
        "GET / HTTP/1.1\r\nHost: b\r\nAuthorization: Basic ejp6\r\n"
        "Via: 1.1 p\r\nConnection: close\r\n\r\n");
    assert_string_equal(forward("GET / HTTP/1.0\r\n\r\n", set, 3),
                        "GET / HTTP/1.0\r\nVia: 1.1 p\r\n"
                        "Connection: close\r\n\r\n");
}

static void says_so_when_it_does_not_fit(void **state)
{
    static const char text[] = "GET / HTTP/1.1\r\n" HOST "X: y\r\n\r\n";

    (void)state;
    assert_int_equal(http_head_parse_request(&head, text, sizeof text - 1),
                     HTTP_COMPLETE);
    for (size_t room = 0; room <= sizeof text; room++) {
        char *memory = malloc(room > 0 ? room : 1);
        struct buffer out;

        assert_non_null(memory);
        buffer_init(&out, memory, room);
        assert_int_equal(http_head_forward(&head, no_fields, 0, &out),
                         room >= sizeof text - 1 ? 0 : -1);
        free(memory); /* a byte too many is AddressSanitizer's to find */
    }
}

/* ---- http_error --------------------------------------------------------- */

static void errors_are_whole_answers(void **state)
{
    static const struct {
        int status;
        const char *body, *length;
    } errors[] = {
        {400, "400 Bad Request\n", "16"},
        {405, "405 Method Not Allowed\n", "23"},
        {408, "408 Request Timeout\n", "20"},
        {414, "414 URI Too Long\n", "17"},
        {431, "431 Request Header Fields Too Large\n", "36"},
        {501, "501 Not Implemented\n", "20"},
        {502, "502 Bad Gateway\n", "16"},
        {503, "503 Service Unavailable\n", "24"},
        {504, "504 Gateway Timeout\n", "20"},
        {505, "505 HTTP Version Not Supported\n", "31"},
        {999, "999 Error\n", "10"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        char got[HTTP_ERROR_MAX], wanted[HTTP_ERROR_MAX];
        size_t len = http_error_format(got, errors[i].status, 0), bare;
        /* the status line says what the body says */
        int n = snprintf(wanted, sizeof wanted,
                         "HTTP/1.1 %.*s\r\nContent-Type: text/plain\r\n"
                         "Content-Length: %s\r\nConnection: close\r\n\r\n%s",
                         (int)strlen(errors[i].body) - 1, errors[i].body,
                         errors[i].length, errors[i].body);

        assert_int_equal(len, n);
        assert_memory_equal(got, wanted, len);
        /* to HEAD: the same head, and no body */
        bare = http_error_format(got, errors[i].status, 1);
        assert_int_equal(bare, len - strlen(errors[i].body));
        assert_memory_equal(got, wanted, bare);
    }
}

static void errors_may_have_more_fields(void **state)
{
    static const char wanted[] =
        "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\n"
        "Content-Length: 22\r\nConnection: close\r\nRetry-After: 7\r\n\r\n"
        "429 Too Many Requests\n";
    char got[HTTP_ERROR_MAX];
    size_t len = http_error_format_with(got, 429, "Retry-After: 7\r\n", 0);

    (void)state;
    assert_int_equal(len, sizeof wanted - 1);
    assert_memory_equal(got, wanted, len);
}

static void the_longest_error_fits(void **state)
{
    char got[HTTP_ERROR_MAX], fields[HTTP_ERROR_FIELDS + 1];

    (void)state;
    memset(fields, 'a', HTTP_ERROR_FIELDS);
    memcpy(fields + HTTP_ERROR_FIELDS - 2, "\r\n", 3);
    for (int status = 100; status < 1000; status++)
        assert_in_range(http_error_format_with(got, status, fields, 0), 1,
                        HTTP_ERROR_MAX - 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(writes_what_the_table_says),
        fixture_test(forwarding_twice_is_forwarding_once),
        fixture_test(sets_replaces_and_takes_away),
        fixture_test(says_so_when_it_does_not_fit),
        fixture_test(errors_are_whole_answers),
        fixture_test(errors_may_have_more_fields),
        fixture_test(the_longest_error_fits),
    };

    return fixture_run("http_forward", tests);
}
