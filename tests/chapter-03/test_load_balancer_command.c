/* load_balancer: its command line, and what can fail at the start. */
#include "fixture.h"

#include <string.h>

#include "lb_command.h"
#include "program.h"

#define LOAD_BALANCER "chapter-03-load-balancer/load_balancer"

static const struct lb_command me = {LOAD_BALANCER, "HOST:PORT"};

static void says_what_is_wrong_then_the_usage(void **state)
{
    static const struct lb_command_case own[] = {
        {{"-a", "rr", "8080", "h:1"}, "unknown option", "-a"},
        {{"8080", "h:1", "-a", "rr"}, "unknown option", "-a"},
        {{"8080", "h:1:3"}, "this program knows no weights", "h:1:3"},
    };

    (void)state;
    lb_command_refuses_what_is_wrong(&me);
    lb_command_refuses(&me, own, sizeof own / sizeof *own);
}

static void explains_itself(void **state)
{
    const char *const argv[] = {LOAD_BALANCER, "-h", NULL};
    struct run r = program_run(argv, NULL, 0);

    (void)state;
    assert_string_equal(
        r.out, "usage: load_balancer PORT HOST:PORT...\n"
               "Spreads HTTP requests over the backends, one after the other.\n"
               "Statistics: kill -USR1 PID\n");
    run_free(&r);
    lb_command_explains_itself(&me, "PORT HOST:PORT...\n", "");
}

static void takes_256_backends_and_no_more(void **state)
{
    (void)state;
    lb_command_takes_256_backends(&me);
}

static void a_port_in_use_ends_it(void **state)
{
    (void)state;
    lb_command_needs_its_port(&me);
}

static void an_unknown_host_ends_it(void **state)
{
    (void)state;
    lb_command_needs_known_hosts(&me);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(says_what_is_wrong_then_the_usage),
        fixture_test(explains_itself),
        fixture_test(takes_256_backends_and_no_more),
        fixture_test(a_port_in_use_ends_it),
        fixture_test(an_unknown_host_ends_it),
    };

    return fixture_run("load_balancer_command", tests);
}
