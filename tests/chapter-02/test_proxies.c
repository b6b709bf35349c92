/* What holds for both programs of the chapter, and for all later ones: command
 * lines, signals, descriptors, clients and backends that misbehave. */

#if defined(__linux__)
#define _GNU_SOURCE /* prlimit(2) */
#endif

#include "deadline.h"
#include "fixture.h"
#include "http_client.h"
#include "program.h"
#include "wire.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define FORWARD "chapter-02-simple-proxy/forward_proxy"
#define REVERSE "chapter-02-simple-proxy/reverse_proxy"
#define BACKEND "backends/simple_http_backend"

/* reverse_proxy before a backend that the test plays. */
static struct program *scripted(int *listener)
{
    char where[32];
    int port;

    *listener = wire_listen(&port);
    snprintf(where, sizeof where, "127.0.0.1:%d", port);
    return program_start(REVERSE, "0", where, NULL);
}

/* ---- command lines ------------------------------------------------------ */

static void a_wrong_command_line_is_explained(void **state)
{
    static const struct {
        const char *argv[5];
        const char *says;
    } cases[] = {
        {{FORWARD}, "forward_proxy: expected PORT\n"},
        {{FORWARD, "1", "2"}, "forward_proxy: one operand too many: 2\n"},
        {{FORWARD, "80x"}, "forward_proxy: not a port (0 to 65535): 80x\n"},
        {{FORWARD, "-1"}, "forward_proxy: unknown option: -1\n"},
        {{FORWARD, "70000"}, "forward_proxy: not a port (0 to 65535): 70000\n"},
        {{FORWARD, ""}, "forward_proxy: not a port (0 to 65535): \n"},
        {{REVERSE}, "reverse_proxy: expected PORT and HOST:PORT\n"},
        {{REVERSE, "0"}, "reverse_proxy: expected PORT and HOST:PORT\n"},
        {{REVERSE, "0", "a:1", "b:2"},
         "reverse_proxy: one operand too many: b:2\n"},
        {{REVERSE, "+1", "a:1"}, "reverse_proxy: not a port"},
        {{REVERSE, "0", "a"}, "reverse_proxy: not HOST:PORT: a\n"},
        {{REVERSE, "0", "a:"}, "reverse_proxy: not HOST:PORT: a:\n"},
        {{REVERSE, "0", ":1"}, "reverse_proxy: not HOST:PORT: :1\n"},
        {{REVERSE, "0", "a:70000"}, "reverse_proxy: not HOST:PORT: a:70000\n"},
        {{REVERSE, "0", "::1:80"}, "reverse_proxy: not HOST:PORT: ::1:80\n"},
        {{REVERSE, "0", "http://a:1/"}, "reverse_proxy: not HOST:PORT: http"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run r = program_run(cases[i].argv, NULL, 0);
        const char *second = strchr(r.err, '\n');

        assert_int_equal(r.status, 2);
        assert_string_equal(r.out, "");
        assert_memory_equal(r.err, cases[i].says, strlen(cases[i].says));
        assert_non_null(second);
        assert_memory_equal(second, "\nusage: ", 8);
        run_free(&r);
    }
}

static void help_is_printed_wherever_it_is_asked_for(void **state)
{
    static const char *const cases[][4] = {
        {FORWARD, "-h"},       {FORWARD, "--help"}, {FORWARD, "8080", "-h"},
        {REVERSE, "-h"},       {REVERSE, "--help"}, {REVERSE, "--help", "0"},
        {REVERSE, "0", "-h"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run r = program_run(cases[i], NULL, 0);

        assert_int_equal(r.status, 0);
        assert_string_equal(r.err, "");
        assert_memory_equal(r.out, "usage: ", 7);
        run_free(&r);
    }
}

static void what_fails_at_start_is_explained(void **state)
{
    char port[8], wanted[128];
    int in_use, listener = wire_listen(&in_use);
    struct run r;

    (void)state;
    snprintf(port, sizeof port, "%d", in_use);
    snprintf(wanted, sizeof wanted,
             "reverse_proxy: listen on port %d: Address already in use\n",
             in_use);
    r = program_run((const char *[]){REVERSE, port, "127.0.0.1:1", NULL}, NULL,
                    0);
    assert_int_equal(r.status, 1);
    assert_string_equal(r.err, wanted);
    run_free(&r);
    r = program_run((const char *[]){FORWARD, port, NULL}, NULL, 0);
    assert_int_equal(r.status, 1);
    assert_memory_equal(r.err, "forward_proxy: listen on port ", 30);
    run_free(&r);
    close(listener);
    /* No DNS server is needed to know that this is no name. */
    r = program_run((const char *[]){REVERSE, "0", "a..b:80", NULL}, NULL, 0);
    assert_int_equal(r.status, 1);
    assert_memory_equal(r.err, "reverse_proxy: resolve a..b: ", 29);
    run_free(&r);
}

/* ---- signals ------------------------------------------------------------ */

static void ends_when_told_to(void **state)
{
    static const int signals[] = {SIGTERM, SIGINT};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct program *f = program_start(FORWARD, "0", NULL);
        struct program *r = program_start(REVERSE, "0", "127.0.0.1:1", NULL);

        program_signal(r, SIGUSR1); /* no statistics yet, and no harm */
        program_signal(f, signals[i]);
        program_signal(r, signals[i]);
        assert_int_equal(program_wait(f), 0);
        assert_int_equal(program_wait(r), 0);
    }
}

/* Wherever it waits: for the head, for the backend's answer. */
static void ends_while_a_client_is_served(void **state)
{
    static const char *const said[] = {"GET / HT", "GET / HTTP/1.0\r\n\r\n"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        int listener, client, backend = -1;
        struct program *p = scripted(&listener);
        deadline_t soon;

        client = wire_connect(program_port(p));
        wire_send_text(client, said[i]);
        if (i == 1) {
            char head[256];

            backend = wire_accept(listener);
            wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
        }
        soon = deadline_in(1500); /* less than any time limit of the proxy */
        program_stop(p);
        assert_true(deadline_left(soon) > 0);
        wire_expect_gone(client);
        close(client);
        close(listener);
        if (backend >= 0)
            close(backend);
    }
}

/* ---- one client after the other ----------------------------------------- */

static void the_second_client_waits_for_the_first(void **state)
{
    struct program *b = program_start(BACKEND, "0", "b1", NULL);
    char where[32];
    struct program *p;
    int idle, second;
    struct http_response r;

    (void)state;
    snprintf(where, sizeof where, "127.0.0.1:%d", program_port(b));
    p = program_start(REVERSE, "0", where, NULL);
    idle = wire_connect(program_port(p)); /* and says nothing */
    second = wire_connect(program_port(p));
    wire_send_text(second, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_expect_silence(second, 200);
    wire_close(idle);
    http_receive(second, "GET", &r);
    assert_int_equal(r.status, 200);
    http_response_free(&r);
    wire_close(second);
    program_stop(p);
    program_stop(b);
}

static void next_request_is_served(struct program *p, int listener)
{
    int client = wire_connect(program_port(p)), backend;
    char head[512];

    wire_send_text(client, "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    do {
        backend = wire_accept(listener);
        wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    } while (strstr(head, "/next") == NULL && close(backend) == 0);
    wire_send_text(backend, "HTTP/1.1 200 OK\r\n\r\nok");
    wire_close(backend);
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n\r\nok");
    wire_expect_end(client);
    wire_close(client);
}

static void survives_clients_that_reset(void **state)
{
    static const char *const said[] = {
        "", "GET /", "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"};
    int listener;
    struct program *p = scripted(&listener);

    (void)state;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        int client = wire_connect(program_port(p));

        wire_send_text(client, said[i]);
        wire_reset(client);
    }
    next_request_is_served(p, listener);
    /* Nobody of these is the backend's fault. */
    assert_null(strstr(program_output(p), "502"));
    close(listener);
    program_stop(p);
}

/* The trap: writing to a client that is gone is a SIGPIPE. */
static void survives_a_client_that_goes_during_the_answer(void **state)
{
    static char much[4 << 20];
    int listener, client, backend;
    struct program *p = scripted(&listener);
    char head[256];

    (void)state;
    client = wire_connect(program_port(p));
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    backend = wire_accept(listener);
    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    wire_send_text(backend, "HTTP/1.1 200 OK\r\n\r\n");
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n\r\n");
    wire_close(client);
    wire_expect_end(backend); /* it knows that the client has ended */
    for (size_t sent = 0; sent < sizeof much &&
                          !deadline_poll(backend, POLLHUP, deadline_in(20));) {
        size_t n = wire_send_some(backend, much, 4096);

        sent += n > 0 ? n : 1;
    }
    wire_expect_gone(backend);
    close(backend);
    next_request_is_served(p, listener);
    close(listener);
    program_stop(p);
}

static void a_backend_that_breaks_off_ends_the_answer(void **state)
{
    int listener, client, backend;
    struct program *p = scripted(&listener);
    char head[256];

    (void)state;
    client = wire_connect(program_port(p));
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    backend = wire_accept(listener);
    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    wire_send_text(backend, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    wire_expect_text(client,
                     "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    wire_reset(backend);
    wire_expect_gone(client); /* and no 502 in the middle of a body */
    wire_close(client);
    next_request_is_served(p, listener);
    close(listener);
    program_stop(p);
}

/* The trap: the client is still sending, so closing would reset it, and the
 * reset would overtake the answer. */
static void an_early_answer_reaches_a_client_that_still_sends(void **state)
{
    static char body[64 << 10];
    int listener, client, backend;
    struct program *p = scripted(&listener);
    char head[256];

    (void)state;
    client = wire_connect(program_port(p));
    wire_send_text(client, "POST / HTTP/1.1\r\nHost: a\r\n"
                           "Content-Length: 9999999\r\n\r\n");
    backend = wire_accept(listener);
    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    wire_send_some(client, body, sizeof body);
    assert_true(deadline_poll(backend, POLLIN, deadline_in(10000)));
    wire_send_text(backend, "HTTP/1.1 413 Content Too Large\r\n"
                            "Content-Length: 3\r\n\r\nno\n");
    wire_close(backend); /* unread bytes: a reset */
    for (int i = 0; i < 3; i++)
        wire_send(client, body, sizeof body); /* he has not noticed */
    wire_expect_text(client, "HTTP/1.1 413 Content Too Large\r\n"
                             "Content-Length: 3\r\n\r\nno\n");
    wire_expect_end(client);
    wire_send(client, body, sizeof body);
    /* and is not reset: what he still sends is read and thrown away */
    assert_false(deadline_poll(client, 0, deadline_in(200)));
    wire_close(client);
    close(listener);
    program_stop(p);
}

/* ---- descriptors -------------------------------------------------------- */

static void two_hundred_requests_leave_nothing_behind(void **state)
{
    struct program *b = program_start(BACKEND, "0", "b1", NULL);
    char where[32];
    struct program *p;
    deadline_t deadline;
    int before;

    (void)state;
    snprintf(where, sizeof where, "127.0.0.1:%d", program_port(b));
    p = program_start(REVERSE, "0", where, NULL);
    before = program_descriptors(p);
    for (int i = 0; i < 200; i++) {
        struct http_response r;

        http_get(program_port(p), i % 2 ? "/" : "/status/404", &r);
        http_response_free(&r);
    }
    deadline = deadline_in(5000); /* the last is perhaps still being closed */
    while (program_descriptors(p) != before)
        assert_true(deadline_pause(deadline));
    program_stop(p);
    program_stop(b);
}

#if defined(__linux__)

/* utime + stime of /proc/PID/stat, in milliseconds. */
static long cpu_ms(const struct program *p)
{
    char path[64], line[1024], *at;
    unsigned long user = 0, system = 0;
    FILE *stat;

    snprintf(path, sizeof path, "/proc/%ld/stat", (long)program_pid(p));
    stat = fopen(path, "r");
    assert_non_null(stat);
    assert_non_null(fgets(line, sizeof line, stat));
    fclose(stat);
    at = strrchr(line, ')'); /* the name may hold anything */
    assert_non_null(at);
    assert_int_equal(sscanf(at + 1,
                            " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
                            "%lu %lu", &user, &system), 2);
    return (long)((user + system) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK));
}

static void set_descriptor_limit(const struct program *p, rlim_t limit)
{
    struct rlimit both;

    assert_int_equal(prlimit(program_pid(p), RLIMIT_NOFILE, NULL, &both), 0);
    both.rlim_cur = limit;
    assert_int_equal(prlimit(program_pid(p), RLIMIT_NOFILE, &both, NULL), 0);
}

/* The trap: accept(2) says EMFILE, the listener stays readable, and the loop
 * asks again and again. */
static void without_descriptors_it_waits_and_then_goes_on(void **state)
{
    int listener, client, backend;
    struct program *p = scripted(&listener);
    long before;
    char head[256];

    (void)state;
    set_descriptor_limit(p, (rlim_t)program_descriptors(p));
    before = cpu_ms(p);
    client = wire_connect(program_port(p));
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_expect_silence(client, 500);
    assert_in_range(cpu_ms(p) - before, 0, 200);
    set_descriptor_limit(p, 64);
    backend = wire_accept(listener);
    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    wire_send_text(backend, "HTTP/1.1 200 OK\r\n\r\n");
    wire_close(backend);
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n\r\n");
    wire_close(client);
    close(listener);
    program_stop(p);
}

#else

static void without_descriptors_it_waits_and_then_goes_on(void **state)
{
    (void)state;
    skip(); /* no way to change the limit of another process */
}

#endif

/* ---- addresses ---------------------------------------------------------- */

static void ipv6_on_both_sides(void **state)
{
    int port, listener = wire_listen6(&port), client, backend;
    char where[32], head[256];
    struct program *p;

    (void)state;
    snprintf(where, sizeof where, "[::1]:%d", port);
    p = program_start(REVERSE, "0", where, NULL);
    client = wire_connect6(program_port(p));
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n");
    backend = wire_accept(listener);
    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    assert_non_null(strstr(head, "Host: [::1]\r\n"));
    wire_send_text(backend, "HTTP/1.1 200 OK\r\n\r\n");
    wire_close(backend);
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n\r\n");
    wire_expect_end(client);
    wire_close(client);
    /* and by IPv4, through the same listener */
    client = wire_connect(program_port(p));
    wire_send_text(client, "nonsense\r\n");
    wire_expect_text(client, "HTTP/1.1 400 ");
    program_expect(p, "reverse_proxy: 127.0.0.1:"); /* not ::ffff:127.0.0.1 */
    wire_close(client);
    close(listener);
    program_stop(p);
}

static void a_name_resolves(void **state)
{
    int port, listener = wire_listen(&port);
    char where[32];
    struct program *p;

    (void)state;
    /* localhost may be ::1 first, where nobody listens: the next is tried. */
    snprintf(where, sizeof where, "localhost:%d", port);
    p = program_start(REVERSE, "0", where, NULL);
    next_request_is_served(p, listener);
    close(listener);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_wrong_command_line_is_explained),
        fixture_test(help_is_printed_wherever_it_is_asked_for),
        fixture_test(what_fails_at_start_is_explained),
        fixture_test(ends_when_told_to),
        fixture_test(ends_while_a_client_is_served),
        fixture_test(the_second_client_waits_for_the_first),
        fixture_test(survives_clients_that_reset),
        fixture_test(survives_a_client_that_goes_during_the_answer),
        fixture_test(a_backend_that_breaks_off_ends_the_answer),
        fixture_test(an_early_answer_reaches_a_client_that_still_sends),
        fixture_test(two_hundred_requests_leave_nothing_behind),
        fixture_test(without_descriptors_it_waits_and_then_goes_on),
        fixture_test(ipv6_on_both_sides),
        fixture_test(a_name_resolves),
    };

    return fixture_run("proxies", tests);
}
