/* The parser, as tables: what it takes apart and what it refuses. How it takes
 * bytes that come in pieces is in test_http_head_pieces.c. */

#include "failure.h"
#include "fixture.h"
#include "http_head.h"

#include <string.h>

#define HOST "Host: a\r\n"
#define END  "\r\n"
#define GET  "GET / HTTP/1.1\r\n" HOST

static struct http_head head;

static enum http_verdict parse(const char *text)
{
    size_t len = strlen(text);
    char *at = guard_copy(text, len);
    enum http_verdict verdict = http_head_parse_request(&head, at, len);

    guard_free(at, len); /* the slices are only compared by length after this */
    return verdict;
}

/* ---- refusals ----------------------------------------------------------- */

static const struct refusal {
    const char *text;
    int status;
    const char *why;
} refusals[] = {
    /* the request line */
    {"GET\r\n" HOST END, 400, "malformed request line"},
    {"GET /\r\n" HOST END, 400, "malformed request line"}, /* HTTP/0.9 */
    {"GET / \r\n" HOST END, 400, "malformed HTTP version"},
    {" GET / HTTP/1.1\r\n" HOST END, 400, "malformed method"},
    {"GET  / HTTP/1.1\r\n" HOST END, 400, "malformed request target"},
    {"GET /  HTTP/1.1\r\n" HOST END, 400, "malformed HTTP version"},
    {"GET / HTTP/1.1 \r\n" HOST END, 400, "malformed HTTP version"},
    {"GET /a b HTTP/1.1\r\n" HOST END, 400, "malformed HTTP version"},
    {"GET\t/\tHTTP/1.1\r\n" HOST END, 400, "malformed request line"},
    {"G@T / HTTP/1.1\r\n" HOST END, 400, "malformed method"},
    {"G\xc3\x84T / HTTP/1.1\r\n" HOST END, 400, "malformed method"},
    {"GET /#f HTTP/1.1\r\n" HOST END, 400, "malformed request target"},
    {"GET /\xc3\xa4 HTTP/1.1\r\n" HOST END, 400, "malformed request target"},
    {"GET /\t HTTP/1.1\r\n" HOST END, 400, "malformed request target"},
    {"GET / HTTP/1\r\n" HOST END, 400, "malformed HTTP version"},
    {"GET / HTTP/1.10\r\n" HOST END, 400, "malformed HTTP version"},
    {"GET / HTTP/1,1\r\n" HOST END, 400, "malformed HTTP version"},
    {"GET / HTTP/x.1\r\n" HOST END, 400, "malformed HTTP version"},
    {"GET / HTTP/1.x\r\n" HOST END, 400, "malformed HTTP version"},
    {"GET / http/1.1\r\n" HOST END, 400, "malformed HTTP version"},
    {"GET / ICAP/1.0\r\n" HOST END, 400, "malformed HTTP version"},
    {"GET / HTTP/0.9\r\n" HOST END, 505, "HTTP version other than 1.x"},
    {"GET / HTTP/2.0\r\n" HOST END, 505, "HTTP version other than 1.x"},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP version other than 1.x"},
    /* the target */
    {"GET index.html HTTP/1.1\r\n" HOST END, 400,
     "request target of no known form"},
    {"GET a:80 HTTP/1.1\r\n" HOST END, 400, "request target of no known form"},
    {"GET http:/a HTTP/1.1\r\n" HOST END, 400,
     "request target of no known form"},
    {"GET http: HTTP/1.1\r\n" HOST END, 400, "request target of no known form"},
    {"GET ftp://a/ HTTP/1.1\r\n" HOST END, 400,
     "request target with an unknown scheme"},
    {"GET ://a/ HTTP/1.1\r\n" HOST END, 400,
     "request target with an unknown scheme"},
    {"GET http:/// HTTP/1.1\r\n" HOST END, 400,
     "request target without a host"},
    {"GET http://?q HTTP/1.1\r\n" HOST END, 400,
     "request target without a host"},
    {"GET http://a:b/ HTTP/1.1\r\n" HOST END, 400,
     "request target with a malformed host"},
    {"GET http://u:p@a/ HTTP/1.1\r\n" HOST END, 400,
     "request target with a malformed host"},
    {"GET http://[::1/ HTTP/1.1\r\n" HOST END, 400,
     "request target with a malformed host"},
    {"GET * HTTP/1.1\r\n" HOST END, 400,
     "target * with a method other than OPTIONS"},
    {"CONNECT a HTTP/1.1\r\n" HOST END, 400,
     "request target with a malformed host"},
    {"CONNECT a: HTTP/1.1\r\n" HOST END, 400,
     "request target with a malformed host"},
    {"CONNECT / HTTP/1.1\r\n" HOST END, 400,
     "request target with a malformed host"},
    {"CONNECT http://a:80/ HTTP/1.1\r\n" HOST END, 400,
     "request target with a malformed host"},
    /* Once a parser looked for the colon anywhere behind CONNECT, and found the
     * one of the next line. */
    {"CONNECT a HTTP/1.1\r\nHost: a:443\r\n" END, 400,
     "request target with a malformed host"},
    /* Host */
    {"GET / HTTP/1.1\r\n" END, 400, "no Host"},
    {"GET http://a/ HTTP/1.1\r\n" END, 400, "no Host"},
    {"CONNECT a:80 HTTP/1.1\r\n" END, 400, "no Host"},
    {GET HOST END, 400, "more than one Host"},
    {GET "Host: b\r\n" END, 400, "more than one Host"},
    {GET "hOST:\r\n" END, 400, "more than one Host"},
    {"GET / HTTP/1.0\r\n" HOST HOST END, 400, "more than one Host"},
    {"GET / HTTP/1.1\r\nHost: a b\r\n" END, 400, "malformed Host"},
    {"GET / HTTP/1.1\r\nHost: a/b\r\n" END, 400, "malformed Host"},
    {"GET / HTTP/1.1\r\nHost: a:80x\r\n" END, 400, "malformed Host"},
    {"GET / HTTP/1.1\r\nHost: u@a\r\n" END, 400, "malformed Host"},
    {"GET / HTTP/1.1\r\nHost: ::1\r\n" END, 400, "malformed Host"},
    {"GET / HTTP/1.0\r\nHost: a b\r\n" END, 400, "malformed Host"},
    {"GET http://a/ HTTP/1.1\r\nHost: a b\r\n" END, 400, "malformed Host"},
    {"CONNECT a:80 HTTP/1.1\r\nHost: a b\r\n" END, 400, "malformed Host"},
    /* field lines */
    {GET "X : y\r\n" END, 400, "malformed field name"},
    {GET "Content-Length : 5\r\n" END, 400, "malformed field name"},
    {GET "X\t: y\r\n" END, 400, "malformed field name"},
    {GET ": y\r\n" END, 400, "malformed field name"},
    {GET "X(y): z\r\n" END, 400, "malformed field name"},
    {GET "X\xc3\xa4: y\r\n" END, 400, "malformed field name"},
    {GET "X y\r\n" END, 400, "field line without a colon"},
    {GET "X: y\r\n  z\r\n" END, 400, "folded field line"},
    {GET "X: y\r\n\tz: a\r\n" END, 400, "folded field line"},
    {GET " \r\n" END, 400, "folded field line"},
    {"GET / HTTP/1.1\r\n " HOST END, 400, "folded field line"},
    /* bytes that no line may hold */
    {GET "X: a\rb\r\n" END, 400, "control character or bare CR in the head"},
    {GET "X: a\r\r\n" END, 400, "control character or bare CR in the head"},
    {GET "\r\r\n", 400, "control character or bare CR in the head"},
    {GET "X: a\x01\r\n" END, 400, "control character or bare CR in the head"},
    {GET "X: a\x7f\r\n" END, 400, "control character or bare CR in the head"},
    {GET "X: a\x0b" END, 400, "control character or bare CR in the head"},
    {"GET /\r HTTP/1.1\r\n", 400, "control character or bare CR in the head"},
    {"\r\rGET / HTTP/1.1\r\n", 400, "control character or bare CR in the head"},
    {"\x16\x03\x01\x02", 400, "control character or bare CR in the head"},
    /* where the message ends */
    {GET "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" END, 400,
     "both Content-Length and Transfer-Encoding"},
    {GET "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" END, 400,
     "both Content-Length and Transfer-Encoding"},
    {GET "Content-Length: 5\r\nContent-Length: 6\r\n" END, 400,
     "differing Content-Length"},
    {GET "Content-Length: 5, 5\r\n" END, 400, "malformed Content-Length"},
    {GET "Content-Length: +5\r\n" END, 400, "malformed Content-Length"},
    {GET "Content-Length: -5\r\n" END, 400, "malformed Content-Length"},
    {GET "Content-Length: 5x\r\n" END, 400, "malformed Content-Length"},
    {GET "Content-Length: 0x5\r\n" END, 400, "malformed Content-Length"},
    {GET "Content-Length: 5 5\r\n" END, 400, "malformed Content-Length"},
    {GET "Content-Length:\r\n" END, 400, "malformed Content-Length"},
    {GET "Content-Length: 9223372036854775808\r\n" END, 400,
     "malformed Content-Length"},
    {GET "Transfer-Encoding:\r\n" END, 400,
     "Transfer-Encoding is not just chunked"},
    {GET "Transfer-Encoding: chunked, chunked\r\n" END, 400,
     "Transfer-Encoding is not just chunked"},
    {GET "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" END,
     400, "more than one Transfer-Encoding"},
    {GET "Transfer-Encoding: chunked;q=1\r\n" END, 400,
     "malformed Transfer-Encoding"},
    {GET "Transfer-Encoding: \"chunked\"\r\n" END, 400,
     "malformed Transfer-Encoding"},
    {GET "Transfer-Encoding: ,chunked\r\n" END, 400,
     "malformed Transfer-Encoding"},
    {GET "Transfer-Encoding: gzip\r\n" END, 501, "unknown transfer coding"},
    {GET "Transfer-Encoding: gzip, chunked\r\n" END, 501,
     "unknown transfer coding"},
    {GET "Transfer-Encoding: identity\r\n" END, 501, "unknown transfer coding"},
    {GET "Transfer-Encoding: xchunked\r\n" END, 501, "unknown transfer coding"},
    {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" END, 400,
     "Transfer-Encoding in HTTP/1.0"},
};

