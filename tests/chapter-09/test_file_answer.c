/* file_answer: conditions and ranges, as tables. The file has 1,000 bytes and has
 * changed on Sunday, 6 November 1994. */
#include "fixture.h"

#include "failure.h"
#include "file_answer.h"

#include <stdio.h>
#include <string.h>

#define CHANGED INT64_C(784111777)
#define NOW     INT64_C(1764150000)
#define DATE    "Sun, 06 Nov 1994 08:49:37 GMT"
#define BEFORE  "Sun, 06 Nov 1994 08:49:36 GMT"
#define AFTER   "Sun, 06 Nov 1994 08:49:38 GMT"
#define TAG     "\"3e8-2ebc98a1.7b\""

static const struct file_facts file = {1000, CHANGED, 123};

static struct file_answer choose(const struct file_facts *f, const char *method,
                                 const char *fields)
{
    char text[1024];
    struct http_head h;
    int len = snprintf(text, sizeof text,
                       "%s /x HTTP/1.1\r\nHost: h\r\n%s\r\n", method, fields);

    if (http_head_parse_request(&h, text, (size_t)len) != HTTP_COMPLETE)
        failure("no head: %s", text);
    return file_answer_choose(f, &h, NOW);
}

struct answer_case {
    const char *fields;
    int status;
    uint64_t from, length;
};

static void check(const struct answer_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct file_answer a = choose(&file, "GET", cases[i].fields);

        if (a.status != cases[i].status ||
            (a.status < 300 && (a.from != cases[i].from ||
                                a.length != cases[i].length)))
            failure("%s: %d, from %llu, %llu bytes", cases[i].fields, a.status,
                    (unsigned long long)a.from, (unsigned long long)a.length);
    }
}

static void the_tag_changes_with_the_file(void **state)
{
    struct file_facts other = file;
    char a[FILE_TAG_MAX], b[FILE_TAG_MAX];

    (void)state;
    assert_string_equal(file_tag(&file, a), TAG);
    other.changed_ns++;
    assert_string_not_equal(a, file_tag(&other, b));
    other = file;
    other.size++;
    assert_string_not_equal(a, file_tag(&other, b));
    other = file;
    other.changed_s++;
    assert_string_not_equal(a, file_tag(&other, b));
}

static void conditions_are_checked_in_their_order(void **state)
{
    static const struct answer_case cases[] = {
        {"", 200, 0, 1000},
        {"If-Modified-Since: " DATE "\r\n", 304, 0, 0},
        {"If-Modified-Since: " AFTER "\r\n", 304, 0, 0},
        {"If-Modified-Since: " BEFORE "\r\n", 200, 0, 1000},
        {"If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n", 304, 0, 0},
        {"If-Modified-Since: Sun Nov  6 08:49:37 1994\r\n", 304, 0, 0},
        {"If-Modified-Since: yesterday\r\n", 200, 0, 1000},
        {"If-None-Match: " TAG "\r\n", 304, 0, 0},
        {"If-None-Match: W/" TAG "\r\n", 304, 0, 0},
        {"If-None-Match: *\r\n", 304, 0, 0},
        {"If-None-Match: \"other\"\r\n", 200, 0, 1000},
        {"If-None-Match: \"a,b\" ,, \"c\", " TAG "\r\n", 304, 0, 0},
        {"If-None-Match: \"a\"\r\nIf-None-Match: " TAG "\r\n", 304, 0, 0},
        {"If-None-Match: 3e8-2ebc98a1.7b\r\n", 200, 0, 1000},
        {"If-None-Match: \"3e8-2ebc98a1.7b\r\n", 200, 0, 1000},
        {"If-None-Match: \r\n", 200, 0, 1000},
        {"if-none-match: " TAG "\r\n", 304, 0, 0},
        /* the tag decides, where there is one */
        {"If-None-Match: \"x\"\r\nIf-Modified-Since: " DATE "\r\n", 200, 0, 1000},
        {"If-None-Match: " TAG "\r\nIf-Modified-Since: " BEFORE "\r\n", 304, 0,
         0},
        {"If-Match: " TAG "\r\n", 200, 0, 1000},
        {"If-Match: *\r\n", 200, 0, 1000},
        {"If-Match: \"x\", " TAG "\r\n", 200, 0, 1000},
        {"If-Match: W/" TAG "\r\n", 412, 0, 0}, /* strong comparison */
        {"If-Match: \"x\"\r\n", 412, 0, 0},
        {"If-Match: \"x\"\r\nIf-None-Match: " TAG "\r\n", 412, 0, 0},
        {"If-Match: " TAG "\r\nIf-None-Match: " TAG "\r\n", 304, 0, 0},
        {"If-Unmodified-Since: " DATE "\r\n", 200, 0, 1000},
        {"If-Unmodified-Since: " BEFORE "\r\n", 412, 0, 0},
        {"If-Unmodified-Since: never\r\n", 200, 0, 1000},
        {"If-Match: " TAG "\r\nIf-Unmodified-Since: " BEFORE "\r\n", 200, 0,
         1000},
    };

    (void)state;
    check(cases, sizeof cases / sizeof *cases);
}

