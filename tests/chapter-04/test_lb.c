/* LB_NAME: the four algorithms, seen from outside; its signals: statistics,
 * and an end that loses nothing. */
#include "deadline.h"
#include "fixture.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "wire.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GET "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"

/* ---- round robin, weighted round robin ---------------------------------- */

static void start_with(struct lb *lb, const char *algorithm, int a, int b,
                       int c)
{
    lb_start(lb, &(struct lb_plan){.program = LB_PROGRAM,
                                   .real = c > 0 ? 3 : 2,
                                   .weights = {a, b, c},
                                   .options = {"-a", algorithm}});
}

static void round_robin_takes_turns(void **state)
{
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 3); /* it is the default */
    lb_expect_order(&lb, "b1 b2 b3 b1 b2 b3 b1 b2 b3 b1");
    lb_stop(&lb);
}

static void round_robin_knows_no_weights(void **state)
{
    struct lb lb;

    (void)state;
    start_with(&lb, "rr", 9, 1, 1);
    lb_expect_order(&lb, "b1 b2 b3 b1 b2 b3");
    lb_stop(&lb);
}

static void weighted_round_robin_spreads_the_turns(void **state)
{
    static const struct {
        int weights[3];
        const char *order;
    } cases[] = {
        {{3, 1, 0}, "b1 b1 b2 b1 b1 b1 b2 b1"},
        {{3, 2, 1}, "b1 b2 b1 b3 b2 b1 b1 b2 b1 b3 b2 b1"},
        {{5, 1, 1}, "b1 b1 b2 b1 b3 b1 b1"},
        {{1, 1, 1}, "b1 b2 b3 b1 b2 b3"},
    };
    struct lb lb;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int *w = cases[i].weights;

        start_with(&lb, "wrr", w[0], w[1], w[2]);
        lb_expect_order(&lb, cases[i].order);
        lb_stop(&lb);
    }
}

/* ---- least connections -------------------------------------------------- */

/* A request that is held: the test is its client and its backend. */
struct held {
    int client, backend;
};

static struct held hold(struct lb *lb, int expected)
{
    struct held h = {wire_connect(lb->port), -1};
    char head[1024];

    wire_send_text(h.client, GET);
    h.backend = lb_take(lb, expected, head, sizeof head);
    return h;
}

static void let_go(struct held h)
{
    wire_send_text(h.backend, LB_ANSWER);
    wire_close(h.backend);
    wire_expect_text(h.client, LB_ANSWER);
    wire_expect_end(h.client);
    wire_close(h.client);
}

static void least_connections_asks_the_idlest(void **state)
{
    struct lb lb;
    struct held a, b, c, d, e;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .scripted = 3,
                                    .options = {"-a", "lc"}});
    a = hold(&lb, 0);
    b = hold(&lb, 1);
    c = hold(&lb, 2); /* 1 1 1 */
    let_go(b);        /* 1 0 1 */
    d = hold(&lb, 1);
    let_go(c);        /* 1 1 0 */
    let_go(hold(&lb, 2));
    let_go(hold(&lb, 2));
    e = hold(&lb, 2); /* 1 1 1 */
    let_go(d);        /* 1 0 1 */
    let_go(a);        /* 0 0 1: the equal ones take turns */
    let_go(hold(&lb, 0));
    let_go(hold(&lb, 1));
    let_go(hold(&lb, 0));
    let_go(e);
    lb_stop(&lb);
}

static void least_connections_counts_weights(void **state)
{
    struct lb lb;
    struct held held[6];
    static const int order[] = {0, 1, 0, 1, 0, 0};

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .scripted = 2,
                                    .weights = {2, 1},
                                    .options = {"-a", "least_connections"}});
    for (int i = 0; i < 6; i++)
        held[i] = hold(&lb, order[i]);
    for (int i = 0; i < 6; i++)
        let_go(held[i]);
    lb_stop(&lb);
}

/* ---- ip hash ------------------------------------------------------------ */

/* Who answers a client with this address: 1 for b1 ... */
static int asked_from(struct lb *lb, const char *ip)
{
    struct http_response r;
    int client = wire_connect_from(ip, lb->port), which;

    wire_send_text(client, GET);
    http_receive(client, "GET", &r);
    assert_int_equal(r.status, 200);
    which = http_field(&r, "X-Backend")[1] - '0';
    http_response_free(&r);
    wire_close(client);
    return which;
}

static void ip_hash_is_faithful(void **state)
{
    char order[] = "b0 b0 b0 b0 b0 b0";
    struct lb lb;
    int first;

    (void)state;
    start_with(&lb, "iphash", 1, 1, 1);
    first = asked_from(&lb, "127.0.0.1");
    for (size_t i = 1; i < sizeof order; i += 3)
        order[i] = (char)('0' + first);
    lb_expect_order(&lb, order);
    lb_stop(&lb);
}

