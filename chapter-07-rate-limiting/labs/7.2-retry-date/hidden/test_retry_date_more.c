/* retry_date: other places, other languages, the end of time. */
#include "dated.h"

#include <stdlib.h>

static void the_time_zone_does_not_matter(void **state)
{
    (void)state;
    assert_int_equal(setenv("TZ", "XYZ-5:30", 1), 0);
    tzset();
    expect_date(784111777, 0, "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_int_equal(setenv("TZ", "UTC", 1), 0);
    tzset();
}

static void the_library_s_own_moment_is_left_alone(void **state)
{
    time_t moment = 86400;
    const struct tm *shared = gmtime(&moment);

    (void)state;
    expect_date(784111777, 0, "Sun, 06 Nov 1994 08:49:37 GMT");
    expect_int("the day in gmtime()'s static memory", shared->tm_mday, 2);
}

static void thirty_two_bits_are_too_few(void **state)
{
    (void)state;
    expect_date(2147483647, 1000, "Tue, 19 Jan 2038 03:14:08 GMT");
    expect_date(0, 4294967296000, "Sun, 07 Feb 2106 06:28:16 GMT");
}

static void time_ends_with_the_year_9999(void **state)
{
    (void)state;
    expect_date(253402300799, 0, "Fri, 31 Dec 9999 23:59:59 GMT");
    expect_date(253402300799, 1, "Fri, 31 Dec 9999 23:59:59 GMT");
    expect_date(0, UINT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_time_zone_does_not_matter),
        fixture_test(the_library_s_own_moment_is_left_alone),
        fixture_test(thirty_two_bits_are_too_few),
        fixture_test(time_ends_with_the_year_9999),
    };

    return fixture_run("retry_date_more", tests);
}
