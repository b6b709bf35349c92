/* The head of a response: what is taken apart, what is refused, what the client
 * gets of it. */

#include "failure.h"
#include "fixture.h"
#include "http_response.h"

#include <stdio.h>
#include <string.h>

#define OK  "HTTP/1.1 200 OK\r\n"
#define END "\r\n"

static struct http_response response;

static enum http_verdict parse(const char *bytes, size_t len)
{
    char *at = guard_copy(bytes, len);
    enum http_verdict verdict = http_response_parse(&response, at, len);

    guard_free(at, len); /* after this the slices are only measured */
    return verdict;
}

/* The slices stay: they point into `text`. */
static void take(const char *text)
{
    if (http_response_parse(&response, text, strlen(text)) != HTTP_COMPLETE)
        failure("%s\n  is no complete head: %s", text,
                response.head.why != NULL ? response.head.why : "it goes on");
}

static int is(struct slice got, const char *wanted)
{
    return slice_equal(got, slice_of(wanted));
}

/* ---- what is taken apart ------------------------------------------------ */

static const struct taken {
    const char *text;
    int minor, status;
    const char *reason;
    int chunked;
    int64_t content_length;
    int field_count;
} taken[] = {
    {OK END, 1, 200, "OK", 0, -1, 0},
    {"HTTP/1.0 404 Not Found\r\n" END, 0, 404, "Not Found", 0, -1, 0},
    {"HTTP/1.9 200 OK\r\n" END, 1, 200, "OK", 0, -1, 0},
    /* no reason, with its space and without */
    {"HTTP/1.1 200 \r\n" END, 1, 200, "", 0, -1, 0},
    {"HTTP/1.1 200\r\n" END, 1, 200, "", 0, -1, 0},
    {"HTTP/1.1 200  two \r\n" END, 1, 200, " two ", 0, -1, 0},
    {"HTTP/1.1 200 \xe4\ttab\r\n" END, 1, 200, "\xe4\ttab", 0, -1, 0},
    {"HTTP/1.1 100 Continue\r\n" END, 1, 100, "Continue", 0, -1, 0},
    {"HTTP/1.1 599 x\r\n" END, 1, 599, "x", 0, -1, 0},
    {OK "Content-Length: 5\r\nX: y\r\n" END, 1, 200, "OK", 0, 5, 2},
    {OK "Content-Length: 0\r\n" END, 1, 200, "OK", 0, 0, 1},
    {OK "content-length:5\r\nCONTENT-LENGTH: 5\r\n" END, 1, 200, "OK", 0, 5, 1},
    {OK "Transfer-Encoding: Chunked\r\n" END, 1, 200, "OK", 1, -1, 1},
    /* Host means nothing here, however often and however malformed. */
    {OK "Host: a b\r\nHost: c\r\n" END, 1, 200, "OK", 0, -1, 2},
    {"HTTP/1.1 200 OK\nX: y\n\n", 1, 200, "OK", 0, -1, 1},
    {"HTTP/1.1 304 x\r\nContent-Length: 5\r\n" END, 1, 304, "x", 0, 5, 1},
    /* what these must not say is not heard */
    {"HTTP/1.1 204 x\r\nContent-Length: 5\r\nX: y\r\n" END, 1, 204, "x", 0, -1,
     1},
    {"HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n" END, 1, 204, "x", 0, -1,
     0},
    {"HTTP/1.1 103 x\r\nLink: a\r\nContent-Length: 5\r\nX: y\r\n" END, 1, 103,
     "x", 0, -1, 2},
};

static void takes_a_head_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        const struct taken *t = &taken[i];
        const struct http_head *h = &response.head;

        take(t->text);
        if (h->minor != t->minor || response.status != t->status ||
            !is(response.reason, t->reason) || h->chunked != t->chunked ||
            h->content_length != t->content_length ||
            h->field_count != t->field_count || h->length != strlen(t->text))
            failure("%s\n  1.%d %d [%.*s] chunked %d length %d, %d fields",
                    t->text, h->minor, response.status,
                    (int)response.reason.len, response.reason.at, h->chunked,
                    (int)h->content_length, h->field_count);
        assert_int_equal(h->method.len + h->target.len + h->authority.len, 0);
    }
}