/* Many clients reach all backends; and when one backend dies only its own
 * clients move. (Linux: elsewhere 127.0.0.2 is no address.) */
static void ip_hash_spreads_the_clients(void **state)
{
    enum { CLIENTS = 40 };
    int home[CLIENTS], clients_of[4] = {0};
    struct lb lb;
    char ip[24];

    (void)state;
#ifndef __linux__
    skip();
#endif
    start_with(&lb, "ip_hash", 1, 1, 1);
    for (int i = 0; i < CLIENTS; i++) {
        snprintf(ip, sizeof ip, "127.0.0.%d", i + 1);
        home[i] = asked_from(&lb, ip);
        clients_of[home[i]]++;
    }
    for (int i = 1; i <= 3; i++)
        assert_true(clients_of[i] >= CLIENTS / 8);
    lb_kill_backend(&lb, 1);
    for (int i = 0; i < CLIENTS; i++) {
        int now;

        snprintf(ip, sizeof ip, "127.0.0.%d", i + 1);
        now = asked_from(&lb, ip);
        assert_true(home[i] == 2 ? now == 3 : now == home[i]);
    }
    lb_stop(&lb);
}

/* ---- statistics --------------------------------------------------------- */

/* The line of a backend says this. */
static void expect_backend_line(struct lb *lb, int i, const char *says)
{
    char line[160];

    snprintf(line, sizeof line, "\n127.0.0.1:%d - %s", lb->backend_port[i],
             says);
    lb_expect_statistics(lb, line);
}

/* The line of the clients; how many there may be is the program's affair. */
static void expect_connections(struct lb *lb, int active, int peak)
{
    char begin[64], end[32];
    const char *line = NULL, *next;

    snprintf(begin, sizeof begin, "\nConnections: active %d, max ", active);
    snprintf(end, sizeof end, ", peak %d\n", peak);
    lb_expect_statistics(lb, begin);
    for (next = program_output(lb->program);
         (next = strstr(next, begin)) != NULL; next++)
        line = next + strlen(begin);
    assert_non_null(line);
    line += strspn(line, "0123456789");
    assert_int_equal(strncmp(line, end, strlen(end)), 0);
}

static void sigusr1_prints_the_statistics(void **state)
{
    struct lb lb;
    struct held h;
    struct http_response r;
    char head[1024];

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 1,
                                    .scripted = 1, .dead = 1});
    lb_expect_statistics(&lb, "\n=== Load Balancer Statistics ===\nUptime: ");
    lb_expect_statistics(&lb, "\nTotal requests: 0, failed: 0\n");
    expect_connections(&lb, 0, 0);
    expect_backend_line(&lb, 2,
                        "Requests: 0, Failed: 0, Active: 0, In: 0 B, "
                        "Out: 0 B, Average: 0.0 ms, Health: DOWN\n");
    http_get(lb.port, "/", &r);
    http_response_free(&r);
    h.client = wire_connect(lb.port);
    wire_send_text(h.client, GET);
    h.backend = lb_take(&lb, 1, head, sizeof head);
    expect_connections(&lb, 1, 1);
    expect_backend_line(&lb, 0, "Requests: 1, Failed: 0, Active: 0, In: ");
    expect_backend_line(&lb, 1, "Requests: 0, Failed: 0, Active: 1, In: 0 B");
    let_go(h);
    lb_expect_statistics(&lb, "\nTotal requests: 2, failed: 0\n");
    snprintf(head + 900, 124,
             "Requests: 1, Failed: 0, Active: 0, In: %zu B, Out: %zu B, ",
             strlen(head), strlen(LB_ANSWER));
    expect_backend_line(&lb, 1, head + 900);
    expect_connections(&lb, 0, 1);
    lb_stop(&lb);
}

/* What a failing backend did is its own; a bad request is nobody's. */
static void failures_are_counted(void **state)
{
    struct lb lb;
    struct http_response r;
    char *output;
    int client;

    (void)state;
    lb_start_real(&lb, 2);
    lb_expect_order(&lb, "b1");
    lb_kill_backend(&lb, 1);
    lb_expect_order(&lb, "b1"); /* after b2 was tried */
    client = wire_connect(lb.port);
    wire_send_text(client, "GET / HTTP/1.1\r\n\r\n");
    http_receive(client, "GET", &r);
    assert_int_equal(r.status, 400);
    http_response_free(&r);
    wire_close(client);
    lb_expect_statistics(&lb, "\nTotal requests: 3, failed: 1\n");
    expect_backend_line(&lb, 1, "Requests: 1, Failed: 1, Active: 0, ");
    output = lb_stop_output(&lb);
    assert_non_null(strstr(output, "backend 127.0.0.1:"));
    assert_non_null(strstr(output, ": Connection refused\n"));
    assert_non_null(strstr(output, LB_NAME ": 127.0.0.1: 400: no Host\n"));
    assert_non_null(strstr(output, "\n=== Load Balancer Statistics ===\n"));
    free(output);
}

