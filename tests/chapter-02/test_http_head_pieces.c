/* The parser and bytes that come bit by bit: every cut point, every limit. All
 * input ends where a page without access begins, so a byte read too far ends
 * the suite. */

#include "failure.h"
#include "fixture.h"
#include "http_head.h"

#include <string.h>

#define GET "GET / HTTP/1.1\r\nHost: a\r\n"

static const char *const heads[] = {
    GET "\r\n",
    "GET / HTTP/1.1\nHost: a\n\n",
    "\r\n\r\nPOST /x?y HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 5\r\n"
    "X: y\r\n\r\n",
    "GET http://a:80/b?c HTTP/1.1\r\nHost: a:80\r\nVia: 1.1 x\r\n"
    "Transfer-Encoding: chunked\r\nConnection: close, X\r\n\r\n",
    "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n",
    "OPTIONS * HTTP/1.0\r\n\r\n",
};
#define HEADS (sizeof heads / sizeof *heads)

static struct http_head head;

static enum http_verdict parse(const char *bytes, size_t len)
{
    char *at = guard_copy(bytes, len);
    enum http_verdict verdict = http_head_parse_request(&head, at, len);

    guard_free(at, len);
    return verdict;
}

static void every_beginning_of_a_head_is_partial(void **state)
{
    (void)state;
    for (size_t i = 0; i < HEADS; i++) {
        size_t len = strlen(heads[i]);

        for (size_t cut = 0; cut < len; cut++)
            if (parse(heads[i], cut) != HTTP_PARTIAL)
                failure("head %zu cut at %zu: %s", i, cut,
                        head.why != NULL ? head.why : "complete");
        assert_int_equal(parse(heads[i], len), HTTP_COMPLETE);
        assert_int_equal(head.length, len);
    }
}

/* A line that can only be wrong is refused when its end, at the latest, is
 * there; and what was refused stays so, whatever follows. */
static void bad_stays_bad(void **state)
{
    static const char *const bad[] = {
        "GET / HTTP/2.0\r\n",
        GET "X : y\r\n",
        GET "Content-Length: 1\r\nContent-Length: 2\r\n",
        GET "X: a\rb",
        GET "\r\r",
        "\x16", /* a TLS hello: at its first byte */
    };
    static const char tail[] = "\r\nHost: a\r\n\r\n\r\nGET / HTTP/1.1\r\n";
    char text[256];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t len = strlen(bad[i]);
        int status;

        memcpy(text, bad[i], len);
        memcpy(text + len, tail, sizeof tail);
        assert_int_equal(parse(text, len - 1), HTTP_PARTIAL);
        assert_int_equal(parse(text, len), HTTP_BAD);
        status = head.status;
        for (size_t n = 0; n < sizeof tail; n++) {
            assert_int_equal(parse(text, len + n), HTTP_BAD);
            assert_int_equal(head.status, status);
        }
    }
}

/* What a server does with pieces: asks whether parsing is worth it, parses. */
static enum http_verdict in_pieces(const char *bytes, size_t len,
                                   uint32_t *seed, int *parses)
{
    enum http_verdict verdict = HTTP_PARTIAL;
    size_t seen = 0;

    *parses = 0;
    while (seen < len && verdict == HTTP_PARTIAL) {
        size_t now = seen + 1 + random_next(seed) % 9;

        if (now > len)
            now = len;
        if (http_head_worth_parsing(bytes, seen, now)) {
            verdict = http_head_parse_request(&head, bytes, now);
            ++*parses;
        }
        seen = now;
    }
    return verdict;
}

static void the_cuts_do_not_matter(void **state)
{
    static const char alphabet[] = "GT /:\r\n\r\nHa1.0XC,\t\0";
    uint32_t seed = random_seed();
    int parses;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        const char *origin = heads[random_next(&seed) % HEADS];
        size_t len = strlen(origin);
        enum http_verdict whole;
        char text[256];
        int status;

        memcpy(text, origin, len);
        /* The last byte stays LF: what is behind it may wait for the next. */
        for (uint32_t n = random_next(&seed) % 3; n > 0; n--)
            text[random_next(&seed) % (len - 1)] =
                alphabet[random_next(&seed) % (sizeof alphabet - 1)];
        whole = http_head_parse_request(&head, text, len);
        status = head.status;
        assert_int_equal(in_pieces(text, len, &seed, &parses), whole);
        assert_int_equal(head.status, status);
    }
}

static void single_bytes_cost_one_parse_a_line(void **state)
{
    char text[HTTP_HEAD_MAX];
    size_t len = 0;
    int parses = 0, lines = 0;

    (void)state;
    len = strlen(GET);
    memcpy(text, GET, len);
    memset(text + len, 'x', 8000);
    text[len + 1] = ':';
    len += 8000;
    memcpy(text + len, "\r\n\r\n", 4);
    len += 4;
    for (size_t seen = 0; seen < len; seen++) {
        parses += http_head_worth_parsing(text, seen, seen + 1);
        lines += text[seen] == '\n';
    }
    assert_int_equal(parses, lines + 1); /* and one for the first byte */
    assert_false(http_head_worth_parsing(text, 10, 10));
    assert_true(http_head_worth_parsing(text, 5000, HTTP_HEAD_MAX));
}

/* ---- limits ------------------------------------------------------------- */

/* A head of exactly `len` bytes, in which one line is stretched with 'x'. */
static char *stretched(const char *before, const char *after, size_t len)
{
    static char text[2 * HTTP_HEAD_MAX];
    size_t a = strlen(before), b = strlen(after);

    memcpy(text, before, a);
    memset(text + a, 'x', len - a - b);
    memcpy(text + len - b, after, b);
    return text;
}

