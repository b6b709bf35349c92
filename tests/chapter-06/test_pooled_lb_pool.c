/* LB_NAME: what becomes of a backend's connection between two requests. Whose
 * end comes with the next request, costs nobody an answer; who says what nobody
 * has asked for, says it to nobody. */
#include "fixture.h"
#include "kept.h"

#include <signal.h>
#include <sys/socket.h>

#define POST   "POST / " HOST "Content-Length: 3\r\n\r\nabc"
#define POISON OK "Content-Length: 6\r\n\r\npoison"

/* ---- the stale reuse race ----------------------------------------------- */

/* What becomes of a request: a backend's new connection on which it has come, or
 * -1 if the client has got an answer before. (A health check is a connection that
 * ends without a word.) */
static int where_it_goes(struct lb *lb, int client)
{
    deadline_t deadline = deadline_in(10000);
    char byte;

    for (;;) {
        int backend;

        if (deadline_poll(client, POLLIN, deadline_in(1)) != 0)
            return -1;
        if (deadline_left(deadline) == 0)
            failure("neither an answer nor another connection");
        if (deadline_poll(lb->listener[0], POLLIN, deadline_in(0)) == 0)
            continue;
        backend = wire_accept(lb->listener[0]);
        assert_true(deadline_poll(backend, POLLIN, deadline));
        if (recv(backend, &byte, 1, MSG_PEEK) > 0)
            return backend;
        wire_close(backend);
    }
}

/* The backend closes while the request is on its way, a little sooner or later,
 * by FIN or RST. */
static void send_into_the_end(int client, const char *request, int backend,
                              int i)
{
    if (i % 2)
        wire_send_text(client, request);
    if (i % 5 == 4)
        wire_reset(backend);
    else
        wire_close(backend);
    if (i % 2 == 0)
        wire_send_text(client, request);
}

static void a_get_survives_the_end_of_its_connection(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    for (int i = 0; i < 1000; i++) {
        send_into_the_end(client, GET, backend, i);
        backend = kept_accept(&lb, 0, "GET / HTTP/1.1\r\n");
        wire_send_text(backend, YES);
        wire_expect_text(client, YES);
    }
    lb_expect_statistics(&lb, "\nTotal requests: 1001, failed: 0\n");
    kept_close(client, backend);
    lb_stop(&lb);
}

/* As long as nobody can know whether it has been received it is not sent again;
 * the client is told so. */
static void a_post_is_never_sent_twice(void **state)
{
    struct lb lb;
    int client, backend, survived = 0;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    for (int i = 0; i < 1000; i++) {
        send_into_the_end(client, POST, backend, i);
        backend = where_it_goes(&lb, client);
        if (backend >= 0) {
            kept_take(backend, "POST / HTTP/1.1\r\n");
            wire_expect_text(backend, "abc");
            wire_send_text(backend, YES);
            wire_expect_text(client, YES);
            survived++;
            continue;
        }
        kept_expect_refusal(client, 502);
        wire_close(client);
        client = kept_pair(&lb, 0, &backend); /* not: the POST once more */
    }
    print_message("%d of 1000 were sent, the others are a 502\n", survived);
    kept_close(client, backend);
    lb_stop(&lb);
}

/* The backend has read it, and ends. */
static void what_has_been_read_is_sent_again_if_it_may_be(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    for (int i = 0; i < 10; i++) {
        wire_send_text(client, GET);
        kept_take(backend, "GET / ");
        wire_close(backend);
        backend = kept_accept(&lb, 0, "GET / ");
        wire_send_text(backend, YES);
        wire_expect_text(client, YES);
    }
    wire_send_text(client, POST);
    kept_take(backend, "POST / ");
    wire_expect_text(backend, "abc");
    wire_close(backend);
    kept_expect_refusal(client, 502);
    wire_close(client);
    wire_close(kept_serves(&lb, 0, -1)); /* the first that it hears */
    lb_stop(&lb);
}

/* All of the pool has died: the second try is made on a new connection, not on
 * the next dead one. */
static void one_fresh_connection_is_enough(void **state)
{
    enum { IDLE = 5 };
    struct lb lb;
    int client[IDLE], backend[IDLE], fresh;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (int i = 0; i < IDLE; i++) {
        client[i] = wire_connect(lb.port);
        wire_send_text(client[i], GET);
        backend[i] = kept_accept(&lb, 0, "GET / ");
    }
    for (int i = 0; i < IDLE; i++) {
        wire_send_text(backend[i], YES);
        wire_expect_text(client[i], YES);
    }
    lb_expect_statistics(&lb, ", idle 5\n");
    program_freeze(lb.program);
    wire_send_text(client[0], GET);
    for (int i = 0; i < IDLE; i++)
        wire_close(backend[i]);
    program_signal(lb.program, SIGCONT);
    fresh = kept_accept(&lb, 0, "GET / ");
    wire_send_text(fresh, YES);
    wire_expect_text(client[0], YES);
    lb_expect_statistics(&lb, "failed: 0\n");
    lb_expect_statistics(&lb, ", idle 1\n");
    for (int i = 0; i < IDLE; i++)
        wire_close(client[i]);
    wire_close(fresh);
    lb_stop(&lb);
}

