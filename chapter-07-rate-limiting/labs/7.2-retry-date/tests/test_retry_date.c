/* retry_date: moments, and how a wait is added to them. */
#include "dated.h"

static void no_wait_is_now(void **state)
{
    (void)state;
    expect_date(0, 0, "Thu, 01 Jan 1970 00:00:00 GMT");
    expect_date(784111777, 0, "Sun, 06 Nov 1994 08:49:37 GMT");
}

static void whole_seconds_are_added(void **state)
{
    (void)state;
    expect_date(0, 2000, "Thu, 01 Jan 1970 00:00:02 GMT");
    expect_date(784111777, 3600000, "Sun, 06 Nov 1994 09:49:37 GMT");
}

static void a_part_of_a_second_is_a_whole_one(void **state)
{
    (void)state;
    expect_date(0, 1500, "Thu, 01 Jan 1970 00:00:02 GMT");
    expect_date(0, 1001, "Thu, 01 Jan 1970 00:00:02 GMT");
    expect_date(0, 1, "Thu, 01 Jan 1970 00:00:01 GMT");
}

static void every_month_has_its_name(void **state)
{
    static const char *const dates[] = {
        "Fri, 15 Jan 2021 12:00:00 GMT", "Mon, 15 Feb 2021 12:00:00 GMT",
        "Mon, 15 Mar 2021 12:00:00 GMT", "Thu, 15 Apr 2021 12:00:00 GMT",
        "Sat, 15 May 2021 12:00:00 GMT", "Tue, 15 Jun 2021 12:00:00 GMT",
        "Thu, 15 Jul 2021 12:00:00 GMT", "Sun, 15 Aug 2021 12:00:00 GMT",
        "Wed, 15 Sep 2021 12:00:00 GMT", "Fri, 15 Oct 2021 12:00:00 GMT",
        "Mon, 15 Nov 2021 12:00:00 GMT", "Wed, 15 Dec 2021 12:00:00 GMT"};
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    time_t now = 1610712000;

    (void)state;
    for (int i = 0; i < 12; i++) {
        expect_date(now, 0, dates[i]);
        now += days[i] * (time_t)86400;
    }
}

static void leap_days_are_there(void **state)
{
    (void)state;
    expect_date(951782399, 1, "Tue, 29 Feb 2000 00:00:00 GMT");
    expect_date(4107542399, 1, "Mon, 01 Mar 2100 00:00:00 GMT");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(no_wait_is_now),
        fixture_test(whole_seconds_are_added),
        fixture_test(a_part_of_a_second_is_a_whole_one),
        fixture_test(every_month_has_its_name),
        fixture_test(leap_days_are_there),
    };

    return fixture_run("retry_date", tests);
}
