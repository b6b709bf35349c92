/* ranges: one part of a file, and what is no part of it. */
#include "asked.h"

static void a_part_from_first_to_last(void **state)
{
    (void)state;
    expect_ranges("bytes=0-99", 1000, "0+100");
    expect_ranges("bytes=5-5", 1000, "5+1");
    expect_ranges("bytes=0-999", 1000, "0+1000");
}

static void a_part_without_an_end(void **state)
{
    (void)state;
    expect_ranges("bytes=500-", 1000, "500+500");
    expect_ranges("bytes=999-", 1000, "999+1");
}

static void the_last_bytes(void **state)
{
    (void)state;
    expect_ranges("bytes=-20", 1000, "980+20");
    expect_ranges("bytes=-5000", 1000, "0+1000");
}

static void what_reaches_behind_the_end_is_cut_off(void **state)
{
    (void)state;
    expect_ranges("bytes=990-2000", 1000, "990+10");
    expect_ranges("bytes=0-1000", 1000, "0+1000");
}

static void what_lies_behind_the_end_is_416(void **state)
{
    (void)state;
    expect_ranges("bytes=1000-", 1000, "none");
    expect_ranges("bytes=1000-1001", 1000, "none");
    expect_ranges("bytes=-0", 1000, "none");
}

static void several_parts_in_their_order(void **state)
{
    (void)state;
    expect_ranges("bytes=0-0, -1", 1000, "0+1 999+1");
    expect_ranges("bytes=500-599,0-99", 1000, "500+100 0+100");
    expect_ranges("bytes=,0-0 ,\t, 2-2,", 1000, "0+1 2+1");
}

static void what_is_malformed_is_ignored(void **state)
{
    static const char *const bad[] = {
        "bytes=",     "bytes=-",    "bytes=1",   "bytes=9-5", "bytes=a-b",
        "bytes=1-2x", "bytes=1--2", "bytes 0-1", "bytes",     "lines=0-1",
        "bytes=+1-2", "bytes=1 -2", "bytes=--1", ""};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_ranges(bad[i], 1000, "whole");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_part_from_first_to_last),
        fixture_test(a_part_without_an_end),
        fixture_test(the_last_bytes),
        fixture_test(what_reaches_behind_the_end_is_cut_off),
        fixture_test(what_lies_behind_the_end_is_416),
        fixture_test(several_parts_in_their_order),
        fixture_test(what_is_malformed_is_ignored),
    };

    return fixture_run("ranges", tests);
}
