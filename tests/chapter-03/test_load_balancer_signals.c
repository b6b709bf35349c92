/* load_balancer: the statistics, and the signals that ask for them or end it.
 */
#include "balancer.h"
#include "blackhole.h"
#include "fixture.h"
#include "program.h"
#include "wire.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TITLE "=== Load Balancer Statistics ===\n"

/* ---- statistics --------------------------------------------------------- */

static void sigusr1_prints_the_statistics(void **state)
{
    struct program *backends[3], *lb;
    int ports[3];

    (void)state;
    start_backends(backends, ports, 3);
    lb = start_balancer(ports, 3);
    expect_backends(lb, "b1 b2 b3 b1 b2");
    program_signal(lb, SIGUSR1);
    program_expect(lb, "\n" TITLE "Uptime: ");
    program_expect(lb, "\nTotal requests: 5, failed: 0\nRequests/sec: ");
    program_expect(lb, ", Health: UP\n");
    for (int i = 0; i < 3; i++) {
        char line[80];

        snprintf(line, sizeof line, "\n127.0.0.1:%d - Requests: %d, Failed: 0",
                 ports[i], i < 2 ? 2 : 1);
        program_expect(lb, line);
    }
    /* It goes on, and can be asked again. */
    expect_backends(lb, "b3");
    program_signal(lb, SIGUSR1);
    program_expect(lb, "\nTotal requests: 6, failed: 0\n");
    program_stop(lb);
    stop_all(backends, 3);
}

/* One exchange of known length with a scripted backend. Returns the bytes of
 * the request. */
static size_t exchange(struct program *lb, int listener, const char *answer)
{
    int client = wire_connect(program_port(lb)), fd;
    char request[1024];
    size_t len;

    wire_send_text(client, GET_CLOSE);
    fd = wire_accept(listener);
    len = wire_receive_until(fd, "\r\n\r\n", request, sizeof request);
    wire_send_text(fd, answer);
    wire_close(fd);
    wire_expect_text(client, answer);
    wire_expect_end(client);
    wire_close(client);
    return len;
}

static void bytes_are_counted_both_ways(void **state)
{
    int port, listener = wire_listen(&port);
    struct program *lb = start_balancer(&port, 1);
    char line[160], *output;
    size_t in = 0;

    (void)state;
    expect_health_check(listener);
    for (int i = 0; i < 3; i++)
        in += exchange(lb, listener, OK_CLOSE);
    expect_totals(lb, 3, 0);
    output = end_balancer(lb, SIGTERM);
    snprintf(line, sizeof line,
             "Requests: 3, Failed: 0, Active: 0, In: %zu B, Out: %zu B, ", in,
             3 * strlen(OK_CLOSE));
    expect_line(output, port, line);
    free(output);
    wire_close(listener);
}

/* The client has all, and stays where it is: that is no failure of anybody. */
static void a_client_that_lingers_is_no_failure(void **state)
{
    int port, listener = wire_listen(&port), client, fd;
    struct program *lb = start_balancer(&port, 1);
    char request[1024], *output;

    (void)state;
    expect_health_check(listener);
    client = wire_connect(program_port(lb));
    wire_send_text(client, GET_CLOSE);
    fd = wire_accept(listener);
    wire_receive_until(fd, "\r\n\r\n", request, sizeof request);
    wire_send_text(fd, OK_CLOSE);
    wire_close(fd);
    wire_expect_text(client, OK_CLOSE);
    wire_expect_end(client);
    output = end_balancer(lb, SIGTERM);
    expect_line(output, port, "Requests: 1, Failed: 0, ");
    free(output);
    wire_close(client);
    wire_close(listener);
}

/* A request that is being served is finished first. */
static void sigusr1_waits_for_the_client_being_served(void **state)
{
    int port, listener = wire_listen(&port), client, fd;
    struct program *lb = start_balancer(&port, 1);
    char request[1024];

    (void)state;
    expect_health_check(listener);
    client = wire_connect(program_port(lb));
    wire_send_text(client, GET_CLOSE);
    fd = wire_accept(listener);
    wire_receive_until(fd, "\r\n\r\n", request, sizeof request);
    program_signal(lb, SIGUSR1);
    wire_expect_silence(client, 100);
    assert_null(strstr(program_output(lb), TITLE));
    wire_send_text(fd, OK_CLOSE);
    wire_close(fd);
    wire_expect_text(client, OK_CLOSE);
    wire_close(client);
    program_expect(lb, TITLE);
    program_expect(lb, "\nTotal requests: 1, failed: 0\n");
    program_stop(lb);
    wire_close(listener);
}

/* While it checks the second of two that are silent, SIGUSR1 arrives. It must
 * not wait for the next client or the next check, ten seconds later. */
static void sigusr1_is_not_lost_in_a_health_check(void **state)
{
    struct blackhole holes[2];
    struct command c;
    struct program *lb;

    (void)state;
    blackhole_open(&holes[0]);
    blackhole_open(&holes[1]);
    lb = program_spawn(command_for(&c, (int[]){holes[0].port, holes[1].port},
                                   2));
    expect_marked(lb, holes[0].port, "UNHEALTHY", 10000);
    program_signal(lb, SIGUSR1);
    program_expect_in(lb, TITLE, 6000);
    program_stop(lb);
    blackhole_close(&holes[0]);
    blackhole_close(&holes[1]);
}

