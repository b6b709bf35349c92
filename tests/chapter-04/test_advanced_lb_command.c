/* advanced_lb: its command line, and what can fail at the start. */
#include "fixture.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "wire.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE_BEGINS \
    "usage: advanced_lb PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n"
#define MAX_ARGUMENTS 6

static struct run run_with(const char *const *arguments)
{
    const char *argv[MAX_ARGUMENTS + 2] = {ADVANCED_LB};

    for (int i = 0; i < MAX_ARGUMENTS && arguments[i] != NULL; i++)
        argv[i + 1] = arguments[i];
    return program_run(argv, NULL, 0);
}

static void assert_begins(const char *text, const char *begin)
{
    if (strncmp(text, begin, strlen(begin)) != 0)
        assert_string_equal(text, begin);
}

/* The usage, complete and nothing behind it. */
static void assert_usage(const char *text)
{
    assert_begins(text, USAGE_BEGINS);
    assert_non_null(strstr(text, "\n  -a rr "));
    assert_non_null(strstr(text, "\n  -a wrr "));
    assert_non_null(strstr(text, "\n  -a lc "));
    assert_non_null(strstr(text, "\n  -a iphash "));
    assert_int_equal(text[strlen(text) - 1], '\n');
    assert_null(strstr(text + 1, USAGE_BEGINS)); /* once */
}

/* ---- wrong command lines ------------------------------------------------ */

static const struct {
    const char *arguments[MAX_ARGUMENTS]; /* up to a NULL */
    const char *says;
} wrong[] = {
    {{NULL}, "expected PORT and backends"},
    {{"8080"}, "expected PORT and backends"},
    {{"-a", "rr"}, "expected PORT and backends"},
    {{"-a", "rr", "8080"}, "expected PORT and backends"},
    {{"--", "8080"}, "expected PORT and backends"},
    {{"80x", "h:1"}, "not a port (0 to 65535): 80x"},
    {{"", "h:1"}, "not a port (0 to 65535): "},
    {{"+80", "h:1"}, "not a port (0 to 65535): +80"},
    {{"0x50", "h:1"}, "not a port (0 to 65535): 0x50"},
    {{"65536", "h:1"}, "not a port (0 to 65535): 65536"},
    {{"70000", "h:1"}, "not a port (0 to 65535): 70000"},
    {{"18446744073709551696", "h:1"},
     "not a port (0 to 65535): 18446744073709551696"},
    {{"h:1", "8080"}, "not a port (0 to 65535): h:1"},
    {{"-1", "h:1"}, "unknown option: -1"},
    {{"8080", "h:1", "-x"}, "unknown option: -x"},
    {{"8080", "h:1", "--algorithm", "rr"}, "unknown option: --algorithm"},
    {{"8080", "h:1", "-a"}, "missing value after: -a"},
    {{"8080", "h:1", "-a", "lru"}, "unknown algorithm: lru"},
    {{"8080", "h:1", "-a", "RR"}, "unknown algorithm: RR"},
    {{"8080", "h:1", "-a", ""}, "unknown algorithm: "},
    {{"-alru", "8080", "h:1"}, "unknown algorithm: lru"},
    {{"-a", "wrr", "8080", "h:1", "-a", "nix"}, "unknown algorithm: nix"},
    {{"8080", "h"}, "not HOST:PORT or HOST:PORT:WEIGHT: h"},
    {{"8080", "h:"}, "not HOST:PORT or HOST:PORT:WEIGHT: h:"},
    {{"8080", ":1"}, "not HOST:PORT or HOST:PORT:WEIGHT: :1"},
    {{"8080", ""}, "not HOST:PORT or HOST:PORT:WEIGHT: "},
    {{"8080", "h:1", "h:80x"}, "not HOST:PORT or HOST:PORT:WEIGHT: h:80x"},
    {{"8080", "h:70000"}, "not HOST:PORT or HOST:PORT:WEIGHT: h:70000"},
    {{"8080", "h:-1"}, "not HOST:PORT or HOST:PORT:WEIGHT: h:-1"},
    {{"8080", "h:1:"}, "not HOST:PORT or HOST:PORT:WEIGHT: h:1:"},
    {{"8080", "::1:80"}, "not HOST:PORT or HOST:PORT:WEIGHT: ::1:80"},
    {{"8080", "[::1]"}, "not HOST:PORT or HOST:PORT:WEIGHT: [::1]"},
    {{"8080", "[::1:80"}, "not HOST:PORT or HOST:PORT:WEIGHT: [::1:80"},
    {{"8080", "a b:80"}, "not HOST:PORT or HOST:PORT:WEIGHT: a b:80"},
    {{"8080", "u@h:80"}, "not HOST:PORT or HOST:PORT:WEIGHT: u@h:80"},
    {{"8080", "h:0"}, "a backend's port is 1 to 65535: h:0"},
    {{"8080", "h:1:0"}, "a weight is 1 to 1000: h:1:0"},
    {{"8080", "h:1:1001"}, "a weight is 1 to 1000: h:1:1001"},
    {{"8080", "h:1:-1"}, "a weight is 1 to 1000: h:1:-1"},
    {{"8080", "h:1:2x"}, "a weight is 1 to 1000: h:1:2x"},
    {{"8080", "h:1:4294967297"}, "a weight is 1 to 1000: h:1:4294967297"},
    {{"8080", "h:1:1:1"}, "a weight is 1 to 1000: h:1:1:1"},
    {{"8080", "[::1]:80:0"}, "a weight is 1 to 1000: [::1]:80:0"},
    {{"8080", "--", "-h"}, "not HOST:PORT or HOST:PORT:WEIGHT: -h"},
};

