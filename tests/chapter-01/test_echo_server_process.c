/* echo_server as a process among others: addresses and ports, the signals that
 * end it, too few descriptors, the command line. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "fixture.h"
#include "peers.h"
#include "program.h"
#include "wire.h"

#define USAGE "Usage: echo_server PORT\n"

/* ---- IPv4 and IPv6 ------------------------------------------------------- */

static void serves_ipv6_and_ipv4_on_one_port(void **state)
{
    struct program *p = start_server();
    int fd;

    (void)state;
    if (!have_ipv6() || strstr(program_output(p), " on [::]:") == NULL) {
        program_stop(p);
        skip();
    }
    fd = wire_connect6(program_port(p));
    expect_echo(fd, "over IPv6");
    wire_close(fd);
    program_expect(p, "Client connected: [::1]:");
    program_expect(p, "Client disconnected: [::1]:");
    fd = wire_connect(program_port(p));
    expect_echo(fd, "over IPv4");
    wire_close(fd);
    program_expect(p, "Client connected: 127.0.0.1:");
    assert_null(strstr(program_output(p), "::ffff:"));
    program_stop(p);
}

/* ---- ports --------------------------------------------------------------- */

static void says_when_its_port_is_in_use(void **state)
{
    struct program *p = start_server();
    char port[8], message[128];
    const char *argv[] = {ECHO_SERVER, port, NULL};
    struct run r;

    (void)state;
    snprintf(port, sizeof port, "%d", program_port(p));
    snprintf(message, sizeof message, "echo_server: bind to port %s: %s\n",
             port, strerror(EADDRINUSE));
    r = program_run(argv, NULL, 0);
    assert_int_equal(r.status, 1);
    assert_string_equal(r.err, message);
    assert_string_equal(r.out, "");
    run_free(&r);
    program_stop(p);
}

/* The server ends its connection first, so its port is in TIME_WAIT. */
static void can_be_restarted_at_once(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p));
    char port[8];

    (void)state;
    snprintf(port, sizeof port, "%d", program_port(p));
    expect_echo(fd, "hello");
    program_stop(p);
    wire_expect_end(fd);
    wire_close(fd);
    p = program_start(ECHO_SERVER, port, NULL);
    fd = wire_connect(program_port(p));
    expect_echo(fd, "hello again");
    wire_close(fd);
    program_stop(p);
}

/* ---- the signals that end it --------------------------------------------- */

enum client { NOBODY, SILENT, READS_NOTHING };

static void expect_end_at(int sig, enum client client)
{
    struct program *p = start_server();
    unsigned char *stream = make_stream();
    int fd = -1;

    if (client != NOBODY) {
        fd = wire_connect(program_port(p));
        expect_echo(fd, "hello");
    }
    if (client == READS_NOTHING)
        fill_up(fd, stream);
    program_signal(p, sig);
    assert_int_equal(program_wait(p), 0);
    if (client != NOBODY) {
        wire_expect_gone(fd);
        wire_close(fd);
    }
    free(stream);
}

static void a_signal_ends_it_whatever_it_waits_for(void **state)
{
    static const enum client clients[] = {NOBODY, SILENT, READS_NOTHING};

    (void)state;
    for (size_t i = 0; i < sizeof clients / sizeof *clients; i++) {
        expect_end_at(SIGINT, clients[i]);
        expect_end_at(SIGTERM, clients[i]);
    }
}

/* Its descriptor is always ready, so pselect() alone never lets a signal in. */
static void a_signal_ends_it_under_a_flood(void **state)
{
    struct program *p = start_server(), *flood;
    char port[8];
    const char *argv[] = {"/bin/sh",
                          "-c",
                          "exec \"$0\" 127.0.0.1 \"$1\" </dev/zero >/dev/null",
                          ECHO_CLIENT_PATH,
                          port,
                          NULL};

    (void)state;
    snprintf(port, sizeof port, "%d", program_port(p));
    flood = program_spawn(argv);
    program_expect(p, "Received: 1024 bytes");
    program_signal(p, SIGINT);
    assert_int_equal(program_wait(p), 0);
    program_wait(flood); /* its server has gone: an error, or the end */
}