/* ---- draining ----------------------------------------------------------- */

/* The listener closes, idle clients go, what was begun is finished. */
static void drains(int sig)
{
    struct lb lb;
    struct held h;
    int idle, begun, backend;
    char head[1024];

    lb_start_scripted(&lb, 1);
    idle = wire_connect(lb.port);
    begun = wire_connect(lb.port);
    wire_send_text(begun, "GET /begun HTTP/1.1\r\nHo");
    h = hold(&lb, 0);
    lb_expect_statistics(&lb, "active 3,");
    program_signal(lb.program, sig);
    program_expect(lb.program, ": draining, 2 connections under way\n");
    assert_true(wire_refused(lb.port));
    wire_expect_end(idle);
    wire_send_text(begun, "st: h\r\nConnection: close\r\n\r\n");
    backend = lb_take(&lb, 0, head, sizeof head);
    assert_memory_equal(head, "GET /begun ", 11);
    let_go((struct held){begun, backend});
    let_go(h);
    assert_int_equal(program_wait(lb.program), 0);
    wire_close(idle);
    wire_close(lb.listener[0]);
}

static void sigterm_drains(void **state)
{
    (void)state;
    drains(SIGTERM);
}

static void sigint_drains(void **state)
{
    (void)state;
    drains(SIGINT);
}

/* A request that was sent before the signal is answered, even if nobody has
 * looked at it yet, or at its client. Stopped, the program sees all at once. */
static void what_was_sent_before_the_signal_is_answered(void **state)
{
    struct lb lb;
    struct held known, unknown;
    char head[1024];

    (void)state;
    lb_start_scripted(&lb, 1);
    known.client = wire_connect(lb.port);
    lb_expect_statistics(&lb, "active 1,");
    program_freeze(lb.program);
    wire_send_text(known.client, GET);
    unknown.client = wire_connect(lb.port);
    wire_send_text(unknown.client, GET);
    program_signal(lb.program, SIGTERM);
    program_signal(lb.program, SIGCONT);
    known.backend = lb_take(&lb, 0, head, sizeof head);
    unknown.backend = lb_take(&lb, 0, head, sizeof head);
    wire_send_text(known.backend, LB_ANSWER);
    wire_send_text(unknown.backend, LB_ANSWER);
    wire_close(known.backend);
    wire_close(unknown.backend);
    wire_expect_text(known.client, LB_ANSWER);
    wire_expect_text(unknown.client, LB_ANSWER);
    wire_close(known.client);
    wire_close(unknown.client);
    assert_int_equal(program_wait(lb.program), 0);
    wire_close(lb.listener[0]);
}

static void the_second_signal_ends_it_at_once(void **state)
{
    struct lb lb;
    struct held h;
    char *output;
    deadline_t deadline;

    (void)state;
    lb_start_scripted(&lb, 1);
    h = hold(&lb, 0);
    program_signal(lb.program, SIGTERM);
    program_expect(lb.program, "draining, 1 connections");
    wire_expect_silence(h.client, 50);
    deadline = deadline_in(5000);
    program_signal(lb.program, SIGINT);
    assert_int_equal(program_wait_output(lb.program, &output), 0);
    assert_true(deadline_left(deadline) > 0);
    assert_non_null(strstr(output, "\nTotal requests: 1, failed: 1\n"));
    wire_expect_gone(h.client);
    wire_close(h.client);
    wire_close(h.backend);
    wire_close(lb.listener[0]);
    free(output);
}

static void without_clients_it_ends_at_once(void **state)
{
    struct lb lb;
    deadline_t deadline;

    (void)state;
    lb_start_real(&lb, 1);
    lb_expect_order(&lb, "b1 b1");
    deadline = deadline_in(1500);
    program_signal(lb.program, SIGTERM);
    assert_int_equal(program_wait(lb.program), 0);
    assert_true(deadline_left(deadline) > 0);
    program_stop(lb.backend[0]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(round_robin_takes_turns),
        fixture_test(round_robin_knows_no_weights),
        fixture_test(weighted_round_robin_spreads_the_turns),
        fixture_test(least_connections_asks_the_idlest),
        fixture_test(least_connections_counts_weights),
        fixture_test(ip_hash_is_faithful),
        fixture_test(ip_hash_spreads_the_clients),
        fixture_test(sigusr1_prints_the_statistics),
        fixture_test(failures_are_counted),
        fixture_test(sigterm_drains),
        fixture_test(sigint_drains),
        fixture_test(what_was_sent_before_the_signal_is_answered),
        fixture_test(the_second_signal_ends_it_at_once),
        fixture_test(without_clients_it_ends_at_once),
    };

    return fixture_run(LB_NAME, tests);
}