/* A connection that has died is no failure of the backend; a fresh one that dies
 * is, and then the next backend is asked, on its idle connection. */
static void a_fresh_one_that_dies_is_a_failure(void **state)
{
    struct lb lb;
    int a, b, client, other, again;

    (void)state;
    lb_start_scripted(&lb, 2);
    client = kept_pair(&lb, 0, &a);
    other = kept_pair(&lb, 1, &b);
    wire_send_text(client, GET);
    kept_take(a, "GET / ");
    wire_close(a);
    again = kept_accept(&lb, 0, "GET / ");
    wire_close(again);
    kept_take(b, "GET / "); /* at once */
    wire_send_text(b, YES);
    wire_expect_text(client, YES);
    lb_expect_statistics(&lb, "\nTotal requests: 4, failed: 1\n");
    kept_close(client, other);
    wire_close(b);
    lb_stop(&lb);
}

/* What cannot be sent whole again is not sent again. */
static void a_long_put_is_not_sent_again(void **state)
{
    const size_t len = 100000;
    char *body = calloc(1, len);
    struct lb lb;
    int client, backend;

    (void)state;
    assert_non_null(body);
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    wire_send_text(client, "PUT / " HOST "Content-Length: 100001\r\n\r\n");
    wire_send(client, body, len);
    kept_take(backend, "PUT / ");
    wire_receive(backend, body, len);
    wire_close(backend);
    kept_expect_refusal(client, 502);
    wire_close(client);
    wire_close(kept_serves(&lb, 0, -1));
    lb_stop(&lb);
    free(body);
}

/* ---- poison ------------------------------------------------------------- */

/* Whoever comes next gets his own answer, on another connection. */
static void expect_unpoisoned(struct lb *lb, int backend)
{
    wire_expect_gone(backend);
    wire_close(backend);
    wire_close(kept_serves(lb, 0, -1));
    lb_expect_statistics(lb, ", idle 0\n");
}

/* At once, or a moment later. */
static void more_than_an_answer_is_thrown_away(void **state)
{
    static const char *const more[] = {"x", "\r\n", POISON,
                                       "HTTP/1.1 100 x\r\n\r\n"};
    struct lb lb;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (int i = 0; i < 8; i++) {
        int client = wire_connect(lb.port), backend;
        char answer[256];

        wire_send_text(client, GET);
        backend = kept_accept(&lb, 0, "GET / ");
        snprintf(answer, sizeof answer, YES "%s", i % 2 ? more[i / 2] : "");
        wire_send_text(backend, answer);
        wire_expect_text(client, YES);
        if (i % 2 == 0)
            wire_send_text(backend, more[i / 2]);
        expect_unpoisoned(&lb, backend);
        wire_expect_silence(client, 5);
        wire_close(client);
    }
    lb_stop(&lb);
}

/* It comes with the next request, in the same turn of the loop. */
static void what_comes_with_the_request_is_no_answer(void **state)
{
    struct lb lb;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (int i = 0; i < 20; i++) {
        int backend, client = kept_pair(&lb, 0, &backend), fresh;
        const char *request = i & 2 ? POST : GET;

        program_freeze(lb.program);
        if (i % 2)
            wire_send_text(client, request);
        wire_send_text(backend, POISON);
        if (i % 2 == 0)
            wire_send_text(client, request);
        program_signal(lb.program, SIGCONT);
        fresh = kept_accept(&lb, 0, i & 2 ? "POST / " : "GET / ");
        if (i & 2)
            wire_expect_text(fresh, "abc");
        wire_send_text(fresh, YES);
        wire_expect_text(client, YES);
        wire_expect_gone(backend);
        kept_close(client, backend);
        wire_close(fresh);
    }
    lb_stop(&lb);
}

/* The same with its end: a POST has not been sent then, and need not fail. */
static void an_end_that_comes_with_the_request_costs_nothing(void **state)
{
    struct lb lb;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (int i = 0; i < 20; i++) {
        int backend, client = kept_pair(&lb, 0, &backend);

        program_freeze(lb.program);
        send_into_the_end(client, POST, backend, i);
        program_signal(lb.program, SIGCONT);
        backend = kept_accept(&lb, 0, "POST / ");
        wire_expect_text(backend, "abc");
        wire_send_text(backend, YES);
        wire_expect_text(client, YES);
        kept_close(client, backend);
    }
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_get_survives_the_end_of_its_connection),
        fixture_test(a_post_is_never_sent_twice),
        fixture_test(what_has_been_read_is_sent_again_if_it_may_be),
        fixture_test(one_fresh_connection_is_enough),
        fixture_test(a_fresh_one_that_dies_is_a_failure),
        fixture_test(a_long_put_is_not_sent_again),
        fixture_test(more_than_an_answer_is_thrown_away),
        fixture_test(what_comes_with_the_request_is_no_answer),
        fixture_test(an_end_that_comes_with_the_request_costs_nothing),
    };

    return fixture_run(LB_NAME ": pooled connections", tests);
}