static void a_signal_tells_the_client_with_a_fin(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p)), port = own_port(fd);
    char *output, line[96];

    (void)state;
    expect_echo(fd, "hello");
    program_signal(p, SIGTERM);
    wire_expect_end(fd);
    wire_close(fd);
    assert_int_equal(program_wait_output(p, &output), 0);
    snprintf(line, sizeof line,
             "\nClient disconnected: 127.0.0.1:%d (the server stops)\n", port);
    assert_non_null(strstr(output, line));
    free(output);
}

/* ---- few descriptors ----------------------------------------------------- */

/* 0, 1, 2 and the listener are all that it may have. The client stays in the
 * queue, the listener stays readable, and the server must not spin on that. */
static void does_not_spin_without_descriptors(void **state)
{
    const char *argv[] = {"/bin/sh", "-c", "ulimit -n 4; exec \"$0\" 0",
                          ECHO_SERVER_PATH, NULL};
    struct program *p = program_start_args(argv);
    int fd = wire_connect(program_port(p));
    long cpu;

    (void)state;
    program_expect(p, "echo_server: accept: ");
    cpu = program_cpu_ms(p);
    wire_expect_silence(fd, 600);
    assert_true(program_cpu_ms(p) - cpu < 200);
    wire_close(fd);
    program_stop(p);
}

/* With 0, 1 and 2 closed, a client's socket would be "standard output", and the
 * client would get the log. Without a ready line we can only ask the port. */
static void the_log_never_goes_to_a_client(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p)), port = program_port(p);
    char text[8];
    const char *argv[] = {
        "/bin/sh",        "-c", "exec \"$0\" \"$1\" <&- >&- 2>&-",
        ECHO_SERVER_PATH, text, NULL};
    deadline_t deadline = deadline_in(5000);

    (void)state;
    snprintf(text, sizeof text, "%d", port);
    expect_echo(fd, "hello");
    program_stop(p);
    wire_close(fd); /* in TIME_WAIT now: nobody else gets this port */
    p = program_spawn(argv);
    while (wire_refused(port))
        assert_true(deadline_pause(deadline));
    fd = wire_connect(port);
    expect_echo(fd, "only this");
    wire_shut(fd);
    wire_expect_end(fd);
    wire_close(fd);
    program_stop(p);
}

/* ---- the command line ---------------------------------------------------- */

static void refuses_a_wrong_command_line(void **state)
{
    static const struct refusal table[] = {
        {{NULL}, "PORT is missing"},
        {{""}, "not a port from 0 to 65535: \"\""},
        {{"80x"}, "not a port from 0 to 65535: \"80x\""},
        {{"x"}, "not a port from 0 to 65535: \"x\""},
        {{" 80"}, "not a port from 0 to 65535: \" 80\""},
        {{"80 "}, "not a port from 0 to 65535: \"80 \""},
        {{"+80"}, "not a port from 0 to 65535: \"+80\""},
        {{"8080.0"}, "not a port from 0 to 65535: \"8080.0\""},
        {{"0x50"}, "not a port from 0 to 65535: \"0x50\""},
        {{"65536"}, "not a port from 0 to 65535: \"65536\""},
        {{"70000"}, "not a port from 0 to 65535: \"70000\""},
        {{"4294967376"}, "not a port from 0 to 65535: \"4294967376\""},
        {{"-1"}, "unknown option: \"-1\""},
        {{"-x", "8080"}, "unknown option: \"-x\""},
        {{"0", "-x"}, "unknown option: \"-x\""},
        {{"0", "0"}, "one operand too many: \"0\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        expect_refusal(ECHO_SERVER, "echo_server", USAGE, &table[i]);
}

static void explains_itself(void **state)
{
    (void)state;
    expect_help(ECHO_SERVER, USAGE, "-h", NULL);
    expect_help(ECHO_SERVER, USAGE, "--help", NULL);
    expect_help(ECHO_SERVER, USAGE, "8080", "-h");
    expect_help(ECHO_SERVER, USAGE, "-h", "80x");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(serves_ipv6_and_ipv4_on_one_port),
        fixture_test(says_when_its_port_is_in_use),
        fixture_test(can_be_restarted_at_once),
        fixture_test(a_signal_ends_it_whatever_it_waits_for),
        fixture_test(a_signal_ends_it_under_a_flood),
        fixture_test(a_signal_tells_the_client_with_a_fin),
        fixture_test(does_not_spin_without_descriptors),
        fixture_test(the_log_never_goes_to_a_client),
        fixture_test(refuses_a_wrong_command_line),
        fixture_test(explains_itself),
    };

    return fixture_run("echo_server_process", tests);
}
