/* echo_server as a process of its own, over real sockets: bytes and clients.
 * Its ports, signals and command line are in test_echo_server_process.c; how it
 * takes failing system calls is in test_echo_server_calls.c. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "fixture.h"
#include "peers.h"
#include "program.h"
#include "wire.h"

#define BACKLOG 10 /* of the server under test */

/* ---- what it echoes ------------------------------------------------------ */

static void says_where_it_listens(void **state)
{
    struct program *p = start_server();
    char ipv6[64], ipv4[64];

    (void)state;
    snprintf(ipv6, sizeof ipv6, "echo_server listening on [::]:%d\n",
             program_port(p));
    snprintf(ipv4, sizeof ipv4, "echo_server listening on 0.0.0.0:%d\n",
             program_port(p));
    assert_true(strcmp(program_output(p), ipv6) == 0 ||
                strcmp(program_output(p), ipv4) == 0);
    program_stop(p);
}

static void echoes_and_logs_a_line(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p)), port = own_port(fd);

    (void)state;
    expect_echo(fd, "Hello\n");
    expect_echo(fd, "a");
    wire_close(fd);
    expect_event(p, "connected", port, "\n");
    program_expect(p, "\nReceived: 6 bytes \"Hello\\n\"\n");
    program_expect(p, "\nReceived: 1 byte \"a\"\n");
    expect_event(p, "disconnected", port, "\n");
    program_stop(p);
}

static void echoes_every_byte_value_and_logs_none_raw(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p));
    unsigned char all[256], back[256];

    (void)state;
    for (int round = 0; round < 256;
         round += 32) { /* as much as the log shows */
        for (int i = 0; i < 32; i++)
            all[i] = (unsigned char)(round + i);
        wire_send(fd, all, 32);
        wire_receive(fd, back, 32);
        assert_memory_equal(all, back, 32);
    }
    wire_close(fd);
    program_expect(p, "Received: 32 bytes \"\\x00\\x01");
    program_expect(p, "\\x1b"); /* ESC, with which a terminal is controlled */
    program_expect(p, "!\\\"#");
    program_expect(p, "[\\\\]");
    program_expect(p, "\\xff\"\n");
    for (const char *c = program_output(p); *c != '\0'; c++)
        assert_true(*c == '\n' || (*c >= ' ' && *c <= '~'));
    program_stop(p);
}

static void logs_an_excerpt_of_a_long_message(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p));

    (void)state;
    expect_echo(fd, "12345678901234567890123456789012");  /* 32 */
    expect_echo(fd, "abcdefghijklmnopqrstuvwxyzabcdef!"); /* 33 */
    program_expect(p, "32 bytes \"12345678901234567890123456789012\"\n");
    program_expect(p, "33 bytes \"abcdefghijklmnopqrstuvwxyzabcdef\"...\n");
    wire_close(fd);
    program_stop(p);
}

/* A server that takes a short write for a whole one loses bytes here. */
static void echoes_10_mib_to_a_slow_reader(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p));
    unsigned char *stream = make_stream(), back[50021];
    size_t sent, got = 0;

    (void)state;
    sent = fill_up(fd, stream);
    while (got < STREAM_SIZE) {
        size_t part = sent - got < sizeof back ? sent - got : sizeof back;

        wire_receive(fd, back, part);
        check_stream(back, got, part);
        got += part;
        sent += wire_send_some(fd, stream + sent, STREAM_SIZE - sent);
    }
    wire_shut(fd);
    wire_expect_end(fd);
    wire_close(fd);
    free(stream);
    program_stop(p);
}

/* ---- how a connection ends ----------------------------------------------- */

static void half_close_gets_the_rest_of_the_echo(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p));

    (void)state;
    wire_send_text(fd, "first");
    wire_shut(fd);
    wire_expect_text(fd, "first");
    wire_expect_end(fd); /* a FIN, no RST */
    wire_close(fd);
    program_stop(p);
}

/* All buffers are full when the client ends its half. */
static void half_close_loses_nothing_on_its_way(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p));
    unsigned char *stream = make_stream(), *back = malloc(STREAM_SIZE);
    size_t sent;

    (void)state;
    assert_non_null(back);
    sent = fill_up(fd, stream);
    wire_shut(fd);
    assert_int_equal(wire_receive_up_to(fd, back, STREAM_SIZE), sent);
    check_stream(back, 0, sent);
    wire_close(fd);
    free(back);
    free(stream);
    program_stop(p);
}

static void a_client_may_say_nothing(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p)), port = own_port(fd);

    (void)state;
    wire_shut(fd);
    wire_expect_end(fd);
    wire_close(fd);
    expect_event(p, "disconnected", port, "\n");
    program_stop(p);
}

static void a_reset_ends_one_client_only(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p)), port = own_port(fd);

    (void)state;
    expect_echo(fd, "before");
    wire_reset(fd);
    expect_event(p, "disconnected", port, " (");
    fd = wire_connect(program_port(p));
    expect_echo(fd, "after");
    wire_close(fd);
    program_stop(p);
}

