/* echo_client as a process of its own: against echo_server, and against servers
 * that the test plays itself. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "fixture.h"
#include "peers.h"
#include "program.h"
#include "wire.h"

#define USAGE "Usage: echo_client HOST PORT\n"

/* The client, its input a pipe of the test, connected to a listener of ours. */
static struct program *start_client(const char *host, int port)
{
    char text[8];
    const char *argv[] = {ECHO_CLIENT, host, text, NULL};

    snprintf(text, sizeof text, "%d", port);
    return program_spawn(argv);
}

/* Runs it to its end with this input. */
static struct run run_client(const char *host, int port, const void *input,
                             size_t len)
{
    char text[8];
    const char *argv[] = {ECHO_CLIENT, host, text, NULL};

    snprintf(text, sizeof text, "%d", port);
    return program_run(argv, input, len);
}

/* A command for the shell, with the path of the client as $0, the port as $1.
 */
static struct run run_shell(const char *command, int port)
{
    char text[8];
    const char *argv[] = {"/bin/sh",        "-c", command,
                          ECHO_CLIENT_PATH, text, NULL};

    snprintf(text, sizeof text, "%d", port);
    return program_run(argv, NULL, 0);
}

static void expect_run(struct run r, int status, const char *out,
                       const char *err)
{
    assert_string_equal(r.err, err);
    assert_string_equal(r.out, out);
    assert_int_equal(r.status, status);
    run_free(&r);
}

/* ---- with a server that echoes ------------------------------------------- */

static void prints_what_comes_back(void **state)
{
    struct program *server = start_server();

    (void)state;
    expect_run(run_client("127.0.0.1", program_port(server), "hello\n", 6), 0,
               "hello\n", "");
    expect_run(run_client("127.0.0.1", program_port(server), "", 0), 0, "", "");
    program_stop(server);
}

/* It goes both ways at once: a client that sends all of it first hangs here. */
static void moves_10_mib_in_both_directions(void **state)
{
    struct program *server = start_server();
    unsigned char *stream = make_stream();
    struct run r = run_client("127.0.0.1", program_port(server), stream,
                              STREAM_SIZE);

    (void)state;
    assert_string_equal(r.err, "");
    assert_int_equal(r.status, 0);
    assert_int_equal(r.out_len, STREAM_SIZE);
    check_stream(r.out, 0, STREAM_SIZE);
    run_free(&r);
    free(stream);
    program_stop(server);
}

static void answers_come_while_the_input_goes_on(void **state)
{
    struct program *server = start_server();
    struct program *p = start_client("127.0.0.1", program_port(server));

    (void)state;
    program_input(p, "one\n", 4);
    program_expect(p, "one\n");
    program_input(p, "two\n", 4);
    program_expect(p, "one\ntwo\n");
    program_end_input(p);
    expect_exit(p, 0, "one\ntwo\n");
    program_stop(server);
}

/* ---- the end of one half ------------------------------------------------- */

static void half_closes_and_prints_the_rest(void **state)
{
    int port, listener = wire_listen(&port), fd;
    struct program *p = start_client("127.0.0.1", port);
    char got[16];

    (void)state;
    fd = wire_accept(listener);
    program_input(p, "question", 8);
    program_end_input(p);
    assert_int_equal(wire_receive_all(fd, got, sizeof got), 8);
    wire_send_text(fd, "a late ");
    program_expect(p, "a late ");
    wire_send_text(fd, "answer");
    wire_close(fd);
    expect_exit(p, 0, "a late answer");
    wire_close(listener);
}

/* As nc does: the end of the server's stream is the end. */
static void ends_when_the_server_ends(void **state)
{
    int port, listener = wire_listen(&port), fd;
    struct program *p = start_client("127.0.0.1", port);

    (void)state;
    fd = wire_accept(listener);
    wire_send_text(fd, "It is 12 o'clock.\n");
    wire_close(fd);
    expect_exit(p, 0, "It is 12 o'clock.\n"); /* its input is still open */
    wire_close(listener);
}

/* ---- when the connection breaks ------------------------------------------ */

static void expect_reset(struct program *p)
{
    char message[96];

    snprintf(message, sizeof message, "echo_client: receive: %s\n",
             strerror(ECONNRESET));
    expect_exit(p, 1, message);
}

static void says_when_the_server_resets(void **state)
{
    int port, listener = wire_listen(&port);
    struct program *p = start_client("127.0.0.1", port);

    (void)state;
    wire_reset(wire_accept(listener));
    expect_reset(p);
    wire_close(listener);
}

/* Closing with bytes unread is a reset, too: they are lost, and TCP says so. */
static void says_when_the_server_did_not_read_it_all(void **state)
{
    int port, listener = wire_listen(&port), fd;
    struct program *p = start_client("127.0.0.1", port);

    (void)state;
    fd = wire_accept(listener);
    program_input(p, "hello", 5);
    assert_true(deadline_poll(fd, POLLIN, deadline_in(5000)));
    wire_close(fd);
    expect_reset(p);
    wire_close(listener);
}