static void refused(const char *bytes, size_t len, int status)
{
    assert_int_equal(parse(bytes, len), HTTP_BAD);
    assert_int_equal(head.status, status);
}

static void a_head_has_16_kib_and_not_a_byte_more(void **state)
{
    const char *text = stretched(GET "X: ", "\r\n\r\n", HTTP_HEAD_MAX);

    (void)state;
    assert_int_equal(parse(text, HTTP_HEAD_MAX), HTTP_COMPLETE);
    assert_int_equal(parse(text, HTTP_HEAD_MAX - 1), HTTP_PARTIAL);
    text = stretched(GET "X: ", "\r\n\r\n", HTTP_HEAD_MAX + 1);
    assert_int_equal(parse(text, HTTP_HEAD_MAX - 1), HTTP_PARTIAL);
    refused(text, HTTP_HEAD_MAX, 431);
    refused(text, HTTP_HEAD_MAX + 1, 431);
    /* The body does not count. */
    text = stretched(GET "\r\n", "", HTTP_HEAD_MAX + 1000);
    assert_int_equal(parse(text, HTTP_HEAD_MAX + 1000), HTTP_COMPLETE);
}

static void too_long_a_request_line_is_a_414(void **state)
{
    const char *text = stretched("GET /", " HTTP/1.1\r\nHost: a\r\n\r\n",
                                 HTTP_HEAD_MAX);

    (void)state;
    assert_int_equal(parse(text, HTTP_HEAD_MAX), HTTP_COMPLETE);
    text = stretched("GET /", " HTTP/1.1\r\nHost: a\r\n\r\n",
                     HTTP_HEAD_MAX + 40);
    assert_int_equal(parse(text, HTTP_HEAD_MAX - 1), HTTP_PARTIAL);
    refused(text, HTTP_HEAD_MAX, 414);
    /* The same answer when all of it is there at once. */
    refused(text, HTTP_HEAD_MAX + 40, 414);
}

/* Each empty line is one more that is worth a parse: a client must not get
 * thousands of parses for as many bytes. */
static void some_empty_lines_may_come_first(void **state)
{
    static const char text[] = "\r\n\r\n\r\n\r\n\n\n\n\n" GET "\r\n";

    (void)state;
    assert_int_equal(parse(text, sizeof text - 1), HTTP_COMPLETE);
    refused("\n\n\n\n\n\n\n\n\n", 9, 400);
    assert_int_equal(parse("\n\n\n\n\n\n\n\n", 8), HTTP_PARTIAL);
}

static void what_lies_behind_the_limit_changes_nothing(void **state)
{
    char *text = stretched(GET "X: ", "\r\nBad : field\r\n\r\n",
                           HTTP_HEAD_MAX + 20);

    (void)state;
    refused(text, HTTP_HEAD_MAX, 431);
    refused(text, HTTP_HEAD_MAX + 20, 431);
    text[HTTP_HEAD_MAX + 3] = '\0';
    refused(text, HTTP_HEAD_MAX + 20, 431);
}

static void a_head_has_100_fields_and_no_more(void **state)
{
    static char text[HTTP_HEAD_MAX];
    size_t len = strlen(GET); /* one of the fields is Host */

    (void)state;
    memcpy(text, GET, len);
    for (int i = 1; i < HTTP_FIELDS_MAX; i++, len += 6)
        memcpy(text + len, "X: y\r\n", 6);
    memcpy(text + len, "\r\n", 2);
    assert_int_equal(parse(text, len + 2), HTTP_COMPLETE);
    assert_int_equal(head.field_count, HTTP_FIELDS_MAX);
    memcpy(text + len, "X: y\r\n\r\n", 8);
    refused(text, len + 8, 431);
    refused(text, len + 6, 431); /* as soon as it is there */
    assert_int_equal(parse(text, len + 5), HTTP_PARTIAL);
}

/* A smaller limit is as exact, and no cut changes what is said: the length of the
 * line decides between 414 and 431, not the moment. */
static void a_smaller_limit_is_a_limit(void **state)
{
    (void)state;
    for (size_t i = 0; i < HEADS; i++) {
        size_t len = strlen(heads[i]);
        size_t line = (size_t)(strstr(heads[i], "HTTP/") - heads[i]);

        line += strcspn(heads[i] + line, "\n") + 1;
        for (size_t max = 1; max <= len; max++)
            for (size_t cut = max; cut <= len; cut++) {
                char *at = guard_copy(heads[i], cut);
                enum http_verdict got =
                    http_head_parse_within(&head, max, at, cut);

                guard_free(at, cut);
                assert_int_equal(got, max == len ? HTTP_COMPLETE : HTTP_BAD);
                if (got == HTTP_BAD)
                    assert_int_equal(head.status, max < line ? 414 : 431);
            }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(every_beginning_of_a_head_is_partial),
        fixture_test(bad_stays_bad),
        fixture_test(the_cuts_do_not_matter),
        fixture_test(single_bytes_cost_one_parse_a_line),
        fixture_test(a_head_has_16_kib_and_not_a_byte_more),
        fixture_test(too_long_a_request_line_is_a_414),
        fixture_test(some_empty_lines_may_come_first),
        fixture_test(what_lies_behind_the_limit_changes_nothing),
        fixture_test(a_head_has_100_fields_and_no_more),
        fixture_test(a_smaller_limit_is_a_limit),
    };

    return fixture_run("http_head_pieces", tests);
}