static void a_response_is_reset_before_it_is_used_again(void **state)
{
    (void)state;
    take(OK "Content-Length: 5\r\nConnection: close\r\n" END);
    take("HTTP/1.1 200\r\n" END);
    assert_int_equal(response.reason.len, 0);
    assert_int_equal(response.head.content_length, -1);
    assert_int_equal(response.head.field_count, 0);
    assert_true(http_head_keeps_alive(&response.head));
}

static void what_follows_the_head_is_not_its_business(void **state)
{
    static const char text[] = OK END "\0\r\rHTTP/9.9";

    (void)state;
    assert_int_equal(http_response_parse(&response, text, sizeof text - 1),
                     HTTP_COMPLETE);
    assert_int_equal(response.head.length, strlen(OK END));
}

/* ---- refusals ----------------------------------------------------------- */

#define LINE   "malformed status line"
#define CODE   "malformed status code"
#define NO     "not an HTTP/1.x response"
#define BYTE   "control character or bare CR in the head"

static const struct refusal {
    const char *text, *why;
} refusals[] = {
    {"HTTP/2.0 200 OK\r\n", NO},
    {"HTTP/2 200\r\n", NO},
    {"HTTP/0.9 200 OK\r\n", NO},
    {"http/1.1 200 OK\r\n", NO},
    {"ICY 200 OK\r\n", NO},
    {" HTTP/1.1 200 OK\r\n", NO},
    {"\r\nHTTP/1.1 200 OK\r\n", NO},
    {"\r\n", NO},
    {"<html>", NO}, /* HTTP/0.9: a body and no head */
    {"HTTP/1.x 200 OK\r\n", LINE},
    {"HTTP/1.10 200 OK\r\n", LINE},
    {"HTTP/1.1\r\n", LINE},
    {"HTTP/1.1 \r\n", LINE},
    {"HTTP/1.1 20\r\n", LINE},
    {"HTTP/1.1\t200 OK\r\n", LINE},
    {"HTTP/1. 1 200 OK\r\n", LINE},
    {"HTTP/1.1  200 OK\r\n", CODE},
    {"HTTP/1.1 2000 OK\r\n", CODE},
    {"HTTP/1.1 200\tOK\r\n", CODE},
    {"HTTP/1.1 200OK\r\n", CODE},
    {"HTTP/1.1 20x OK\r\n", CODE},
    {"HTTP/1.1 +20 OK\r\n", CODE},
    {"HTTP/1.1 -20 OK\r\n", CODE},
    {"HTTP/1.1 2e2 OK\r\n", CODE},
    {"HTTP/1.1 099 OK\r\n", CODE},
    {"HTTP/1.1 000 OK\r\n", CODE},
    {"HTTP/1.1 600 OK\r\n", CODE},
    {"HTTP/1.1 999 OK\r\n", CODE},
    {"HTTP/1.1 200 O\rK\r\n", BYTE},
    {"HTTP/1.1 200 OK\x7f\r\n", BYTE},
    {OK "X: a\rb\r\n", BYTE},
    {OK "X : y\r\n", "malformed field name"},
    {OK ": y\r\n", "malformed field name"},
    {OK "X y\r\n", "field line without a colon"},
    {OK OK, "field line without a colon"}, /* a second status line */
    {OK "HTTP/1.1 200 a:b\r\n", "malformed field name"},
    {OK "X: y\r\n z\r\n", "folded field line"},
    {OK "Content-Length: 5\r\nContent-Length: 6\r\n",
     "differing Content-Length"},
    {OK "Content-Length: 5, 5\r\n", "malformed Content-Length"},
    {OK "Content-Length:\r\n", "malformed Content-Length"},
    {OK "Content-Length: -1\r\n", "malformed Content-Length"},
    {OK "Content-Length: 9223372036854775808\r\n", "malformed Content-Length"},
    {OK "Transfer-Encoding: gzip, chunked\r\n", "unknown transfer coding"},
    {OK "Transfer-Encoding: identity\r\n", "unknown transfer coding"},
    {OK "Transfer-Encoding: chunked, chunked\r\n",
     "Transfer-Encoding is not just chunked"},
    {OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" END,
     "both Content-Length and Transfer-Encoding"},
    {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n" END,
     "Transfer-Encoding in HTTP/1.0"},
    {"HTTP/1.1 204 x\r\nContent-Length: 5\r\n"
     "Transfer-Encoding: chunked\r\n" END,
     "both Content-Length and Transfer-Encoding"},
};