/* The server complains and closes, while the client goes on sending. */
static void prints_the_last_words_of_a_server_it_cannot_send_to(void **state)
{
    const char *argv[] = {
        "/bin/sh",        "-c", "exec \"$0\" 127.0.0.1 \"$1\" </dev/zero",
        ECHO_CLIENT_PATH, NULL, NULL};
    int port, listener = wire_listen(&port), fd;
    struct program *p;
    char text[8], *output;

    (void)state;
    snprintf(text, sizeof text, "%d", port);
    argv[4] = text;
    p = program_spawn(argv);
    fd = wire_accept(listener);
    assert_true(deadline_poll(fd, POLLIN, deadline_in(5000)));
    wire_send_text(fd, "too much\n");
    program_expect(p, "too much\n"); /* or the reset may overtake it */
    wire_close(fd);
    assert_int_equal(program_wait_output(p, &output), 1);
    assert_non_null(strstr(output, "echo_client: "));
    free(output);
    wire_close(listener);
}

/* ---- connecting ---------------------------------------------------------- */

static void expect_no_connection(const char *host, int port, const char *why)
{
    char message[160];

    snprintf(message, sizeof message,
             "echo_client: connect to %s port %d: %s\n", host, port, why);
    expect_run(run_client(host, port, "", 0), 1, "", message);
}

static void says_when_nobody_listens(void **state)
{
    int port;

    (void)state;
    wire_close(wire_listen(&port));
    expect_no_connection("127.0.0.1", port, strerror(ECONNREFUSED));
}

/* A label of more than 63 characters is no name: no resolver is asked. */
static void says_when_a_name_is_unknown(void **state)
{
    char host[80] = "", begin[160];
    struct run r;

    (void)state;
    memset(host, 'x', 70);
    r = run_client(host, 80, "", 0);
    snprintf(begin, sizeof begin, "echo_client: connect to %s port 80: ", host);
    assert_int_equal(r.status, 1);
    assert_int_equal(strncmp(r.err, begin, strlen(begin)), 0);
    run_free(&r);
}

/* "localhost" is ::1 first on most systems, and nobody listens there. */
static void tries_each_address_of_a_name(void **state)
{
    int port, listener = wire_listen(&port), fd;
    struct program *p = start_client("localhost", port);

    (void)state;
    fd = wire_accept(listener);
    wire_send_text(fd, "found");
    wire_close(fd);
    expect_exit(p, 0, "found");
    wire_close(listener);
}

static void takes_an_ipv6_address_with_and_without_brackets(void **state)
{
    static const char *const hosts[] = {"::1", "[::1]"};

    (void)state;
    if (!have_ipv6())
        skip();
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        int port, listener = wire_listen6(&port);
        struct program *p = start_client(hosts[i], port);

        wire_close(wire_accept(listener));
        expect_exit(p, 0, "");
        wire_close(listener);
    }
}

/* ---- its own input and output -------------------------------------------- */

static void says_when_nobody_reads_its_output(void **state)
{
    struct program *server = start_server();
    char message[96];

    (void)state;
    snprintf(message, sizeof message, "echo_client: print: %s\nstatus 1\n",
             strerror(EPIPE));
    expect_run(run_shell("{ \"$0\" 127.0.0.1 \"$1\" </dev/zero;"
                         " echo status $? >&2; } | true",
                         program_port(server)),
               0, "", message);
    program_stop(server);
}

/* The socket must not become descriptor 1: all would go round and round. */
static void says_when_its_output_is_closed(void **state)
{
    struct program *server = start_server();
    char message[96];

    (void)state;
    snprintf(message, sizeof message, "echo_client: print: %s\n",
             strerror(EBADF));
    expect_run(run_shell("echo hello | \"$0\" 127.0.0.1 \"$1\" >&-",
                         program_port(server)),
               1, "", message);
    assert_null(
        strstr(strstr(program_output(server), "Received") + 1, "Received"));
    program_stop(server);
}

static void says_when_its_output_has_no_room(void **state)
{
    struct program *server = start_server();
    char message[96];

    (void)state;
    if (access("/dev/full", W_OK) != 0) {
        program_stop(server);
        skip();
    }
    snprintf(message, sizeof message, "echo_client: print: %s\n",
             strerror(ENOSPC));
    expect_run(run_shell("echo hello | \"$0\" 127.0.0.1 \"$1\" >/dev/full",
                         program_port(server)),
               1, "", message);
    program_stop(server);
}

static void says_when_it_cannot_read_its_input(void **state)
{
    struct program *server = start_server();
    char message[96];

    (void)state;
    snprintf(message, sizeof message, "echo_client: read the input: %s\n",
             strerror(EISDIR));
    expect_run(run_shell("\"$0\" 127.0.0.1 \"$1\" </", program_port(server)), 1,
               "", message);
    program_stop(server);
}

static void a_closed_input_is_an_empty_one(void **state)
{
    struct program *server = start_server();

    (void)state;
    expect_run(run_shell("\"$0\" 127.0.0.1 \"$1\" <&-", program_port(server)),
               0, "", "");
    program_stop(server);
}

