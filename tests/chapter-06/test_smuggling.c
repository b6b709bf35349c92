/* Everything that is known to us for hiding one message in another: what we do
 * with it, whole and in single bytes; what goes on can be read in one way only.
 * The tables are in vectors_*.h. */

#include "failure.h"
#include "fixture.h"
#include "forwarded.h"
#include "http_frame.h"
#include "vectors_answer.h"
#include "vectors_body.h"
#include "vectors_head.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static struct http_response message; /* of a request only its head */

/* What a reader does with these bytes. */
struct reading {
    int verdict; /* a status, IS_..., or 0: the head goes on */
    size_t length; /* bytes that are the message's */
};

/* ---- reading ------------------------------------------------------------ */

/* method: of the request that is answered; NULL: it is a request itself */
static enum http_verdict read_head(const char *method, const char *bytes,
                                   size_t len)
{
    return method == NULL
               ? http_head_parse_request(&message.head, bytes, len)
               : http_response_parse(&message, bytes, len);
}

static void begin_body(const char *method, struct http_frame *f)
{
    if (method == NULL)
        http_frame_request(f, &message.head);
    else
        http_frame_response(f, &message, slice_of(method));
}

/* The bytes come `step` at a time; the head is read again with each. */
static struct reading read_message(const char *method, const char *bytes,
                                   size_t len, size_t step)
{
    enum http_verdict verdict = HTTP_PARTIAL;
    struct reading r = {0, 0};
    struct http_frame f;
    size_t arrived = 0;

    while (verdict == HTTP_PARTIAL && arrived < len) {
        arrived = step < len - arrived ? arrived + step : len;
        verdict = read_head(method, bytes, arrived);
    }
    if (verdict != HTTP_COMPLETE) {
        r.verdict = verdict == HTTP_PARTIAL ? 0
                    : method == NULL        ? message.head.status
                                            : 502;
        return r;
    }
    begin_body(method, &f);
    r.length = message.head.length;
    for (;;) {
        r.length += http_frame_scan(&f, bytes + r.length, arrived - r.length);
        if (arrived == len)
            break;
        arrived = step < len - arrived ? arrived + step : len;
    }
    if (f.framing == FRAME_CLOSE)
        r.verdict = IS_UNTIL_CLOSE;
    else if (f.why != NULL || http_frame_is_done(&f))
        r.verdict = f.why != NULL ? IS_BROKEN : IS_WHOLE;
    return r;
}

/* ---- judging ------------------------------------------------------------ */

static void check(const char *method, const struct vector *v, size_t step)
{
    char *at = guard_copy(v->bytes, v->len);
    struct reading r = read_message(method, at, v->len, step);
    char shown[400];

    guard_free(at, v->len);
    if (r.verdict != v->verdict ||
        (v->verdict == IS_WHOLE && r.length != v->len - v->rest_len))
        failure("%s (%s)\n  %s\n  expected %d, and %zu bytes behind it; found "
                "%d and %zu, %s", v->name, v->source,
                escaped(v->bytes, v->len, shown, sizeof shown), v->verdict,
                v->rest_len, r.verdict, v->len - r.length,
                message.head.why != NULL ? message.head.why : "no reason");
}

/* What we would send on of a head, then the rest of the bytes as they are. */
static size_t pass_on(const char *method, const struct vector *v, char *out,
                      size_t size)
{
    static const struct http_field none[1];
    struct buffer b;
    int failed;

    buffer_init(&b, out, size);
    assert_int_equal(read_head(method, v->bytes, v->len), HTTP_COMPLETE);
    failed = method == NULL
                 ? http_head_forward(&message.head, none, 0, &b)
                 : http_response_forward(&message, none, 0, &b);
    failed |= buffer_append(&b, v->bytes + message.head.length,
                            v->len - message.head.length);
    assert_int_equal(failed, 0);
    return buffer_size(&b);
}

/* What has gone through once is read in the same way by the next who is like
 * us, and no line of its head ends in anything but CRLF. */
static void check_passed_on(const char *method, const struct vector *v)
{
    char out[4096];
    size_t len = pass_on(method, v, out, sizeof out);
    struct reading r = read_message(method, out, len, len);

    if (r.verdict != v->verdict ||
        (v->verdict == IS_WHOLE && r.length != len - v->rest_len))
        failure("%s (%s): passed on it is %d, %zu bytes behind it", v->name,
                v->source, r.verdict, len - r.length);
    for (size_t i = 0; i < message.head.length; i++)
        if (out[i] == '\n' && out[i - 1] != '\r')
            failure("%s (%s): a bare LF goes on", v->name, v->source);
}

static void check_all(const char *method, const struct vector *v)
{
    static const size_t steps[] = {1, 2, 3, 7};

    check(method, v, v->len);
    for (size_t i = 0; i < COUNT(steps); i++)
        check(method, v, steps[i]);
    if (v->verdict == IS_WHOLE || v->verdict == IS_UNTIL_CLOSE)
        check_passed_on(method, v);
}

static void heads_of_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(head_vectors); i++)
        check_all(NULL, &head_vectors[i]);
}

