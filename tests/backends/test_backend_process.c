/* The test server as a process: its command line, its end, crowds, limits. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "deadline.h"
#include "fixture.h"
#include "http_client.h"
#include "program.h"
#include "wire.h"

#define PATH    "backends/simple_http_backend"
#define REQUEST "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

static struct program *start(void)
{
    return program_start(PATH, "0", "b1", NULL);
}

static void expect_hello(int fd)
{
    struct http_response r;

    http_receive(fd, "GET", &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body, "Hello from b1\n");
    http_response_free(&r);
}

/* ---- the command line --------------------------------------------------- */

static void prints_its_usage(void **state)
{
    static const char *const lines[][5] = {
        { PATH, "-h", NULL }, { PATH, "--help", NULL },
        { PATH, "0", "b1", "-h", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct run r = program_run(lines[i], NULL, 0);

        assert_int_equal(r.status, 0);
        assert_non_null(
            strstr(r.out, "usage: simple_http_backend PORT NAME\n"));
        assert_string_equal(r.err, "");
        run_free(&r);
    }
}

static void refuses_wrong_command_lines(void **state)
{
    static const char long_name[] =
        "12345678901234567890123456789012345678901234567890123456789012345678"
        "12345678901234567890123456789012345678901234567890123456789012345678"
        "12345678901234567890123456789012345678901234567890123456789012345";
    static const char *const lines[][6] = {
        { PATH, NULL }, { PATH, "0", NULL }, { PATH, "0", "b1", "x", NULL },
        { PATH, "-x", "0", "b1", NULL }, { PATH, "0", "b1", "--port", NULL },
        { PATH, "", "b1", NULL }, { PATH, "80x", "b1", NULL },
        { PATH, "-1", "b1", NULL }, { PATH, "+1", "b1", NULL },
        { PATH, " 1", "b1", NULL }, { PATH, "65536", "b1", NULL },
        { PATH, "70000", "b1", NULL }, { PATH, "99999999999", "b1", NULL },
        { PATH, "0", "", NULL }, { PATH, "0", "a\nb", NULL },
        { PATH, "0", "a\x7f", NULL }, { PATH, "0", long_name, NULL },
        { PATH, "--", "0", "b1", "-h", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct run r = program_run(lines[i], NULL, 0);
        const char *usage = strstr(r.err, "usage: ");

        assert_int_equal(r.status, 2);
        assert_string_equal(r.out, "");
        assert_memory_equal(r.err, "simple_http_backend: ", 21);
        assert_non_null(usage);
        assert_true(usage[-1] == '\n');
        run_free(&r);
    }
}

static void takes_odd_names(void **state)
{
    struct program *p = program_start(PATH, "--", "0", "-h: \"b\" \xc3\xa4",
                                      NULL);
    char name[64];

    (void)state;
    http_get_backend(program_port(p), "/", 200, name);
    assert_string_equal(name, "-h: \"b\" \xc3\xa4");
    program_stop(p);
}

static void says_that_a_port_is_taken(void **state)
{
    struct program *p = start();
    char port[16], expected[128];
    const char *const argv[] = { PATH, port, "b2", NULL };
    struct run r;

    (void)state;
    snprintf(port, sizeof port, "%d", program_port(p));
    r = program_run(argv, NULL, 0);
    snprintf(expected, sizeof expected,
             "simple_http_backend: listen on port %s: %s\n", port,
             "Address already in use");
    assert_int_equal(r.status, 1);
    assert_string_equal(r.err, expected);
    run_free(&r);
    program_stop(p);
}

static void listens_on_both_families(void **state)
{
    struct program *p = start();
    int fd = wire_connect6(program_port(p));

    (void)state;
    program_expect(p, "simple_http_backend listening on [::]:");
    wire_send_text(fd, REQUEST);
    expect_hello(fd);
    wire_close(fd);
    program_stop(p);
}

/* ---- signals ------------------------------------------------------------ */

static void ends_on_a_signal(void **state)
{
    static const int signals[] = { SIGINT, SIGTERM };

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct program *p = start();
        int idle = wire_connect(program_port(p));
        int busy = wire_connect(program_port(p));

        wire_send_text(busy, "GET /delay/60000 HTTP/1.1\r\nHost: a\r\n\r\n");
        wire_expect_silence(busy, 20);
        program_signal(p, signals[i]);
        assert_int_equal(program_wait(p), 0);
        wire_expect_end(idle);
        wire_close(idle);
        wire_close(busy);
    }
}

static void starts_again_on_its_port(void **state)
{
    struct program *p = start();
    char port[16];
    int fd = wire_connect(program_port(p));

    (void)state;
    wire_send_text(fd, REQUEST);
    expect_hello(fd);
    snprintf(port, sizeof port, "%d", program_port(p));
    program_stop(p); /* it closed first: its port is in TIME_WAIT */
    p = program_start(PATH, port, "b1", NULL);
    program_stop(p);
    wire_close(fd);
}

/* ---- crowds and limits -------------------------------------------------- */

/* Our own soft limit; skips the test where even the hard one is too low. */
static void need_descriptors(rlim_t count)
{
    struct rlimit limit;

    assert_return_code(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_cur >= count)
        return;
    if (limit.rlim_max < count) {
        print_message("%lu descriptors cannot be had here\n",
                      (unsigned long)count);
        skip();
    }
    limit.rlim_cur = count;
    assert_return_code(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void await_descriptors(struct program *p, int count)
{
    deadline_t deadline = deadline_in(10000);

    while (program_descriptors(p) != count)
        assert_true(deadline_pause(deadline));
}

static void serves_a_thousand_clients(void **state)
{
    enum { CROWD = 1200 };
    static int fds[CROWD];
    struct program *p;
    int before;

    (void)state;
    need_descriptors(CROWD + 100);
    p = start();
    before = program_descriptors(p);
    for (int i = 0; i < CROWD; i++)
        fds[i] = wire_connect(program_port(p));
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < CROWD; i++)
            wire_send_text(fds[i], REQUEST);
        for (int i = CROWD - 1; i >= 0; i--)
            expect_hello(fds[i]);
    }
    for (int i = 0; i < CROWD; i++)
        wire_close(fds[i]);
    if (before >= 0)
        await_descriptors(p, before);
    program_stop(p);
}

/* Twenty clients ask for 1 GiB each and read next to nothing. */
static void slow_readers_cost_no_memory(void **state)
{
    enum { READERS = 20 };
    struct program *p = start();
    int port = program_port(p), fds[READERS], other = wire_connect(port);
    long before, cpu, grown;

    (void)state;
    wire_send_text(other, REQUEST);
    expect_hello(other);
    before = program_memory_kib(p);
    for (int i = 0; i < READERS; i++) {
        char part[4096];

        fds[i] = wire_connect(port);
        wire_send_text(fds[i], "GET /bytes/1073741824 HTTP/1.1\r\n"
                               "Host: a\r\n\r\n");
        wire_receive(fds[i], part, sizeof part);
    }
    for (int i = 0; i < 100; i++) {
        wire_send_text(other, REQUEST);
        expect_hello(other);
    }
    cpu = program_cpu_ms(p);
    wire_expect_silence(other, 300);
    assert_true(program_cpu_ms(p) - cpu <= 100); /* it does not spin */
    grown = program_memory_kib(p) - before;
    if (grown > 4096)
        fail_msg("%ld KiB more for %d slow readers", grown, READERS);
    for (int i = 0; i < READERS; i++)
        wire_reset(fds[i]);
    wire_close(other);
    program_stop(p);
}

/* 20 descriptors, 40 clients: those who got in are served; the others wait in
 * the backlog until somebody goes; and the server waits, too. */
static void waits_when_descriptors_run_out(void **state)
{
    enum { CLIENTS = 40, FIRST = 5 };
    static const char *const argv[] = {
        "/bin/sh", "-c", "ulimit -n 20; exec \"$0\" 0 b1",
        PROGRAMS "/" PATH, NULL
    };
    struct program *p = program_start_args(argv);
    int before = program_descriptors(p), fds[CLIENTS];
    long cpu;

    (void)state;
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = wire_connect(program_port(p));
        wire_send_text(fds[i], REQUEST);
    }
    for (int i = 0; i < FIRST; i++)
        expect_hello(fds[i]);
    cpu = program_cpu_ms(p);
    wire_expect_silence(fds[CLIENTS - 1], 1500);
    assert_true(program_cpu_ms(p) - cpu <= 300);
    wire_send_text(fds[0], REQUEST);
    expect_hello(fds[0]);
    for (int i = 0; i < CLIENTS; i++) {
        if (i >= FIRST)
            expect_hello(fds[i]);
        wire_close(fds[i]); /* makes room for the next */
    }
    if (before >= 0)
        await_descriptors(p, before);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(prints_its_usage),
        fixture_test(refuses_wrong_command_lines),
        fixture_test(takes_odd_names),
        fixture_test(says_that_a_port_is_taken),
        fixture_test(listens_on_both_families),
        fixture_test(ends_on_a_signal),
        fixture_test(starts_again_on_its_port),
        fixture_test(serves_a_thousand_clients),
        fixture_test(slow_readers_cost_no_memory),
        fixture_test(waits_when_descriptors_run_out),
    };
    return fixture_run("backend_process", tests);
}