/* O_NONBLOCK on standard input would hit those who share it: the shell. */
static void leaves_its_input_blocking(void **state)
{
    struct program *server = start_server();
    struct run r;
    char *flags;

    (void)state;
    r = run_shell(
        "\"$0\" 127.0.0.1 \"$1\"; cat /proc/self/fdinfo/0 2>/dev/null",
        program_port(server));
    flags = strstr(r.out, "flags:");
    if (flags != NULL)
        assert_int_equal(strtol(flags + 6, NULL, 8) & O_NONBLOCK, 0);
    run_free(&r);
    program_stop(server);
    if (flags == NULL)
        skip();
}

/* An input at its end is "readable" and "hung up" for ever: asking poll() about
 * it again would turn round at full speed. */
static void sleeps_while_the_server_is_silent(void **state)
{
    int port, listener = wire_listen(&port), fd;
    struct program *p = start_client("127.0.0.1", port);
    long cpu;

    (void)state;
    fd = wire_accept(listener);
    program_end_input(p);
    wire_expect_end(fd);
    cpu = program_cpu_ms(p);
    assert_false(deadline_poll(fd, POLLHUP, deadline_in(500)) & POLLHUP);
    assert_true(program_cpu_ms(p) - cpu < 200);
    wire_close(fd);
    expect_exit(p, 0, "");
    wire_close(listener);
}

/* ---- signals ------------------------------------------------------------- */

static void a_signal_ends_it(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM};

    (void)state;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        int port, listener = wire_listen(&port), fd;
        struct program *p = start_client("127.0.0.1", port);

        fd = wire_accept(listener);
        program_signal(p, signals[i]);
        expect_exit(p, 0, "");
        wire_expect_gone(fd);
        wire_close(fd);
        wire_close(listener);
    }
}

/* ---- the command line ---------------------------------------------------- */

static void refuses_a_wrong_command_line(void **state)
{
    static const struct refusal table[] = {
        {{NULL}, "HOST and PORT are missing"},
        {{"localhost"}, "PORT is missing"},
        {{"localhost", ""}, "not a port from 1 to 65535: \"\""},
        {{"localhost", "80x"}, "not a port from 1 to 65535: \"80x\""},
        {{"localhost", "http"}, "not a port from 1 to 65535: \"http\""},
        {{"localhost", " 80"}, "not a port from 1 to 65535: \" 80\""},
        {{"localhost", "0"}, "not a port from 1 to 65535: \"0\""},
        {{"localhost", "65536"}, "not a port from 1 to 65535: \"65536\""},
        {{"localhost", "70000"}, "not a port from 1 to 65535: \"70000\""},
        {{"localhost", "4294967376"},
         "not a port from 1 to 65535: \"4294967376\""},
        {{"localhost", "-1"}, "unknown option: \"-1\""},
        {{"-p", "localhost", "80"}, "unknown option: \"-p\""},
        {{"localhost", "80", "81"}, "one operand too many: \"81\""},
        {{"", "80"}, "HOST is empty"},
        {{"[::1", "80"}, "not an address in brackets: \"[::1\""},
        {{"[]", "80"}, "not an address in brackets: \"[]\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        expect_refusal(ECHO_CLIENT, "echo_client", USAGE, &table[i]);
}

static void explains_itself(void **state)
{
    (void)state;
    expect_help(ECHO_CLIENT, USAGE, "-h", NULL);
    expect_help(ECHO_CLIENT, USAGE, "--help", NULL);
    expect_help(ECHO_CLIENT, USAGE, "localhost", "-h");
    expect_help(ECHO_CLIENT, USAGE, "-h", "80x");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(prints_what_comes_back),
        fixture_test(moves_10_mib_in_both_directions),
        fixture_test(answers_come_while_the_input_goes_on),
        fixture_test(half_closes_and_prints_the_rest),
        fixture_test(ends_when_the_server_ends),
        fixture_test(says_when_the_server_resets),
        fixture_test(says_when_the_server_did_not_read_it_all),
        fixture_test(prints_the_last_words_of_a_server_it_cannot_send_to),
        fixture_test(says_when_nobody_listens),
        fixture_test(says_when_a_name_is_unknown),
        fixture_test(tries_each_address_of_a_name),
        fixture_test(takes_an_ipv6_address_with_and_without_brackets),
        fixture_test(says_when_nobody_reads_its_output),
        fixture_test(says_when_its_output_is_closed),
        fixture_test(says_when_its_output_has_no_room),
        fixture_test(says_when_it_cannot_read_its_input),
        fixture_test(a_closed_input_is_an_empty_one),
        fixture_test(leaves_its_input_blocking),
        fixture_test(sleeps_while_the_server_is_silent),
        fixture_test(a_signal_ends_it),
        fixture_test(refuses_a_wrong_command_line),
        fixture_test(explains_itself),
    };

    return fixture_run("echo_client", tests);
}
