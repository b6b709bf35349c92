/* LB_NAME: the command line, and what can fail at the start. */
#include "fixture.h"
#include "http_client.h"
#include "lb_command.h"
#include "lb_fixture.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct lb_command me = {LB_PROGRAM,
                                     "HOST:PORT or HOST:PORT:WEIGHT"};

/* ---- wrong command lines ------------------------------------------------ */

static const struct lb_command_case wrong[] = {
    {{"-a", "rr"}, "expected PORT and backends", NULL},
    {{"-a", "rr", "8080"}, "expected PORT and backends", NULL},
    {{"8080", "h:1", "-a"}, "missing value after", "-a"},
    {{"8080", "h:1", "-a", "lru"}, "unknown algorithm", "lru"},
    {{"8080", "h:1", "-a", "RR"}, "unknown algorithm", "RR"},
    {{"8080", "h:1", "-a", ""}, "unknown algorithm", ""},
    {{"-alru", "8080", "h:1"}, "unknown algorithm", "lru"},
    {{"-a", "wrr", "8080", "h:1", "-a", "nix"}, "unknown algorithm", "nix"},
    {{"8080", "h:1:"}, NULL, "h:1:"},
    {{"8080", "h:1:0"}, "a weight is 1 to 1000", "h:1:0"},
    {{"8080", "h:1:1001"}, "a weight is 1 to 1000", "h:1:1001"},
    {{"8080", "h:1:-1"}, "a weight is 1 to 1000", "h:1:-1"},
    {{"8080", "h:1:2x"}, "a weight is 1 to 1000", "h:1:2x"},
    {{"8080", "h:1:4294967297"}, "a weight is 1 to 1000", "h:1:4294967297"},
    {{"8080", "h:1:1:1"}, "a weight is 1 to 1000", "h:1:1:1"},
    {{"8080", "[::1]:80:0"}, "a weight is 1 to 1000", "[::1]:80:0"},
};

static void says_what_is_wrong_then_the_usage(void **state)
{
    (void)state;
    lb_command_refuses_what_is_wrong(&me);
    lb_command_refuses(&me, wrong, sizeof wrong / sizeof *wrong);
}

static void explains_itself(void **state)
{
    const char *const argv[] = {LB_PROGRAM, "-a", "lc", "-h", NULL};
    struct run r = program_run(argv, NULL, 0);

    (void)state;
    lb_command_explains_itself(
        &me, "PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n", "a");
    assert_non_null(strstr(r.out, "\n  -a rr "));
    assert_non_null(strstr(r.out, "\n  -a wrr "));
    assert_non_null(strstr(r.out, "\n  -a lc "));
    assert_non_null(strstr(r.out, "\n  -a iphash "));
    run_free(&r);
}

static void takes_256_backends_and_no_more(void **state)
{
    (void)state;
    lb_command_takes_256_backends(&me);
}

/* ---- what fails at the start -------------------------------------------- */

static void a_port_in_use_is_said(void **state)
{
    (void)state;
    lb_command_needs_its_port(&me);
}

static void an_unknown_host_is_said(void **state)
{
    (void)state;
    lb_command_needs_known_hosts(&me);
}

/* ---- command lines that are right --------------------------------------- */

/* Options before, between and behind the operands; the last -a counts. */
static void options_may_stand_anywhere(void **state)
{
    static const char *const lines[][LB_COMMAND_WORDS] = {
        {"-a", "rr", "0", "127.0.0.1:1"},
        {"0", "-a", "wrr", "127.0.0.1:1:1000"},
        {"0", "127.0.0.1:1:1", "-a", "lc"},
        {"0", "-aiphash", "127.0.0.1:1"},
        {"-a", "round_robin", "--", "0", "127.0.0.1:1"},
        {"0", "127.0.0.1:1", "-a", "weighted_round_robin"},
        {"0", "127.0.0.1:1", "-a", "least_connections"},
        {"0", "127.0.0.1:1", "-a", "ip_hash", "-alc"},
        {"00", "127.0.0.1:00001:0007"},
    };

    (void)state;
    lb_command_accepts(&me, lines, sizeof lines / sizeof *lines);
}

/* A backend named like this is found, by clients of either family. */
static void expect_reaches(const char *host, int connect_to(int port))
{
    struct program *backend =
        program_start("backends/simple_http_backend", "0", "b1", NULL), *lb;
    struct http_response r;
    char where[64];
    int client;

    snprintf(where, sizeof where, "%s:%d", host, program_port(backend));
    lb = program_start(LB_PROGRAM, "0", where, NULL);
    client = connect_to(program_port(lb));
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    http_receive(client, "GET", &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body, "Hello from b1\n");
    http_response_free(&r);
    wire_close(client);
    program_stop(lb);
    program_stop(backend);
}

static void hosts_may_be_names(void **state)
{
    (void)state;
    expect_reaches("localhost", wire_connect);
    expect_reaches("127.0.0.1", wire_connect);
}

static void hosts_and_clients_may_be_ipv6(void **state)
{
    (void)state;
    if (!wire_have_ipv6())
        skip();
    expect_reaches("[::1]", wire_connect);
    expect_reaches("[::1]", wire_connect6);
    expect_reaches("127.0.0.1", wire_connect6);
}

/* The line has the real port, on all interfaces, and comes when the first
 * health checks are through. */
static void says_when_it_is_ready(void **state)
{
    char line[128], *output;
    struct lb lb;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 1,
                                    .dead = 1});
    snprintf(line, sizeof line,
             "Backend 127.0.0.1:%d marked UNHEALTHY\n"
             LB_NAME " listening on %s:%d\n",
             lb.backend_port[1], wire_have_ipv6() ? "[::]" : "0.0.0.0",
             lb.port);
    assert_int_equal(strncmp(program_output(lb.program), line, strlen(line)),
                     0);
    lb_expect_order(&lb, "b1 b1 b1"); /* the dead one was never asked */
    output = lb_stop_output(&lb);
    assert_null(strstr(output, "backend 127.0.0.1"));
    free(output);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(says_what_is_wrong_then_the_usage),
        fixture_test(explains_itself),
        fixture_test(takes_256_backends_and_no_more),
        fixture_test(a_port_in_use_is_said),
        fixture_test(an_unknown_host_is_said),
        fixture_test(options_may_stand_anywhere),
        fixture_test(hosts_may_be_names),
        fixture_test(hosts_and_clients_may_be_ipv6),
        fixture_test(says_when_it_is_ready),
    };

    return fixture_run(LB_NAME ": command line", tests);
}
