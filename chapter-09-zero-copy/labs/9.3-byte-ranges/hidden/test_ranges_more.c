/* ranges: hostile fields, and files at the ends of what there is. */
#include "asked.h"

static void the_unit_is_written_in_either_case(void **state)
{
    (void)state;
    expect_ranges("Bytes=0-1", 10, "0+2");
    expect_ranges("BYTES=-1", 10, "9+1");
}

static void one_bad_element_spoils_all(void **state)
{
    (void)state;
    expect_ranges("bytes=0-1,x", 10, "whole");
    expect_ranges("bytes=0-1,5-4", 10, "whole");
    expect_ranges("bytes=20-30,x", 10, "whole");
    expect_ranges("bytes=,,", 10, "whole");
}

static void those_behind_the_end_are_left_out(void **state)
{
    (void)state;
    expect_ranges("bytes=20-30,0-1,-0", 10, "0+2");
    expect_ranges("bytes=20-30,10-", 10, "none");
}

static void numbers_that_no_integer_holds(void **state)
{
    (void)state;
    expect_ranges("bytes=0-99999999999999999999999", 10, "0+10");
    expect_ranges("bytes=18446744073709551616-", 10, "none");
    expect_ranges("bytes=-18446744073709551617", 10, "0+10");
    expect_ranges("bytes=0-18446744073709551615", 10, "0+10");
    expect_ranges("bytes=5-", UINT64_MAX, "5+18446744073709551610");
}

static void an_empty_file_has_no_part(void **state)
{
    (void)state;
    expect_ranges("bytes=0-0", 0, "none");
    expect_ranges("bytes=0-", 0, "none");
    expect_ranges("bytes=-5", 0, "none");
}

static void nobody_gets_a_byte_twice(void **state)
{
    (void)state;
    expect_ranges("bytes=0-,0-", 10, "whole");
    expect_ranges("bytes=0-5,5-9", 10, "whole");
    expect_ranges("bytes=2-3,0-9", 10, "whole");
    expect_ranges("bytes=0-4,-5", 10, "0+5 5+5");
}

static void eight_parts_and_no_more(void **state)
{
    (void)state;
    expect_ranges("bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7", 10,
                  "0+1 1+1 2+1 3+1 4+1 5+1 6+1 7+1");
    expect_ranges("bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8", 10, "whole");
    expect_ranges("bytes=20-,20-,20-,20-,20-,20-,20-,20-,20-", 10, "whole");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_unit_is_written_in_either_case),
        fixture_test(one_bad_element_spoils_all),
        fixture_test(those_behind_the_end_are_left_out),
        fixture_test(numbers_that_no_integer_holds),
        fixture_test(an_empty_file_has_no_part),
        fixture_test(nobody_gets_a_byte_twice),
        fixture_test(eight_parts_and_no_more),
    };

    return fixture_run("ranges_more", tests);
}
