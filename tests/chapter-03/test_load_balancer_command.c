/* load_balancer: its command line, and what can fail at the start. */
#include "balancer.h"
#include "fixture.h"
#include "program.h"
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USAGE                                                          \
    "usage: load_balancer PORT HOST:PORT...\n"                         \
    "Spreads HTTP requests over the backends, one after the other.\n" \
    "Statistics: kill -USR1 PID\n"

#define MAX_ARGUMENTS 5

static struct run run_with(const char *const *arguments)
{
    const char *argv[MAX_ARGUMENTS + 2] = {LOAD_BALANCER};

    for (int i = 0; i < MAX_ARGUMENTS && arguments[i] != NULL; i++)
        argv[i + 1] = arguments[i];
    return program_run(argv, NULL, 0);
}

/* ---- wrong command lines ------------------------------------------------ */

static const struct {
    const char *arguments[MAX_ARGUMENTS]; /* up to a NULL */
    const char *says;
} wrong[] = {
    {{NULL}, "expected PORT and backends"},
    {{"8080"}, "expected PORT and backends"},
    {{"--", "8080"}, "expected PORT and backends"},
    {{"80x", "h:1"}, "not a port (0 to 65535): 80x"},
    {{"", "h:1"}, "not a port (0 to 65535): "},
    {{" 80", "h:1"}, "not a port (0 to 65535):  80"},
    {{"65536", "h:1"}, "not a port (0 to 65535): 65536"},
    {{"70000", "h:1"}, "not a port (0 to 65535): 70000"},
    {{"4294975376", "h:1"}, "not a port (0 to 65535): 4294975376"},
    {{"h:1", "8080"}, "not a port (0 to 65535): h:1"},
    {{"-1", "h:1"}, "unknown option: -1"},
    {{"-a", "rr", "8080", "h:1"}, "unknown option: -a"},
    {{"8080", "h:1", "-a", "rr"}, "unknown option: -a"},
    {{"8080", "h:1", "--version"}, "unknown option: --version"},
    {{"8080", "h"}, "not HOST:PORT: h"},
    {{"8080", "h:1", "h"}, "not HOST:PORT: h"},
    {{"8080", "h:"}, "not HOST:PORT: h:"},
    {{"8080", ":1"}, "not HOST:PORT: :1"},
    {{"8080", ""}, "not HOST:PORT: "},
    {{"8080", "h:80x"}, "not HOST:PORT: h:80x"},
    {{"8080", "h:70000"}, "not HOST:PORT: h:70000"},
    {{"8080", "::1:80"}, "not HOST:PORT: ::1:80"},
    {{"8080", "[::1]"}, "not HOST:PORT: [::1]"},
    {{"8080", "h:0"}, "a backend's port is 1 to 65535: h:0"},
    {{"8080", "h:1:3"}, "this program knows no weights: h:1:3"},
    {{"8080", "--", "-h"}, "not HOST:PORT: -h"},
};

static void says_what_is_wrong_then_the_usage(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct run r = run_with(wrong[i].arguments);
        char expected[512];

        snprintf(expected, sizeof expected, "load_balancer: %s\n%s",
                 wrong[i].says, USAGE);
        assert_string_equal(r.err, expected);
        assert_string_equal(r.out, "");
        assert_int_equal(r.status, 2);
        run_free(&r);
    }
}

static void explains_itself(void **state)
{
    static const char *const lines[][MAX_ARGUMENTS] = {
        {"-h"}, {"--help"}, {"8080", "-h"}, {"8080", "h:1", "--help"},
        {"-h", "80x"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct run r = run_with(lines[i]);

        assert_string_equal(r.out, USAGE);
        assert_string_equal(r.err, "");
        assert_int_equal(r.status, 0);
        run_free(&r);
    }
}

/* ---- how many ----------------------------------------------------------- */

/* PORT and so many backends, all the same. */
static const char *const *many(int count, const char *backend)
{
    static const char *argv[257 + 3];

    argv[0] = LOAD_BALANCER;
    argv[1] = "0";
    for (int i = 0; i < count; i++)
        argv[2 + i] = backend;
    argv[2 + count] = NULL;
    return argv;
}

static void takes_256_backends_and_no_more(void **state)
{
    struct program *backend = start_backend("b1", 0), *lb;
    struct run r = program_run(many(257, "127.0.0.1:1"), NULL, 0);
    char where[32];

    (void)state;
    assert_int_equal(r.status, 2);
    assert_string_equal(r.err, "load_balancer: more than 256 backends: "
                               "127.0.0.1:1\n" USAGE);
    run_free(&r);
    snprintf(where, sizeof where, "127.0.0.1:%d", program_port(backend));
    lb = program_start_args(many(256, where));
    expect_backends(lb, "b1 b1");
    program_stop(lb);
    program_stop(backend);
}

/* ---- what fails at the start -------------------------------------------- */

/* A label longer than 63 characters: no resolver need be asked about it. */
static void an_unknown_host_ends_it(void **state)
{
    char backend[80], begin[128];
    const char *argv[] = {LOAD_BALANCER, "0", "127.0.0.1:1", backend, NULL};
    struct run r;

    (void)state;
    memset(backend, 'a', 64);
    memcpy(backend + 64, ":80", 4);
    r = program_run(argv, NULL, 0);
    assert_int_equal(r.status, 1);
    assert_string_equal(r.out, "");
    snprintf(begin, sizeof begin, "load_balancer: resolve %.64s: ", backend);
    assert_int_equal(strncmp(r.err, begin, strlen(begin)), 0);
    assert_int_equal(times(r.err, "\n"), 1);
    run_free(&r);
}

static void a_port_in_use_ends_it(void **state)
{
    struct program *backend = start_backend("b1", 0);
    int port = program_port(backend);
    struct program *lb = start_balancer(&port, 1);
    char text[16], where[32], expected[128];
    const char *argv[] = {LOAD_BALANCER, text, where, NULL};
    struct run r;

    (void)state;
    snprintf(text, sizeof text, "%d", program_port(lb));
    snprintf(where, sizeof where, "127.0.0.1:%d", port);
    snprintf(expected, sizeof expected,
             "load_balancer: listen on port %s: %s\n", text,
             strerror(EADDRINUSE));
    r = program_run(argv, NULL, 0);
    assert_int_equal(r.status, 1);
    assert_string_equal(r.err, expected);
    assert_string_equal(r.out, "");
    run_free(&r);
    expect_backends(lb, "b1"); /* the first one does not mind */
    program_stop(lb);
    program_stop(backend);
}

/* The port of one that has just ended can be had again. */
static void can_be_restarted_at_once(void **state)
{
    struct program *backend = start_backend("b1", 0), *lb;
    int port = program_port(backend);
    char text[16], where[32];

    (void)state;
    lb = start_balancer(&port, 1);
    expect_backends(lb, "b1");
    snprintf(text, sizeof text, "%d", program_port(lb));
    snprintf(where, sizeof where, "127.0.0.1:%d", port);
    program_stop(lb);
    lb = program_start(LOAD_BALANCER, text, where, NULL);
    expect_backends(lb, "b1");
    program_stop(lb);
    program_stop(backend);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(says_what_is_wrong_then_the_usage),
        fixture_test(explains_itself),
        fixture_test(takes_256_backends_and_no_more),
        fixture_test(an_unknown_host_ends_it),
        fixture_test(a_port_in_use_ends_it),
        fixture_test(can_be_restarted_at_once),
    };

    return fixture_run("load_balancer_command", tests);
}