static void refuses_what_is_no_response_or_two(void **state)
{
    char shown[300];

    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *r = &refusals[i];
        size_t len = strlen(r->text);
        enum http_verdict verdict = parse(r->text, len);

        if (verdict != HTTP_BAD || strcmp(response.head.why, r->why) != 0)
            failure("%s\n  expected %s, found verdict %d, %s",
                    escaped(r->text, len, shown, sizeof shown), r->why, verdict,
                    response.head.why != NULL ? response.head.why : "-");
    }
}

static void a_nul_is_refused_wherever_it_stands(void **state)
{
    static const char good[] = OK "X: y\r\n" END;
    size_t len = sizeof good - 1;
    char text[sizeof good];

    (void)state;
    for (size_t i = 0; i < len; i++) {
        memcpy(text, good, len);
        text[i] = '\0';
        assert_int_equal(parse(text, len), HTTP_BAD);
        assert_non_null(response.head.why);
    }
}

/* Values are looked at eight bytes at a time: the place must not matter. */
static void a_value_holds_any_byte_but_control_characters(void **state)
{
    static const char good[] = OK "X: 0123456789abcdef01234567\r\n" END;
    char *value, text[sizeof good];

    (void)state;
    memcpy(text, good, sizeof good);
    value = strchr(text, 'X') + 3;
    for (int byte = 0; byte < 256; byte++)
        for (int place = 0; place < 24; place++) {
            int allowed = byte == 9 || (byte >= 32 && byte != 127);
            char kept = value[place];

            if (byte == 10 || byte == 13) /* ends of lines */
                continue;
            value[place] = (char)byte;
            if (parse(text, sizeof good - 1) !=
                (allowed ? HTTP_COMPLETE : HTTP_BAD))
                failure("byte %d at %d", byte, place);
            value[place] = kept;
        }
}

/* It may never send an LF: nobody waits for one. */
static void what_begins_wrong_is_refused_at_once(void **state)
{
    static const char good[] = "HTTP/1.";
    char text[sizeof good];

    (void)state;
    for (size_t i = 0; i + 1 < sizeof good; i++) {
        memcpy(text, good, sizeof good);
        assert_int_equal(parse(text, i + 1), HTTP_PARTIAL);
        text[i] = '?';
        assert_int_equal(parse(text, i + 1), HTTP_BAD);
    }
}

/* ---- pieces and limits -------------------------------------------------- */

static void every_beginning_of_a_head_is_partial(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        size_t len = strlen(taken[i].text);

        for (size_t cut = 0; cut < len; cut++)
            if (parse(taken[i].text, cut) != HTTP_PARTIAL)
                failure("%s cut at %zu: %s", taken[i].text, cut,
                        response.head.why != NULL ? response.head.why
                                                  : "complete");
        assert_int_equal(parse(taken[i].text, len), HTTP_COMPLETE);
    }
}

static void bad_stays_bad(void **state)
{
    static const char tail[] = "HTTP/1.1 200 OK\r\n\r\n\r\n";
    char text[512];

    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        size_t len = strlen(refusals[i].text);

        memcpy(text, refusals[i].text, len);
        memcpy(text + len, tail, sizeof tail);
        for (size_t n = 0; n < sizeof tail; n++) {
            assert_int_equal(parse(text, len + n), HTTP_BAD);
            assert_string_equal(response.head.why, refusals[i].why);
        }
    }
}

/* A head of exactly `len` bytes: a field is stretched with 'x'. */
static const char *stretched(size_t len)
{
    static const char before[] = OK "X: ", after[] = "\r\n\r\n";
    static char text[2 * HTTP_HEAD_MAX];

    memset(text, 'x', len);
    memcpy(text, before, sizeof before - 1);
    memcpy(text + len - (sizeof after - 1), after, sizeof after - 1);
    return text;
}

