/* load_balancer: who gets which request, and what clients see of it when
 * backends die. (Signals and statistics: test_load_balancer_signals.c; health:
 * test_load_balancer_health.c; the command line:
 * test_load_balancer_command.c.) */
#include "balancer.h"
#include "blackhole.h"
#include "deadline.h"
#include "fixture.h"
#include "lb_fixture.h"
#include "program.h"
#include "wire.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- round robin -------------------------------------------------------- */

static void three_backends_take_turns_from_the_first_on(void **state)
{
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 3);
    lb_expect_order(&lb, "b1 b2 b3 b1 b2 b3 b1 b2 b3 b1");
    lb_stop(&lb);
}

static void one_backend_gets_all(void **state)
{
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 1);
    lb_expect_order(&lb, "b1 b1 b1");
    lb_stop(&lb);
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
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 2);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fd = wire_connect(lb.port);
        struct http_response r;

        wire_send_text(fd, cases[i].request);
        http_receive(fd, "GET", &r);
        assert_int_equal(r.status, cases[i].status);
        http_response_free(&r);
        wire_close(fd);
    }
    lb_expect_order(&lb, "b1 b2 b1");
    lb_stop(&lb);
}

/* ---- what passes -------------------------------------------------------- */

static void requests_and_answers_pass_unharmed(void **state)
{
    struct lb lb;
    struct http_response r;
    char *body = malloc(300000);

    (void)state;
    assert_non_null(body);
    for (int i = 0; i < 300000; i++)
        body[i] = (char)('a' + i % 23);
    lb_start_real(&lb, 2);
    http_request(lb.port, "POST", "/echo", "", body, 300000, &r);
    assert_int_equal(r.status, 200);
    assert_true(r.body_len > 300000);
    assert_memory_equal(r.body + r.body_len - 300000, body, 300000);
    http_response_free(&r);
    http_get(lb.port, "/bytes/1000000", &r);
    assert_int_equal(r.body_len, 1000000);
    http_response_free(&r);
    http_request(lb.port, "HEAD", "/bytes/1000", "", NULL, 0, &r);
    assert_int_equal(r.status, 200);
    http_response_free(&r);
    http_get(lb.port, "/status/418", &r);
    assert_int_equal(r.status, 418); /* a backend's own error is an answer */
    http_response_free(&r);
    lb_stop(&lb);
    free(body);
}

/* ---- dead backends ------------------------------------------------------ */

static void a_backend_that_is_dead_at_the_start_is_skipped(void **state)
{
    struct lb lb;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 2,
                                    .dead = 1});
    /* It was said before the ready line: nobody has to find out the hard way.
     */
    expect_marked(lb.program, lb.backend_port[2], "UNHEALTHY", 0);
    assert_true(strstr(program_output(lb.program), "UNHEALTHY") <
                strstr(program_output(lb.program), "listening on"));
    lb_expect_order(&lb, "b1 b2 b1 b2 b1");
    lb_stop(&lb);
}

/* Killed between two health checks: the request that finds out goes on to the
 * next backend, and its client notices nothing. */
static void a_client_does_not_notice_that_its_backend_died(void **state)
{
    struct lb lb;
    char *output;

    (void)state;
    lb_start_real(&lb, 3);
    lb_expect_order(&lb, "b1");
    lb_kill_backend(&lb, 1);
    lb_expect_order(&lb, "b3");
    expect_marked(lb.program, lb.backend_port[1], "UNHEALTHY", 5000);
    lb_expect_order(&lb, "b1 b3 b1 b3");
    lb_expect_statistics(&lb, "\nTotal requests: 7, failed: 1\n");
    output = lb_stop_output(&lb);
    assert_int_equal(times(output, "marked"), 1);
    expect_line(output, lb.backend_port[0], "Requests: 3, Failed: 0, ");
    expect_line(output, lb.backend_port[1], "Requests: 1, Failed: 1, ");
    expect_line(output, lb.backend_port[2], "Requests: 3, Failed: 0, ");
    free(output);
}

static void when_all_are_dead_it_says_503(void **state)
{
    struct lb lb;
    struct http_response r;

    (void)state;
    lb_start_real(&lb, 2);
    lb_expect_order(&lb, "b1 b2");
    lb_kill_backend(&lb, 0);
    lb_kill_backend(&lb, 1);
    /* This request finds out, the next one knows. */
    expect_refusal_by_balancer(lb.program, 503, "503 Service Unavailable\n");
    program_expect(lb.program,
                   ": 503: connect to the backends: Connection refused\n");
    expect_refusal_by_balancer(lb.program, 503, "503 Service Unavailable\n");
    program_expect(lb.program, ": 503: no backend is up\n");
    expect_marked(lb.program, lb.backend_port[0], "UNHEALTHY", 0);
    expect_marked(lb.program, lb.backend_port[1], "UNHEALTHY", 0);
    http_request(lb.port, "HEAD", "/", "", NULL, 0, &r);
    assert_int_equal(r.status, 503);
    assert_int_equal(r.body_len, 0);
    http_response_free(&r);
    lb_stop(&lb);
}

static void without_any_backend_from_the_start_it_says_503(void **state)
{
    struct lb lb;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .dead = 1});
    expect_marked(lb.program, lb.backend_port[0], "UNHEALTHY", 0);
    expect_refusal_by_balancer(lb.program, 503, "503 Service Unavailable\n");
    lb_stop(&lb);
}

/* It took the request: nobody knows what it has done with it, so no other one
 * is asked. That is a failed request, but no failed backend. */
static void a_backend_that_hangs_up_is_a_502(void **state)
{
    struct http_response r;
    struct lb lb;
    int client, fd;
    char head[1024], *output;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (int reset = 0; reset < 2; reset++) {
        client = wire_connect(lb.port);
        wire_send_text(client, GET_CLOSE);
        fd = lb_take(&lb, 0, head, sizeof head);
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
    output = lb_stop_output(&lb);
    expect_line(output, lb.backend_port[0], "Requests: 2, Failed: 2, ");
    assert_null(strstr(output, "UNHEALTHY"));
    free(output);
}

/* ---- one client at a time ----------------------------------------------- */

/* What chapter 4 is for: an idle client stops everybody. */
static void the_second_client_waits_for_the_first(void **state)
{
    struct lb lb;
    struct http_response r;
    int idle, waiting;

    (void)state;
    lb_start_real(&lb, 1);
    idle = wire_connect(lb.port);
    waiting = wire_connect(lb.port);
    wire_send_text(waiting, GET_CLOSE);
    wire_expect_silence(waiting, 300);
    wire_close(idle);
    http_receive(waiting, "GET", &r);
    assert_int_equal(r.status, 200);
    http_response_free(&r);
    wire_close(waiting);
    lb_stop(&lb);
}

/* ---- nothing is left open ----------------------------------------------- */

static void two_hundred_requests_leave_no_descriptor(void **state)
{
    struct lb lb;
    char name[64];
    int before;

    (void)state;
    lb_start_real(&lb, 2);
    before = program_descriptors(lb.program);
    for (int i = 0; i < 200; i++) {
        if (i == 100)
            lb_kill_backend(&lb, 0);
        http_get_backend(lb.port, "/", 200, name);
        assert_string_equal(name, i < 100 && i % 2 == 0 ? "b1" : "b2");
    }
    lb_expect_descriptors(&lb, before);
    lb_kill_backend(&lb, 1);
    for (int i = 0; i < 20; i++)
        expect_refusal_by_balancer(lb.program, 503,
                                   "503 Service Unavailable\n");
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
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
