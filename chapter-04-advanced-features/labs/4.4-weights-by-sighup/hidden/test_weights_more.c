/* weights: the ends of lines and files, and what happens to the turns. */
#include "fixture.h"
#include "weight_file.h"

static void nobody_is_named_twice(void **state)
{
    (void)state;
    expect_refuses("127.0.0.1:9001 3\n127.0.0.1:9001 3\n",
                   "2: named twice: 127.0.0.1:9001");
}

static void the_last_line_may_lack_its_newline(void **state)
{
    (void)state;
    expect_loads("127.0.0.1:9001 2\n127.0.0.1:9002 5", "2 5 1");
}

static void spaces_and_tabs_are_alike(void **state)
{
    (void)state;
    expect_loads("127.0.0.1:9001\t4\n127.0.0.1:9002 \t  5  \n", "4 5 1");
}

static void a_long_line_is_not_cut(void **state)
{
    char text[2048];
    int len = snprintf(text, sizeof text, "\n127.0.0.1:9001 %600s\n", "3");

    (void)state;
    expect_int("bytes of the test's file", len, 617);
    expect_refuses(text, "2: line too long");
    snprintf(text, sizeof text, "127.0.0.1:9001%*s\n", WEIGHTS_LINE - 15,
             "3");
    expect_loads(text, "3 1 1");
}

static void a_file_that_is_not_there_says_so(void **state)
{
    struct backend_set *set = three_backends();

    (void)state;
    expect_int("weights_load(\"absent\")", weights_load("absent", set, error),
               -1);
    expect_text("what is wrong", error, "No such file or directory");
}

static void a_directory_is_no_file(void **state)
{
    struct backend_set *set = three_backends();

    (void)state;
    expect_int("weights_load(\".\")", weights_load(".", set, error), -1);
    expect_text("what is wrong", error, "Is a directory");
}

/* 30 and 10 of 40, from the very next pick on. */
static void the_new_shares_hold_at_once(void **state)
{
    static const struct backend_mask nobody_tried = {{0}};
    struct backend_set *set = three_backends();
    int first = 0;

    (void)state;
    set->num_backends = 2;
    load(set, "127.0.0.1:9002 1000\n");
    for (int i = 0; i < 500; i++)
        select_weighted_round_robin(set, "", &nobody_tried);
    load(set, "127.0.0.1:9001 3\n127.0.0.1:9002 1\n");
    for (int i = 0; i < 40; i++)
        first += select_weighted_round_robin(set, "", &nobody_tried) ==
                 &set->backends[0];
    expect_int("picks of backend 1 of 40, from 1:1000 to 3:1", first, 30);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(nobody_is_named_twice),
        fixture_test(the_last_line_may_lack_its_newline),
        fixture_test(spaces_and_tabs_are_alike),
        fixture_test(a_long_line_is_not_cut),
        fixture_test(a_file_that_is_not_there_says_so),
        fixture_test(a_directory_is_no_file),
        fixture_test(the_new_shares_hold_at_once),
    };

    return fixture_run("weights_more", tests);
}
