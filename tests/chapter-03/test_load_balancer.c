/* load_balancer: who gets which request, and what clients see of it when
 * backends die. (Signals and statistics: test_load_balancer_signals.c; health:
 * test_load_balancer_health.c; the command line:
 * test_load_balancer_command.c.) */
#include "balancer.h"
#include "blackhole.h"
#include "deadline.h"
#include "fixture.h"
#include "program.h"
#include "wire.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- round robin -------------------------------------------------------- */

static void three_backends_take_turns_from_the_first_on(void **state)
{
    struct program *backends[3], *lb;
    int ports[3];

    (void)state;
    start_backends(backends, ports, 3);
    lb = start_balancer(ports, 3);
    expect_backends(lb, "b1 b2 b3 b1 b2 b3 b1 b2 b3 b1");
    program_stop(lb);
    stop_all(backends, 3);
}

static void one_backend_gets_all(void **state)
{
    struct program *backend, *lb;
    int port;

    (void)state;
    start_backends(&backend, &port, 1);
    lb = start_balancer(&port, 1);
    expect_backends(lb, "b1 b1 b1");
    program_stop(lb);
    program_stop(backend);
}

/* What is refused before a backend is chosen takes nobody's turn. */
static void a_bad_request_takes_nobodys_turn(void **state)
{
    static const struct {
        const char *request;
        int status;
    } cases[] = {
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
        {"CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n", 405},
    };
    struct program *backends[2], *lb;
    int ports[2];

    (void)state;
    start_backends(backends, ports, 2);
    lb = start_balancer(ports, 2);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fd = wire_connect(program_port(lb));
        struct http_response r;

        wire_send_text(fd, cases[i].request);
        http_receive(fd, "GET", &r);
        assert_int_equal(r.status, cases[i].status);
        http_response_free(&r);
        wire_close(fd);
    }
    expect_backends(lb, "b1 b2 b1");
    program_stop(lb);
    stop_all(backends, 2);
}

/* ---- what passes -------------------------------------------------------- */

static void requests_and_answers_pass_unharmed(void **state)
{
    struct program *backends[2], *lb;
    struct http_response r;
    char *body = malloc(300000);
    int ports[2];

    (void)state;
    assert_non_null(body);
    for (int i = 0; i < 300000; i++)
        body[i] = (char)('a' + i % 23);
    start_backends(backends, ports, 2);
    lb = start_balancer(ports, 2);
    http_request(program_port(lb), "POST", "/echo", "", body, 300000, &r);
    assert_int_equal(r.status, 200);
    assert_true(r.body_len > 300000);
    assert_memory_equal(r.body + r.body_len - 300000, body, 300000);
    http_response_free(&r);
    http_get(program_port(lb), "/bytes/1000000", &r);
    assert_int_equal(r.body_len, 1000000);
    http_response_free(&r);
    http_request(program_port(lb), "HEAD", "/bytes/1000", "", NULL, 0, &r);
    assert_int_equal(r.status, 200);
    http_response_free(&r);
    http_get(program_port(lb), "/status/418", &r);
    assert_int_equal(r.status, 418); /* a backend's own error is an answer */
    http_response_free(&r);
    program_stop(lb);
    stop_all(backends, 2);
    free(body);
}

/* ---- dead backends ------------------------------------------------------ */

static void a_backend_that_is_dead_at_the_start_is_skipped(void **state)
{
    struct program *backends[2], *lb;
    int ports[3], refusing = wire_refuse(&ports[1]);

    (void)state;
    start_backends(backends, ports, 1);
    backends[1] = start_backend("b3", 0);
    ports[2] = program_port(backends[1]);
    lb = start_balancer(ports, 3);
    /* It was said before the ready line: nobody has to find out the hard way.
     */
    expect_marked(lb, ports[1], "UNHEALTHY", 0);
    assert_true(strstr(program_output(lb), "UNHEALTHY") <
                strstr(program_output(lb), "listening on"));
    expect_backends(lb, "b1 b3 b1 b3 b1");
    program_stop(lb);
    stop_all(backends, 2);
    close(refusing);
}

/* Killed between two health checks: the request that finds out goes on to the
 * next backend, and its client notices nothing. */
static void a_client_does_not_notice_that_its_backend_died(void **state)
{
    struct program *backends[3], *lb;
    char *output;
    int ports[3];

    (void)state;
    start_backends(backends, ports, 3);
    lb = start_balancer(ports, 3);
    expect_backends(lb, "b1");
    program_kill(backends[1]);
    expect_backends(lb, "b3");
    expect_marked(lb, ports[1], "UNHEALTHY", 5000);
    expect_backends(lb, "b1 b3 b1 b3");
    expect_totals(lb, 7, 1);
    output = end_balancer(lb, SIGTERM);
    assert_int_equal(times(output, "marked"), 1);
    expect_line(output, ports[0], "Requests: 3, Failed: 0, ");
    expect_line(output, ports[1], "Requests: 1, Failed: 1, ");
    expect_line(output, ports[2], "Requests: 3, Failed: 0, ");
    free(output);
    program_stop(backends[0]);
    program_stop(backends[2]);
}