static void bodies_of_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(body_vectors); i++)
        check_all(NULL, &body_vectors[i]);
}

static void answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(answer_vectors); i++)
        check_all(answer_vectors[i].method, &answer_vectors[i].v);
}

/* ---- what goes on ------------------------------------------------------- */

/* Not refused: made harmless. */
static const struct passed {
    const char *name, *source, *in, *out;
} passed[] = {
    {"Connection names Content-Length", "CVE-2022-45059",
     POST "Connection: Content-Length\r\nContent-Length: 5\r\n\r\n",
     POST "Content-Length: 5\r\n\r\n"},
    {"Connection names Transfer-Encoding", "CVE-2022-45059",
     POST "Connection: x, transfer-encoding\r\n" CHUNKED "\r\n",
     POST CHUNKED "\r\n"},
    {"Connection names Host", "CVE-2022-45059",
     GET "Connection: HOST\r\n\r\n", GET "\r\n"},
    {"Connection names itself", HOPS,
     GET "Connection: close, Connection\r\n\r\n", GET "\r\n"},
    {"Connection names a cookie", HOPS,
     GET "Connection: close, Cookie\r\nCookie: a\r\nX: y\r\n\r\n",
     GET "X: y\r\n\r\n"},
    {"a second Connection", HOPS,
     GET "Connection: close\r\nX: y\r\nconnection: x\r\n\r\n", GET "\r\n"},
    {"h2c", H2C,
     GET "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
         "HTTP2-Settings: AAMAAABkAARAAAAA\r\n\r\n", GET "\r\n"},
    {"h2c that Connection does not name", H2C,
     GET "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAA\r\n\r\n",
     GET "\r\n"},
    {"TE", "RFC 9110, 10.1.4",
     GET "Connection: TE\r\nTE: trailers, chunked\r\n\r\n", GET "\r\n"},
    {"Proxy-Connection", "RFC 9110, 7.6.1",
     GET "Proxy-Connection: keep-alive\r\n\r\n", GET "\r\n"},
    {"a target and a Host that differ", HOSTS "; RFC 9112, 3.2.2",
     "GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /x HTTP/1.1\r\nHost: b\r\n\r\n"},
    {"LF for CRLF", "RFC 9112, 2.2; CVE-2021-41136",
     "GET / HTTP/1.1\nHost: a\nX:\ty\n\n", GET "X: y\r\n\r\n"},
    {"the length said twice", "RFC 9110, 8.6",
     POST "Content-Length: 5\r\nContent-Length: 05\r\n\r\n",
     POST "Content-Length: 5\r\n\r\n"},
    {"HTTP/1.2", KLEIN, "GET / HTTP/1.2\r\n" HOST "\r\n", GET "\r\n"},
};

static void what_goes_on_is_harmless(void **state)
{
    static const struct http_field none[1];
    char memory[1024];
    struct buffer out;

    (void)state;
    for (size_t i = 0; i < COUNT(passed); i++) {
        const struct passed *p = &passed[i];

        assert_int_equal(read_head(NULL, p->in, strlen(p->in)), HTTP_COMPLETE);
        buffer_init(&out, memory, sizeof memory - 1);
        assert_int_equal(http_head_forward(&message.head, none, 0, &out), 0);
        memory[buffer_size(&out)] = '\0';
        if (strcmp(memory, p->out) != 0)
            failure("%s (%s):\n%s\n  goes on as\n%s", p->name, p->source, p->in,
                    memory);
    }
}

/* The client is who it is, whatever it says of its own fields: Connection may
 * name them, and they reach the backend all the same. */
static void the_client_cannot_take_its_address_away(void **state)
{
    static const char in[] =
        GET "Connection: close, X-Forwarded-For, X-Real-IP\r\n"
            "X-Forwarded-For: 192.0.2.1\r\nX-Real-IP: 192.0.2.2\r\n\r\n";
    static const char out[] =
        GET "X-Forwarded-For: 192.0.2.1, 203.0.113.9\r\n"
            "X-Forwarded-Proto: http\r\nX-Forwarded-Host: a\r\n"
            "X-Real-IP: 203.0.113.9\r\nX-Request-ID: id\r\n\r\n";
    static struct exchange x = {.peer = {"203.0.113.9", 0},
                                .client_ip = "203.0.113.9",
                                .request_id = "id"};
    char memory[1024];
    struct buffer b;

    (void)state;
    assert_int_equal(read_head(NULL, in, sizeof in - 1), HTTP_COMPLETE);
    buffer_init(&b, memory, sizeof memory - 1);
    assert_int_equal(inject_headers(&message.head, &x, SLICE(""), SLICE(""),
                                    &b), 0);
    memory[buffer_size(&b)] = '\0';
    assert_string_equal(memory, out); /* CVE-2022-31813; Davison, 2019 */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(heads_of_requests),
        fixture_test(bodies_of_requests),
        fixture_test(answers),
        fixture_test(what_goes_on_is_harmless),
        fixture_test(the_client_cannot_take_its_address_away),
    };

    return fixture_run("smuggling", tests);
}