static void ranges_are_cut_from_the_file(void **state)
{
    static const struct answer_case cases[] = {
        {"Range: bytes=0-0\r\n", 206, 0, 1},
        {"Range: bytes=0-999\r\n", 206, 0, 1000},
        {"Range: bytes=0-1000\r\n", 206, 0, 1000},
        {"Range: bytes=0-\r\n", 206, 0, 1000},
        {"Range: bytes=999-\r\n", 206, 999, 1},
        {"Range: bytes=500-599\r\n", 206, 500, 100},
        {"Range: BYTES=5-6\r\n", 206, 5, 2},
        {"Range: bytes=5-99999999999999999999999\r\n", 206, 5, 995},
        {"Range: bytes=-1\r\n", 206, 999, 1},
        {"Range: bytes=-1000\r\n", 206, 0, 1000},
        {"Range: bytes=-5000\r\n", 206, 0, 1000},
        {"Range: bytes=-99999999999999999999\r\n", 206, 0, 1000},
        {"Range: bytes=1000-\r\n", 416, 0, 0},
        {"Range: bytes=1000-2000\r\n", 416, 0, 0},
        {"Range: bytes=99999999999999999999-\r\n", 416, 0, 0},
        {"Range: bytes=-0\r\n", 416, 0, 0},
        /* malformed, or several: the whole */
        {"Range: bytes=5-4\r\n", 200, 0, 1000},
        {"Range: bytes=\r\n", 200, 0, 1000},
        {"Range: bytes=-\r\n", 200, 0, 1000},
        {"Range: bytes=a-b\r\n", 200, 0, 1000},
        {"Range: bytes=1-2x\r\n", 200, 0, 1000},
        {"Range: bytes=1\r\n", 200, 0, 1000},
        {"Range: bytes=--1\r\n", 200, 0, 1000},
        {"Range: bytes=+1-2\r\n", 200, 0, 1000},
        {"Range: bytes 1-2\r\n", 200, 0, 1000},
        {"Range: lines=1-2\r\n", 200, 0, 1000},
        {"Range: bytes=0-1,5-6\r\n", 200, 0, 1000},
        {"Range: bytes=0-1,\r\n", 200, 0, 1000},
        /* a condition comes first */
        {"Range: bytes=0-1\r\nIf-None-Match: " TAG "\r\n", 304, 0, 0},
        {"Range: bytes=0-1\r\nIf-Match: \"x\"\r\n", 412, 0, 0},
        {"Range: bytes=0-1\r\nIf-Range: " TAG "\r\n", 206, 0, 2},
        {"Range: bytes=0-1\r\nIf-Range: W/" TAG "\r\n", 200, 0, 1000},
        {"Range: bytes=0-1\r\nIf-Range: \"x\"\r\n", 200, 0, 1000},
        {"Range: bytes=0-1\r\nIf-Range: " DATE "\r\n", 206, 0, 2},
        {"Range: bytes=0-1\r\nIf-Range: " AFTER "\r\n", 200, 0, 1000},
        {"Range: bytes=0-1\r\nIf-Range: " BEFORE "\r\n", 200, 0, 1000},
        {"Range: bytes=0-1\r\nIf-Range: Wed\r\n", 200, 0, 1000},
        {"Range: bytes=5000-\r\nIf-Range: \"x\"\r\n", 200, 0, 1000},
        {"If-Range: " TAG "\r\n", 200, 0, 1000},
    };

    (void)state;
    check(cases, sizeof cases / sizeof *cases);
}

