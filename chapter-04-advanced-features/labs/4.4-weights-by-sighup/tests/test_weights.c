/* weights: what a file sets, and what is wrong with others. */
#include "fixture.h"
#include "weight_file.h"

static void a_line_sets_a_weight(void **state)
{
    (void)state;
    expect_loads("127.0.0.1:9001 3\n", "3 1 1");
    expect_loads("127.0.0.1:9003 1000\n127.0.0.1:9001 2\n", "2 1 1000");
}

static void an_empty_file_changes_nothing(void **state)
{
    (void)state;
    expect_loads("", "1 1 1");
}

static void empty_lines_and_remarks_do_not_count(void **state)
{
    (void)state;
    expect_loads("# the new ones\n\n  \n127.0.0.1:9002 7\n#127.0.0.1:9001 5\n",
                 "1 7 1");
}

static void a_stranger_is_refused(void **state)
{
    (void)state;
    expect_refuses("127.0.0.1:9009 1\n",
                   "1: no such backend: 127.0.0.1:9009");
    expect_refuses("# one\n\n127.0.0.1:900 1\n",
                   "3: no such backend: 127.0.0.1:900");
}

static void a_weight_is_1_to_1000(void **state)
{
    static const char *const wrong[] = {
        "127.0.0.1:9001 0\n", "127.0.0.1:9001 1001\n", "127.0.0.1:9001 x\n",
        "127.0.0.1:9001\n", "127.0.0.1:9001 3x\n", "127.0.0.1:9001 -3\n",
        "127.0.0.1:9001 4294967299\n", "127.0.0.1:9001 3 4\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        expect_refuses(wrong[i], "1: a weight is 1 to 1000");
}

static void one_bad_line_spoils_all(void **state)
{
    (void)state;
    expect_refuses("127.0.0.1:9001 3\n127.0.0.1:9009 1\n",
                   "2: no such backend: 127.0.0.1:9009");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_line_sets_a_weight),
        fixture_test(an_empty_file_changes_nothing),
        fixture_test(empty_lines_and_remarks_do_not_count),
        fixture_test(a_stranger_is_refused),
        fixture_test(a_weight_is_1_to_1000),
        fixture_test(one_bad_line_spoils_all),
    };

    return fixture_run("weights", tests);
}