static void a_head_has_16_kib_and_not_a_byte_more(void **state)
{
    const char *text = stretched(HTTP_HEAD_MAX);

    (void)state;
    assert_int_equal(parse(text, HTTP_HEAD_MAX), HTTP_COMPLETE);
    assert_int_equal(parse(text, HTTP_HEAD_MAX - 1), HTTP_PARTIAL);
    text = stretched(HTTP_HEAD_MAX + 1);
    assert_int_equal(parse(text, HTTP_HEAD_MAX - 1), HTTP_PARTIAL);
    for (size_t more = 0; more < 2; more++) {
        assert_int_equal(parse(text, HTTP_HEAD_MAX + more), HTTP_BAD);
        assert_string_equal(response.head.why, "head too long");
    }
}

static const char *with_fields(int count)
{
    static char text[64 + 8 * (HTTP_FIELDS_MAX + 1)];
    size_t len = (size_t)snprintf(text, sizeof text, "%s", OK);

    for (int i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "X: y\r\n");
    snprintf(text + len, sizeof text - len, END);
    return text;
}

static void a_head_has_100_fields_and_not_one_more(void **state)
{
    const char *text = with_fields(HTTP_FIELDS_MAX);

    (void)state;
    assert_int_equal(parse(text, strlen(text)), HTTP_COMPLETE);
    assert_int_equal(response.head.field_count, HTTP_FIELDS_MAX);
    text = with_fields(HTTP_FIELDS_MAX + 1);
    assert_int_equal(parse(text, strlen(text)), HTTP_BAD);
    assert_string_equal(response.head.why, "too many fields");
}

/* ---- the connection ----------------------------------------------------- */

static void says_whether_the_connection_stays(void **state)
{
    static const struct {
        const char *text;
        int stays;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\n\r\n", 1},
        {"HTTP/1.0 200 OK\r\n\r\n", 0},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", 0},
        {"HTTP/1.1 200 OK\r\nconnection: CLOSE\r\n\r\n", 0},
        {"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n", 1},
        {"HTTP/1.1 200 OK\r\nConnection: x, close ,y\r\n\r\n", 0},
        {"HTTP/1.1 200 OK\r\nConnection: x\r\nConnection: close\r\n\r\n", 0},
        {"HTTP/1.1 200 OK\r\nConnection: closed\r\n\r\n", 1},
        {"HTTP/1.1 200 OK\r\nConnection:\r\n\r\n", 1},
        {"HTTP/1.1 200 OK\r\nProxy-Connection: close\r\n\r\n", 1},
        {"HTTP/1.1 200 OK\r\nConnected: close\r\nX: close\r\n\r\n", 1},
        {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", 1},
        {"HTTP/1.0 200 OK\r\nConnection: Keep-Alive, close\r\n\r\n", 0},
        {"HTTP/1.0 200 OK\r\nConnection: close\r\n"
         "Connection: keep-alive\r\n\r\n", 0},
        {"HTTP/1.0 200 OK\r\nKeep-Alive: timeout=5\r\n\r\n", 0},
    };
    struct http_head request;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        take(cases[i].text);
        if (http_head_keeps_alive(&response.head) != cases[i].stays)
            failure("%s\n  stays %d", cases[i].text, !cases[i].stays);
    }
    assert_int_equal(
        http_head_parse_request(&request, "GET / HTTP/1.0\r\n\r\n", 18),
        HTTP_COMPLETE);
    assert_false(http_head_keeps_alive(&request));
}

static void finds_the_options_that_connection_names(void **state)
{
    (void)state;
    take(OK "Connection: a, Upgrade\r\nX: x\r\nCONNECTION:\tb\r\n" END);
    assert_true(http_head_names_option(&response.head, SLICE("upgrade")));
    assert_true(http_head_names_option(&response.head, SLICE("A")));
    assert_true(http_head_names_option(&response.head, SLICE("b")));
    assert_false(http_head_names_option(&response.head, SLICE("x")));
    assert_false(http_head_names_option(&response.head, SLICE("up")));
    take(OK END);
    assert_false(http_head_names_option(&response.head, SLICE("close")));
}