static void a_reset_wakes_a_server_that_sleeps_in_send(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p)), port = own_port(fd);
    unsigned char *stream = make_stream();

    (void)state;
    fill_up(fd, stream);
    wire_reset(fd);
    expect_event(p, "disconnected", port, " (");
    fd = wire_connect(program_port(p));
    expect_echo(fd, "after");
    wire_close(fd);
    free(stream);
    program_stop(p);
}

/* The server has five buffers to send to somebody who has gone: the first
 * brings an RST back, the next raises SIGPIPE. It is held still until all is
 * ready. */
static void a_client_that_has_gone_raises_no_sigpipe(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p)), port = own_port(fd);
    char data[5 * 1024];

    (void)state;
    expect_event(p, "connected", port, "\n");
    program_freeze(p);
    memset(data, 'x', sizeof data);
    wire_send(fd, data, sizeof data);
    wire_close(fd);
    program_signal(p, SIGCONT);
    expect_event(p, "disconnected", port, " (");
    fd = wire_connect(program_port(p));
    expect_echo(fd, "after");
    wire_close(fd);
    program_stop(p);
}

/* It was accepted by the kernel, and is dead when the server takes it. */
static void a_client_may_go_while_it_waits(void **state)
{
    struct program *p = start_server();
    int fd;

    (void)state;
    program_freeze(p);
    wire_reset(wire_connect(program_port(p)));
    wire_close(wire_connect(program_port(p)));
    fd = wire_connect(program_port(p));
    wire_send_text(fd, "alive");
    program_signal(p, SIGCONT);
    wire_expect_text(fd, "alive");
    wire_close(fd);
    program_stop(p);
}

/* ---- one after the other ------------------------------------------------- */

static void the_second_client_waits_for_the_first(void **state)
{
    struct program *p = start_server();
    int first = wire_connect(program_port(p)), second;

    (void)state;
    expect_echo(first, "I was first");
    second = wire_connect(program_port(p)); /* the kernel accepts it */
    wire_send_text(second, "I wait");
    wire_expect_silence(second, 300);
    expect_echo(first, "I am still here");
    wire_close(first);
    wire_expect_text(second, "I wait");
    wire_close(second);
    program_stop(p);
}

static void a_full_backlog_is_served_in_order(void **state)
{
    struct program *p = start_server();
    int first = wire_connect(program_port(p)), waiting[BACKLOG];
    const char *log;

    (void)state;
    for (int i = 0; i < BACKLOG; i++) {
        waiting[i] = wire_connect(program_port(p));
        wire_send_text(waiting[i], "waited");
        wire_shut(waiting[i]);
    }
    wire_close(first);
    for (int i = 0; i < BACKLOG; i++) {
        wire_expect_text(waiting[i], "waited");
        wire_expect_end(waiting[i]);
    }
    log = program_output(p);
    for (int i = 0; i < BACKLOG; i++) {
        char line[64];

        snprintf(line, sizeof line, "connected: 127.0.0.1:%d\n",
                 own_port(waiting[i]));
        log = strstr(log, line);
        assert_non_null(log);
        wire_close(waiting[i]);
    }
    program_stop(p);
}

static void expect_descriptors(const struct program *p, int count)
{
    deadline_t deadline = deadline_in(5000);

    while (program_descriptors(p) != count)
        if (!deadline_pause(deadline))
            fail_msg("%d descriptors are open, not %d", program_descriptors(p),
                     count);
}

static void a_hundred_clients_leave_no_descriptor(void **state)
{
    struct program *p = start_server();
    int before = program_descriptors(p);

    (void)state;
    for (int i = 0; i < 100; i++) {
        int fd = wire_connect(program_port(p));

        expect_echo(fd, "hello");
        if (i % 2 == 0)
            wire_close(fd);
        else
            wire_reset(fd);
    }
    expect_descriptors(p, before);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(says_where_it_listens),
        fixture_test(echoes_and_logs_a_line),
        fixture_test(echoes_every_byte_value_and_logs_none_raw),
        fixture_test(logs_an_excerpt_of_a_long_message),
        fixture_test(echoes_10_mib_to_a_slow_reader),
        fixture_test(half_close_gets_the_rest_of_the_echo),
        fixture_test(half_close_loses_nothing_on_its_way),
        fixture_test(a_client_may_say_nothing),
        fixture_test(a_reset_ends_one_client_only),
        fixture_test(a_reset_wakes_a_server_that_sleeps_in_send),
        fixture_test(a_client_that_has_gone_raises_no_sigpipe),
        fixture_test(a_client_may_go_while_it_waits),
        fixture_test(the_second_client_waits_for_the_first),
        fixture_test(a_full_backlog_is_served_in_order),
        fixture_test(a_hundred_clients_leave_no_descriptor),
    };

    return fixture_run("echo_server", tests);
}