static void refuses_what_could_be_read_in_two_ways(void **state)
{
    char shown[300];

    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *r = &refusals[i];
        enum http_verdict verdict = parse(r->text);

        if (verdict != HTTP_BAD || head.status != r->status ||
            strcmp(head.why, r->why) != 0)
            failure("%s\n  expected %d %s, found verdict %d, %d %s",
                    escaped(r->text, strlen(r->text), shown, sizeof shown),
                    r->status, r->why, verdict, head.status,
                    head.why != NULL ? head.why : "-");
    }
}

static void a_nul_is_refused_wherever_it_stands(void **state)
{
    static const char good[] = GET "X: y\r\n" END;
    size_t len = sizeof good - 1;
    char text[sizeof good];

    (void)state;
    for (size_t i = 0; i < len; i++) {
        memcpy(text, good, len);
        text[i] = '\0';
        assert_int_equal(http_head_parse_request(&head, text, len), HTTP_BAD);
        assert_int_equal(head.status, 400);
    }
}

/* ---- what is taken apart ------------------------------------------------ */

static const struct taken {
    const char *text;
    const char *method, *target;
    enum http_form form;
    const char *scheme, *authority, *path;
    int minor, chunked;
    int64_t content_length;
    int field_count;
} taken[] = {
    {GET END, "GET", "/", HTTP_ORIGIN, "", "a", "/", 1, 0, -1, 1},
    {"GET / HTTP/1.0\r\n" END, "GET", "/", HTTP_ORIGIN, "", "", "/", 0, 0, -1,
     0},
    {"GET / HTTP/1.7\r\n" HOST END, "GET", "/", HTTP_ORIGIN, "", "a", "/", 1, 0,
     -1, 1},
    {"get //x?y=%20&z=a:b@c HTTP/1.1\r\nhost: [::1]:80\r\n" END, "get",
     "//x?y=%20&z=a:b@c", HTTP_ORIGIN, "", "[::1]:80", "//x?y=%20&z=a:b@c", 1,
     0, -1, 1},
    {"GET / HTTP/1.1\r\nHost:\r\n" END, "GET", "/", HTTP_ORIGIN, "", "", "/", 1,
     0, -1, 1},
    {"GET http://b:8080/x?y HTTP/1.1\r\n" HOST END, "GET", "http://b:8080/x?y",
     HTTP_ABSOLUTE, "http", "b:8080", "/x?y", 1, 0, -1, 1},
    {"GET HTTPS://b HTTP/1.1\r\n" HOST END, "GET", "HTTPS://b", HTTP_ABSOLUTE,
     "HTTPS", "b", "", 1, 0, -1, 1},
    {"GET http://b?q HTTP/1.1\r\n" HOST END, "GET", "http://b?q", HTTP_ABSOLUTE,
     "http", "b", "?q", 1, 0, -1, 1},
    {"CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n" END, "CONNECT", "b:443",
     HTTP_AUTHORITY, "", "b:443", "", 1, 0, -1, 1},
    {"CONNECT [::1]:443 HTTP/1.0\r\n" END, "CONNECT", "[::1]:443",
     HTTP_AUTHORITY, "", "[::1]:443", "", 0, 0, -1, 0},
    {"OPTIONS * HTTP/1.1\r\n" HOST END, "OPTIONS", "*", HTTP_ASTERISK, "", "a",
     "*", 1, 0, -1, 1},
    {"POST / HTTP/1.1\r\n" HOST "content-length:007\r\n" END, "POST", "/",
     HTTP_ORIGIN, "", "a", "/", 1, 0, 7, 2},
    /* said twice, passed on once */
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 7\r\n"
     "Content-Length: 7\r\n" END, "POST", "/", HTTP_ORIGIN, "", "a", "/", 1, 0,
     7, 2},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 9223372036854775807\r\n" END,
     "POST", "/", HTTP_ORIGIN, "", "a", "/", 1, 0, INT64_MAX, 2},
    {"POST / HTTP/1.1\r\n" HOST "TRANSFER-ENCODING: \tChunked \r\n" END, "POST",
     "/", HTTP_ORIGIN, "", "a", "/", 1, 1, -1, 2},
    /* lines that end in LF, and empty lines before the first */
    {"GET / HTTP/1.1\nHost: a\n\n", "GET", "/", HTTP_ORIGIN, "", "a", "/", 1, 0,
     -1, 1},
    {"\r\n\n\r\n" GET END, "GET", "/", HTTP_ORIGIN, "", "a", "/", 1, 0, -1, 1},
    {"!#$%&'*+-.^_`|~09 / HTTP/1.1\r\n" HOST END, "!#$%&'*+-.^_`|~09", "/",
     HTTP_ORIGIN, "", "a", "/", 1, 0, -1, 1},
};