static void says_what_is_wrong_then_the_usage(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct run r = run_with(wrong[i].arguments);
        char line[256];

        snprintf(line, sizeof line, "advanced_lb: %s\n", wrong[i].says);
        assert_begins(r.err, line);
        assert_usage(r.err + strlen(line));
        assert_string_equal(r.out, "");
        assert_int_equal(r.status, 2);
        run_free(&r);
    }
}

static void explains_itself(void **state)
{
    static const char *const lines[][MAX_ARGUMENTS] = {
        {"-h"}, {"--help"}, {"8080", "-h"}, {"8080", "h:1", "--help"},
        {"-a", "lc", "-h"}, {"-h", "80x"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct run r = run_with(lines[i]);

        assert_usage(r.out);
        assert_string_equal(r.err, "");
        assert_int_equal(r.status, 0);
        run_free(&r);
    }
}

static void takes_256_backends_and_no_more(void **state)
{
    static const char *argv[1 + 1 + 257 + 1];
    struct run r;

    (void)state;
    argv[0] = ADVANCED_LB;
    argv[1] = "0";
    for (int i = 0; i < 257; i++)
        argv[2 + i] = "127.0.0.1:1";
    argv[2 + 257] = NULL;
    r = program_run(argv, NULL, 0);
    assert_begins(r.err, "advanced_lb: more than 256 backends: 127.0.0.1:1\n");
    assert_int_equal(r.status, 2);
    run_free(&r);

    argv[2 + 256] = NULL;
    program_stop(program_start_args(argv));
}

/* ---- what fails at the start -------------------------------------------- */

static void expect_start_fails(const char *port, const char *backend,
                               const char *says)
{
    const char *argv[] = {ADVANCED_LB, port, backend, NULL};
    struct run r = program_run(argv, NULL, 0);

    assert_begins(r.err, says);
    assert_int_equal(r.err[strlen(r.err) - 1], '\n');
    assert_ptr_equal(strchr(r.err, '\n'), r.err + strlen(r.err) - 1);
    assert_string_equal(r.out, "");
    assert_int_equal(r.status, 1);
    run_free(&r);
}

static void a_port_in_use_is_said(void **state)
{
    char port[8], says[128];
    struct lb lb;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = ADVANCED_LB, .dead = 1});
    snprintf(port, sizeof port, "%d", lb.port);
    snprintf(says, sizeof says, "advanced_lb: listen on port %d: %s\n",
             lb.port, strerror(EADDRINUSE));
    expect_start_fails(port, "127.0.0.1:1", says);
    lb_stop(&lb);
}

/* A label of more than 63 characters is no name: no resolver is asked. */
#define NO_NAME \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void an_unknown_host_is_said(void **state)
{
    (void)state;
    expect_start_fails("0", NO_NAME ":80",
                       "advanced_lb: resolve " NO_NAME ": ");
    expect_start_fails("0", "[:::]:80", "advanced_lb: resolve :::: ");
}

/* ---- command lines that are right --------------------------------------- */

/* Options before, between and behind the operands; the last -a counts. */
static void options_may_stand_anywhere(void **state)
{
    static const char *const lines[][MAX_ARGUMENTS] = {
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
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *argv[MAX_ARGUMENTS + 2] = {ADVANCED_LB};

        for (int n = 0; n < MAX_ARGUMENTS; n++)
            argv[n + 1] = lines[i][n];
        program_stop(program_start_args(argv));
    }
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
    lb = program_start(ADVANCED_LB, "0", where, NULL);
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
    lb_start(&lb, &(struct lb_plan){.program = ADVANCED_LB, .real = 1,
                                    .dead = 1});
    snprintf(line, sizeof line,
             "Backend 127.0.0.1:%d marked UNHEALTHY\n"
             "advanced_lb listening on %s:%d\n",
             lb.backend_port[1], wire_have_ipv6() ? "[::]" : "0.0.0.0",
             lb.port);
    assert_begins(program_output(lb.program), line);
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

    return fixture_run("advanced_lb: command line", tests);
}
