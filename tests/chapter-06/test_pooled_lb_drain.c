/* LB_NAME: the end, when clients and backends hold connections: those that are
 * idle go at once, a request under way is finished and told that it was the
 * last. */
#include "fixture.h"
#include "kept.h"

#include <signal.h>

#define LAST OK "Content-Length: 3\r\nConnection: close\r\n\r\nyes"

/* The program has noticed the signal. */
static void begin_drain(struct lb *lb, int under_way)
{
    char line[64];

    snprintf(line, sizeof line, ": draining, %d connections under way\n",
             under_way);
    program_signal(lb->program, SIGTERM);
    program_expect(lb->program, line);
    assert_true(wire_refused(lb->port));
}

static void expect_exit(struct lb *lb)
{
    assert_int_equal(program_wait(lb->program), 0);
    for (int i = 0; i < lb->count; i++)
        wire_close(lb->listener[i]);
}

static void idle_connections_end_at_once(void **state)
{
    struct lb lb;
    int a[2], b[2];
    deadline_t deadline;

    (void)state;
    lb_start_scripted(&lb, 2);
    for (int i = 0; i < 2; i++)
        a[i] = kept_pair(&lb, i, &b[i]);
    deadline = deadline_in(5000);
    begin_drain(&lb, 0);
    for (int i = 0; i < 2; i++) {
        wire_expect_end(a[i]);
        wire_expect_end(b[i]);
        kept_close(a[i], b[i]);
    }
    expect_exit(&lb);
    assert_true(deadline_left(deadline) > 0);
}

/* Before its answer has begun it can be told; afterwards it is just closed. */
static void what_is_under_way_is_finished(void **state)
{
    struct lb lb;
    int asking, asking_at, getting, getting_at, sending, sending_at;

    (void)state;
    lb_start_scripted(&lb, 1);
    asking = wire_connect(lb.port);
    wire_send_text(asking, GET);
    asking_at = kept_accept(&lb, 0, "GET / ");
    getting = wire_connect(lb.port);
    wire_send_text(getting, GET);
    getting_at = kept_accept(&lb, 0, "GET / ");
    wire_send_text(getting_at, OK "Content-Length: 3\r\n\r\ny");
    wire_expect_text(getting, OK "Content-Length: 3\r\n\r\ny");
    sending = wire_connect(lb.port);
    wire_send_text(sending, "POST / " HOST "Content-Length: 4\r\n\r\nab");
    sending_at = kept_accept(&lb, 0, "POST / ");

    begin_drain(&lb, 3);
    wire_send_text(asking_at, YES);
    wire_expect_text(asking, LAST);
    wire_expect_end(asking);
    wire_send_text(getting_at, "es");
    wire_expect_text(getting, "es");
    wire_expect_end(getting);
    wire_send_text(sending, "cd");
    wire_expect_text(sending_at, "abcd");
    wire_send_text(sending_at, YES);
    wire_expect_text(sending, LAST);
    wire_expect_end(sending);
    kept_close(asking, asking_at);
    kept_close(getting, getting_at);
    kept_close(sending, sending_at);
    expect_exit(&lb);
}

/* Of requests in a row the one under way is the last; it is told so, and may ask
 * the others again elsewhere. The answer is not destroyed by what is unread. */
static void a_row_of_requests_ends_with_the_one_under_way(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    wire_send_text(client, GET GET GET);
    kept_take(backend, "GET / ");
    begin_drain(&lb, 1);
    wire_send_text(backend, YES);
    wire_expect_text(client, LAST);
    wire_expect_end(client);
    wire_send_text(client, GET); /* it has not seen that yet */
    wire_close(client);
    wire_expect_end(backend);
    wire_close(backend);
    expect_exit(&lb);
}

/* A request that was sent on a kept connection before the signal is answered,
 * even if nobody has looked at it: a client must not find its connection closed
 * over a request. Stopped, the program sees both at once. */
static void what_was_sent_before_the_signal_is_answered(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    program_freeze(lb.program);
    wire_send_text(client, GET);
    program_signal(lb.program, SIGTERM);
    program_signal(lb.program, SIGCONT);
    kept_take(backend, "GET / ");
    wire_send_text(backend, YES);
    wire_expect_text(client, LAST);
    wire_expect_end(client);
    kept_close(client, backend);
    expect_exit(&lb);
}

/* It is a connection like any other: until it ends, or somebody hurries. */
static void a_tunnel_is_waited_for(void **state)
{
    static const char ask[] = "GET / " HOST "Connection: Upgrade\r\n"
                              "Upgrade: echo\r\n\r\n";
    static const char agree[] = "HTTP/1.1 101 x\r\nConnection: Upgrade\r\n"
                                "Upgrade: echo\r\n\r\n";
    struct lb lb;
    int client, backend;

    (void)state;
    for (int hurry = 0; hurry < 2; hurry++) {
        lb_start_scripted(&lb, 1);
        client = kept_pair(&lb, 0, &backend);
        wire_send_text(client, ask);
        kept_take(backend, "GET / ");
        wire_send_text(backend, agree);
        wire_expect_text(client, agree);
        begin_drain(&lb, 1);
        wire_send_text(client, "still here");
        wire_expect_text(backend, "still here");
        if (hurry)
            program_signal(lb.program, SIGTERM);
        else
            wire_shut(client);
        wire_expect_gone(backend);
        wire_close(backend);
        wire_expect_gone(client);
        wire_close(client);
        expect_exit(&lb);
    }
}

/* While it drains, what dies is tried again as ever. */
static void a_request_is_tried_again_while_it_drains(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 2);
    client = kept_pair(&lb, 0, &backend);
    wire_close(backend);
    lb_expect_statistics(&lb, ", idle 0\n");
    wire_send_text(client, GET);
    backend = kept_accept(&lb, 1, "GET / ");
    begin_drain(&lb, 1);
    wire_close(backend);
    backend = kept_accept(&lb, 0, "GET / ");
    wire_send_text(backend, YES);
    wire_expect_text(client, LAST);
    wire_expect_end(client);
    kept_close(client, backend);
    expect_exit(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(idle_connections_end_at_once),
        fixture_test(what_is_under_way_is_finished),
        fixture_test(a_row_of_requests_ends_with_the_one_under_way),
        fixture_test(what_was_sent_before_the_signal_is_answered),
        fixture_test(a_tunnel_is_waited_for),
        fixture_test(a_request_is_tried_again_while_it_drains),
    };

    return fixture_run(LB_NAME ": its end", tests);
}