static void is(struct slice got, const char *wanted, const char *text)
{
    char shown[300];

    if (!slice_equal(got, slice_of(wanted)))
        failure("expected \"%s\", found \"%.*s\" in %s", wanted, (int)got.len,
                got.at, escaped(text, strlen(text), shown, sizeof shown));
}

static void takes_a_head_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        const struct taken *t = &taken[i];
        enum http_verdict verdict =
            http_head_parse_request(&head, t->text, strlen(t->text));

        if (verdict != HTTP_COMPLETE)
            failure("%s\n  is refused: %s", t->text, head.why);
        is(head.method, t->method, t->text);
        is(head.target, t->target, t->text);
        is(head.scheme, t->scheme, t->text);
        is(head.authority, t->authority, t->text);
        is(head.path, t->path, t->text);
        assert_int_equal(head.form, t->form);
        assert_int_equal(head.minor, t->minor);
        assert_int_equal(head.chunked, t->chunked);
        assert_true(head.content_length == t->content_length);
        assert_int_equal(head.field_count, t->field_count);
        assert_int_equal(head.length, strlen(t->text));
    }
}

static void keeps_fields_in_order_and_trims_values(void **state)
{
    static const char text[] = GET "X-A:b\r\nx-b: \t c d\t \r\nEmpty:\r\n"
                                   "Obs: \xe4\r\nX-A: again\r\nC: :d:\r\n" END;
    static const char *const wanted[][2] = {
        {"Host", "a"},   {"X-A", "b"},      {"x-b", "c d"}, {"Empty", ""},
        {"Obs", "\xe4"}, {"X-A", "again"}, {"C", ":d:"}};

    (void)state;
    assert_int_equal(http_head_parse_request(&head, text, sizeof text - 1),
                     HTTP_COMPLETE);
    assert_int_equal(head.field_count, 7);
    for (int i = 0; i < head.field_count; i++) {
        is(head.fields[i].name, wanted[i][0], text);
        is(head.fields[i].value, wanted[i][1], text);
    }
    is(*http_head_find(&head, SLICE("x-a")), "b", text); /* the first */
    is(*http_head_find(&head, SLICE("X-B")), "c d", text);
    assert_null(http_head_find(&head, SLICE("X-")));
    assert_null(http_head_find(&head, SLICE("")));
}

