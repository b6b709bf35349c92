/* http_date: the calendar both ways, and the three forms of RFC 9110, 5.6.7. */
#include "fixture.h"

#include "http_date.h"

#include <string.h>

#define NOW INT64_C(1764150000) /* 26 November 2025 */

static void writes_the_form_of_http(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } cases[] = {
        {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {951782399, "Mon, 28 Feb 2000 23:59:59 GMT"},
        {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
        {1709164800, "Thu, 29 Feb 2024 00:00:00 GMT"},
        {4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
        {INT64_C(253402300799), "Fri, 31 Dec 9999 23:59:59 GMT"},
        {INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT"},
        {-1, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {INT64_MIN, "Thu, 01 Jan 1970 00:00:00 GMT"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[HTTP_DATE_MAX];

        http_date_format(text, cases[i].seconds);
        assert_string_equal(text, cases[i].text);
    }
}

static void reads_all_three_forms(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } cases[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
        {"Sun Nov  6 08:49:37 1994", 784111777},
        {"Wed Nov 16 08:49:37 1994", 784975777},
        {"Wednesday, 16-Nov-94 08:49:37 GMT", 784975777},
        {"Fri, 30 Jun 1972 23:59:60 GMT", 78796800}, /* a leap second */
        {"Thursday, 01-Jan-70 00:00:00 GMT", INT64_C(3155760000)}, /* 2070 */
        {"Friday, 01-Jan-76 00:00:00 GMT", 189302400},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t got = -1;

        if (http_date_parse(slice_of(cases[i].text), NOW, &got) != 0 ||
            got != cases[i].seconds)
            fail_msg("%s: %lld", cases[i].text, (long long)got);
    }
}

static void reads_nothing_else(void **state)
{
    static const char *const texts[] = {
        "", "0", "now", "Sun, 06 Nov 1994 08:49:37", "784111777",
        "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ",
        "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT", "Wed, 29 Feb 2023 00:00:00 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1969 08:49:37 GMT", "Sun, 06 Nov 199 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT; length=3", "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994", "Sun,06 Nov 1994 08:49:37 GMT",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *at = guard_copy(texts[i], strlen(texts[i]));
        int64_t got;

        if (http_date_parse((struct slice){at, strlen(texts[i])}, NOW, &got) !=
            -1)
            fail_msg("\"%s\" was read as %lld", texts[i], (long long)got);
        guard_free(at, strlen(texts[i]));
    }
}

/* Every day of 600 years, and what was written is read as the same. */
static void what_it_writes_it_reads(void **state)
{
    char text[HTTP_DATE_MAX];
    int64_t got;

    (void)state;
    for (int64_t day = 0; day < 366 * 600; day++) {
        int64_t seconds = day * 86400 + (day * 7919) % 86400;

        http_date_format(text, seconds);
        assert_int_equal(http_date_parse(slice_of(text), NOW, &got), 0);
        assert_true(got == seconds);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(writes_the_form_of_http),
        fixture_test(reads_all_three_forms),
        fixture_test(reads_nothing_else),
        fixture_test(what_it_writes_it_reads),
    };

    return fixture_run("http_date", tests);
}