static void several_sigusr1_at_once_are_at_least_one(void **state)
{
    struct program *backend, *lb;
    int port;

    (void)state;
    start_backends(&backend, &port, 1);
    lb = start_balancer(&port, 1);
    for (int i = 0; i < 50; i++)
        program_signal(lb, SIGUSR1);
    program_expect(lb, TITLE);
    expect_backends(lb, "b1");
    program_stop(lb);
    program_stop(backend);
}

/* ---- the end ------------------------------------------------------------ */

static void expect_end_with_statistics(int sig, int requests)
{
    struct program *backend, *lb;
    char line[80], *output;
    int port;

    start_backends(&backend, &port, 1);
    lb = start_balancer(&port, 1);
    for (int i = 0; i < requests; i++)
        expect_backends(lb, "b1");
    output = end_balancer(lb, sig);
    assert_int_equal(times(output, TITLE), 1);
    snprintf(line, sizeof line, "\nTotal requests: %d, failed: ", requests);
    assert_non_null(strstr(output, line));
    free(output);
    program_stop(backend);
}

static void sigterm_and_sigint_end_it_with_statistics(void **state)
{
    (void)state;
    expect_end_with_statistics(SIGTERM, 2);
    expect_end_with_statistics(SIGINT, 2);
    expect_end_with_statistics(SIGTERM, 0);
}

/* While a client says nothing, and while a backend does. */
static void a_signal_ends_it_whatever_it_waits_for(void **state)
{
    int port, listener = wire_listen(&port), client, fd;
    struct program *lb = start_balancer(&port, 1);
    char request[1024], *output;

    (void)state;
    expect_health_check(listener);
    client = wire_connect(program_port(lb));
    wire_send_text(client, "GET / HTTP");
    free(end_balancer(lb, SIGTERM));
    wire_expect_gone(client);
    wire_close(client);

    lb = start_balancer(&port, 1);
    expect_health_check(listener);
    client = wire_connect(program_port(lb));
    wire_send_text(client, GET_CLOSE);
    fd = wire_accept(listener);
    wire_receive_until(fd, "\r\n\r\n", request, sizeof request);
    output = end_balancer(lb, SIGINT);
    expect_line(output, port, "Requests: 1, Failed: 1, ");
    free(output);
    wire_expect_gone(client);
    wire_close(client);
    wire_close(fd);
    wire_close(listener);
}

/* "We stop" is no news about a backend. */
static void a_check_that_is_broken_off_marks_nobody(void **state)
{
    struct blackhole holes[2];
    struct command c;
    struct program *lb;
    char *output;

    (void)state;
    blackhole_open(&holes[0]);
    blackhole_open(&holes[1]);
    lb = program_spawn(command_for(&c, (int[]){holes[0].port, holes[1].port},
                                   2));
    expect_marked(lb, holes[0].port, "UNHEALTHY", 10000);
    output = end_balancer(lb, SIGTERM);
    assert_int_equal(times(output, "UNHEALTHY"), 1);
    expect_line(output, holes[1].port, "Requests: 0, Failed: 0, Active: 0, "
                "In: 0 B, Out: 0 B, Average: 0.0 ms, Health: UP");
    free(output);
    blackhole_close(&holes[0]);
    blackhole_close(&holes[1]);
}

/* Its queue is full when the request comes, not before: the check went well. */
static void a_connect_that_is_broken_off_marks_nobody(void **state)
{
    struct blackhole hole;
    struct program *lb;
    char *output;
    int client;

    (void)state;
    blackhole_open(&hole);
    blackhole_let_in_one(&hole);
    lb = start_balancer(&hole.port, 1);
    client = wire_connect(program_port(lb));
    wire_send_text(client, GET_CLOSE);
    wire_expect_silence(client, 200);
    output = end_balancer(lb, SIGTERM);
    wire_expect_end(client); /* no answer either: we just leave */
    wire_close(client);
    assert_null(strstr(output, "UNHEALTHY"));
    assert_null(strstr(output, ": 503: "));
    free(output);
    blackhole_close(&hole);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(sigusr1_prints_the_statistics),
        fixture_test(bytes_are_counted_both_ways),
        fixture_test(a_client_that_lingers_is_no_failure),
        fixture_test(sigusr1_waits_for_the_client_being_served),
        fixture_test(sigusr1_is_not_lost_in_a_health_check),
        fixture_test(several_sigusr1_at_once_are_at_least_one),
        fixture_test(sigterm_and_sigint_end_it_with_statistics),
        fixture_test(a_signal_ends_it_whatever_it_waits_for),
        fixture_test(a_check_that_is_broken_off_marks_nobody),
        fixture_test(a_connect_that_is_broken_off_marks_nobody),
    };

    return fixture_run("load_balancer_signals", tests);
}