static void what_follows_the_head_is_not_its_business(void **state)
{
    static const char text[] = GET END "\0\r\r body GET / HTTP/9.9\r\n";

    (void)state;
    assert_int_equal(http_head_parse_request(&head, text, sizeof text - 1),
                     HTTP_COMPLETE);
    assert_int_equal(head.length, strlen(GET END));
}

/* One struct serves one request after the other: nothing of the last stays. */
static void a_head_is_reset_before_it_is_used_again(void **state)
{
    (void)state;
    assert_int_equal(parse("POST http://b/x HTTP/1.1\r\n" HOST
                           "Content-Length: 5\r\n" END), HTTP_COMPLETE);
    assert_int_equal(parse("GET / HTTP/1.0\r\n" END), HTTP_COMPLETE);
    assert_int_equal(head.content_length, -1);
    assert_int_equal(head.field_count, 0);
    assert_int_equal(head.host_count, 0);
    assert_int_equal(head.authority.len, 0);
    assert_int_equal(head.scheme.len, 0);
    assert_int_equal(parse(GET "X : y\r\n"), HTTP_BAD);
    assert_int_equal(parse(GET), HTTP_PARTIAL);
    assert_int_equal(head.status, 0);
    assert_null(head.why);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(refuses_what_could_be_read_in_two_ways),
        fixture_test(a_nul_is_refused_wherever_it_stands),
        fixture_test(takes_a_head_apart),
        fixture_test(keeps_fields_in_order_and_trims_values),
        fixture_test(what_follows_the_head_is_not_its_business),
        fixture_test(a_head_is_reset_before_it_is_used_again),
    };

    return fixture_run("http_head", tests);
}