static void when_all_are_dead_it_says_503(void **state)
{
    struct program *backends[2], *lb;
    struct http_response r;
    int ports[2], held[2];

    (void)state;
    start_backends(backends, ports, 2);
    lb = start_balancer(ports, 2);
    expect_backends(lb, "b1 b2");
    program_kill(backends[0]);
    program_kill(backends[1]);
    held[0] = wire_refuse_at(ports[0]);
    held[1] = wire_refuse_at(ports[1]);
    /* This request finds out, the next one knows. */
    expect_refusal_by_balancer(lb, 503, "503 Service Unavailable\n");
    program_expect(lb, ": 503: connect to the backends: Connection refused\n");
    expect_refusal_by_balancer(lb, 503, "503 Service Unavailable\n");
    program_expect(lb, ": 503: no backend is up\n");
    expect_marked(lb, ports[0], "UNHEALTHY", 0);
    expect_marked(lb, ports[1], "UNHEALTHY", 0);
    http_request(program_port(lb), "HEAD", "/", "", NULL, 0, &r);
    assert_int_equal(r.status, 503);
    assert_int_equal(r.body_len, 0);
    http_response_free(&r);
    program_stop(lb);
    wire_close(held[0]);
    wire_close(held[1]);
}

static void without_any_backend_from_the_start_it_says_503(void **state)
{
    int port, refusing = wire_refuse(&port);
    struct program *lb = start_balancer(&port, 1);

    (void)state;
    expect_marked(lb, port, "UNHEALTHY", 0);
    expect_refusal_by_balancer(lb, 503, "503 Service Unavailable\n");
    program_stop(lb);
    close(refusing);
}

/* It took the request: nobody knows what it has done with it, so no other one
 * is asked. That is a failed request, but no failed backend. */
static void a_backend_that_hangs_up_is_a_502(void **state)
{
    int port, listener = wire_listen(&port), client, fd;
    struct program *lb = start_balancer(&port, 1);
    struct http_response r;
    char head[1024], *output;

    (void)state;
    expect_health_check(listener);
    for (int reset = 0; reset < 2; reset++) {
        client = wire_connect(program_port(lb));
        wire_send_text(client, GET_CLOSE);
        fd = wire_accept(listener);
        wire_receive_until(fd, "\r\n\r\n", head, sizeof head);
        if (reset)
            wire_reset(fd);
        else
            wire_close(fd);
        http_receive(client, "GET", &r);
        assert_int_equal(r.status, 502);
        assert_string_equal(r.body, "502 Bad Gateway\n");
        http_response_free(&r);
        wire_close(client);
    }
    output = end_balancer(lb, SIGTERM);
    expect_line(output, port, "Requests: 2, Failed: 2, ");
    assert_null(strstr(output, "UNHEALTHY"));
    free(output);
    wire_close(listener);
}

/* ---- one client at a time ----------------------------------------------- */

/* What chapter 4 is for: an idle client stops everybody. */
static void the_second_client_waits_for_the_first(void **state)
{
    struct program *backend, *lb;
    struct http_response r;
    int port, idle, waiting;

    (void)state;
    start_backends(&backend, &port, 1);
    lb = start_balancer(&port, 1);
    idle = wire_connect(program_port(lb));
    waiting = wire_connect(program_port(lb));
    wire_send_text(waiting, GET_CLOSE);
    wire_expect_silence(waiting, 300);
    wire_close(idle);
    http_receive(waiting, "GET", &r);
    assert_int_equal(r.status, 200);
    http_response_free(&r);
    wire_close(waiting);
    program_stop(lb);
    program_stop(backend);
}

/* ---- nothing is left open ----------------------------------------------- */

static void wait_for_descriptors(struct program *lb, int count)
{
    deadline_t deadline = deadline_in(5000);

    while (program_descriptors(lb) != count)
        assert_true(deadline_pause(deadline));
}

static void two_hundred_requests_leave_no_descriptor(void **state)
{
    struct program *backends[2], *lb;
    char name[64];
    int ports[2], before;

    (void)state;
    start_backends(backends, ports, 2);
    lb = start_balancer(ports, 2);
    before = program_descriptors(lb);
    if (before < 0) {
        program_stop(lb);
        stop_all(backends, 2);
        skip();
    }
    for (int i = 0; i < 200; i++) {
        if (i == 100)
            program_kill(backends[0]);
        http_get_backend(program_port(lb), "/", 200, name);
        assert_string_equal(name, i < 100 && i % 2 == 0 ? "b1" : "b2");
    }
    wait_for_descriptors(lb, before);
    program_kill(backends[1]);
    for (int i = 0; i < 20; i++)
        expect_refusal_by_balancer(lb, 503, "503 Service Unavailable\n");
    wait_for_descriptors(lb, before);
    program_stop(lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(three_backends_take_turns_from_the_first_on),
        fixture_test(one_backend_gets_all),
        fixture_test(a_bad_request_takes_nobodys_turn),
        fixture_test(requests_and_answers_pass_unharmed),
        fixture_test(a_backend_that_is_dead_at_the_start_is_skipped),
        fixture_test(a_client_does_not_notice_that_its_backend_died),
        fixture_test(when_all_are_dead_it_says_503),
        fixture_test(without_any_backend_from_the_start_it_says_503),
        fixture_test(a_backend_that_hangs_up_is_a_502),
        fixture_test(the_second_client_waits_for_the_first),
        fixture_test(two_hundred_requests_leave_no_descriptor),
    };

    return fixture_run("load_balancer", tests);
}