static void an_empty_file_has_no_parts(void **state)
{
    static const struct file_facts empty = {0, CHANGED, 0};

    (void)state;
    assert_int_equal(choose(&empty, "GET", "").length, 0);
    assert_int_equal(choose(&empty, "GET", "Range: bytes=-5\r\n").status, 200);
    assert_int_equal(choose(&empty, "GET", "Range: bytes=1-\r\n").status, 416);
}

static void head_knows_no_ranges(void **state)
{
    (void)state;
    assert_int_equal(choose(&file, "HEAD", "Range: bytes=0-1\r\n").status, 200);
    assert_int_equal(
        choose(&file, "HEAD", "If-None-Match: " TAG "\r\n").status, 304);
}

static void a_head_says_what_follows(void **state)
{
    static const struct {
        struct file_answer answer;
        const char *lines;
    } cases[] = {
        {{200, 0, 1000},
         "Content-Type: text/plain\r\nContent-Length: 1000\r\n"
         "Accept-Ranges: bytes\r\n"},
        {{206, 5, 10},
         "Content-Range: bytes 5-14/1000\r\nContent-Type: text/plain\r\n"
         "Content-Length: 10\r\nAccept-Ranges: bytes\r\n"},
        {{304, 0, 0}, ""},
        {{412, 0, 0}, "Content-Length: 0\r\n"},
        {{416, 0, 0},
         "Content-Range: bytes */1000\r\nContent-Length: 0\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char head[FILE_HEAD_MAX], wanted[FILE_HEAD_MAX];
        size_t len = file_answer_head(&cases[i].answer, &file, "text/plain",
                                      "Connection: close\r\n", NOW, head);

        snprintf(wanted, sizeof wanted,
                 "Date: Wed, 26 Nov 2025 09:40:00 GMT\r\nLast-Modified: " DATE
                 "\r\nETag: " TAG "\r\n%sConnection: close\r\n\r\n",
                 cases[i].lines);
        assert_int_equal(len, strlen(head));
        assert_string_equal(strstr(head, "Date: "), wanted);
    }
}

/* The clock of the one who wrote the file was fast. */
static void nothing_has_changed_in_the_future(void **state)
{
    const struct file_facts f = {1, NOW + 1000, 0};
    const struct file_answer a = {200, 0, 1};
    char head[FILE_HEAD_MAX];

    (void)state;
    file_answer_head(&a, &f, "text/plain", "", NOW, head);
    assert_non_null(
        strstr(head, "Last-Modified: Wed, 26 Nov 2025 09:40:00 GMT\r\n"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_tag_changes_with_the_file),
        fixture_test(conditions_are_checked_in_their_order),
        fixture_test(ranges_are_cut_from_the_file),
        fixture_test(an_empty_file_has_no_parts),
        fixture_test(head_knows_no_ranges),
        fixture_test(a_head_says_what_follows),
        fixture_test(nothing_has_changed_in_the_future),
    };

    return fixture_run("file_answer", tests);
}