/* ---- what the client gets ----------------------------------------------- */

static const char *forward(const char *text, const struct http_field *set,
                           int count)
{
    static char memory[1024];
    struct buffer out;

    take(text);
    buffer_init(&out, memory, sizeof memory - 1);
    assert_int_equal(http_response_forward(&response, set, count, &out), 0);
    memory[buffer_size(&out)] = '\0';
    return memory;
}

static void writes_the_head_for_the_client(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {OK END, OK END},
        {"HTTP/1.0 404 Not Found\r\n" END, "HTTP/1.1 404 Not Found\r\n" END},
        {"HTTP/1.1 599\r\n" END, "HTTP/1.1 599 \r\n" END},
        {"HTTP/1.1 200 OK\nX:y\nZ:\t\n\n", OK "X: y\r\nZ: \r\n" END},
        {OK "Host: a\r\nSet-Cookie: b\r\nSet-Cookie: c\r\n" END,
         OK "Host: a\r\nSet-Cookie: b\r\nSet-Cookie: c\r\n" END},
        {OK "Connection: keep-alive, X-A\r\nKeep-Alive: timeout=5\r\nX-A: b\r\n"
         "Proxy-Connection: close\r\nUpgrade: h2c\r\nX: y\r\n" END,
         OK "X: y\r\n" END},
        {OK "Connection: keep-alive\r\nX-A: b\r\n" END, OK "X-A: b\r\n" END},
        /* Who frames a message stays, whatever Connection says. */
        {OK "Connection: content-length\r\nContent-Length: 5\r\n" END,
         OK "Content-Length: 5\r\n" END},
        {OK "Transfer-Encoding: chunked\r\nTrailer: X\r\n" END,
         OK "Transfer-Encoding: chunked\r\nTrailer: X\r\n" END},
        {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nX: y\r\n" END,
         "HTTP/1.1 204 No Content\r\nX: y\r\n" END},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n" END,
         "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n" END},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(forward(cases[i].in, NULL, 0), cases[i].out);
}

static void sets_replaces_and_takes_away(void **state)
{
    static const struct http_field set[] = {{{"Connection", 10}, {"close", 5}},
                                            {{"Server", 6}, {NULL, 0}}};

    (void)state;
    assert_string_equal(
        forward(OK "server: x\r\nConnection: keep-alive\r\nX: y\r\n" END, set,
                2),
        OK "X: y\r\nConnection: close\r\n" END);
}

static void says_so_when_it_does_not_fit(void **state)
{
    static const char text[] = OK "X: y\r\n" END;
    static const struct http_field none[1];

    (void)state;
    take(text);
    for (size_t room = 0; room <= sizeof text; room++) {
        char *memory = guard_copy(text, room); /* a byte too many is a crash */
        struct buffer out;

        buffer_init(&out, memory, room);
        assert_int_equal(http_response_forward(&response, none, 0, &out),
                         room >= sizeof text - 1 ? 0 : -1);
        guard_free(memory, room);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(takes_a_head_apart),
        fixture_test(a_response_is_reset_before_it_is_used_again),
        fixture_test(what_follows_the_head_is_not_its_business),
        fixture_test(refuses_what_is_no_response_or_two),
        fixture_test(a_nul_is_refused_wherever_it_stands),
        fixture_test(a_value_holds_any_byte_but_control_characters),
        fixture_test(what_begins_wrong_is_refused_at_once),
        fixture_test(every_beginning_of_a_head_is_partial),
        fixture_test(bad_stays_bad),
        fixture_test(a_head_has_16_kib_and_not_a_byte_more),
        fixture_test(a_head_has_100_fields_and_not_one_more),
        fixture_test(says_whether_the_connection_stays),
        fixture_test(finds_the_options_that_connection_names),
        fixture_test(writes_the_head_for_the_client),
        fixture_test(sets_replaces_and_takes_away),
        fixture_test(says_so_when_it_does_not_fit),
    };

    return fixture_run("http_response", tests);
}
