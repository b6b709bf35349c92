/* zero_copy_lb: its command line. */
#include "fixture.h"
#include "lb_command.h"
#include "lb_fixture.h"

static const struct lb_command me = {LB_PROGRAM,
                                     "HOST:PORT or HOST:PORT:WEIGHT"};

static const struct lb_command_case wrong[] = {
    {{"8080", "h:1", "-z"}, "missing value after", "-z"},
    {{"8080", "h:1", "-z", "-1"}, "not a number in its range", "-1"},
    {{"8080", "h:1", "-z", "64k"}, "not a number in its range", "64k"},
    {{"8080", "h:1", "-z", ""}, "not a number in its range", ""},
    {{"8080", "h:1", "-z", "2147483648"}, "not a number in its range",
     "2147483648"},
    {{"8080", "h:1", "-z1x"}, "not a number in its range", "1x"},
};

static void says_what_is_wrong_then_the_usage(void **state)
{
    (void)state;
    lb_command_refuses_what_is_wrong(&me);
    lb_command_refuses(&me, wrong, sizeof wrong / sizeof *wrong);
}

static void explains_itself(void **state)
{
    (void)state;
    lb_command_explains_itself(
        &me, "PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n", "aptrblmz");
}

static void takes_options_anywhere(void **state)
{
    static const char *const lines[][LB_COMMAND_WORDS] = {
        {"0", "127.0.0.1:1", "-z", "0"},
        {"-z", "1", "0", "127.0.0.1:1"},
        {"0", "-z2147483647", "127.0.0.1:1"},
    };

    (void)state;
    lb_command_accepts(&me, lines, sizeof lines / sizeof *lines);
}

static void needs_its_port_and_known_hosts(void **state)
{
    (void)state;
    lb_command_needs_its_port(&me);
    lb_command_needs_known_hosts(&me);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(says_what_is_wrong_then_the_usage),
        fixture_test(explains_itself),
        fixture_test(takes_options_anywhere),
        fixture_test(needs_its_port_and_known_hosts),
    };

    return fixture_run("zero_copy_lb: command line", tests);
}
