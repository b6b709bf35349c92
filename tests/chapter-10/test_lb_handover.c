/* lb: what clients notice of a reload: nothing. */
#include "fixture.h"

#include "whole_lb.h"

/* Of two backends, only this one. */
#define ONLY(n) \
    "'workers': 2, 'backends': [{'host': '127.0.0.1', 'port': $" #n "}]"

static struct whole c;

/* The answer to a GET comes from this backend; 1 if it is the last one. */
static int answered_by(int client, const char *name)
{
    struct http_response r;
    int closes;

    http_receive(client, "GET", &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(http_field(&r, "X-Backend"), name);
    closes = r.closes;
    http_response_free(&r);
    return closes;
}

static void ask(int client, const char *target)
{
    char request[256];

    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n",
             target);
    wire_send_text(client, request);
}

/* A client that is kept, of the first generation. */
static int kept_client(void)
{
    int client = wire_connect(c.lb.port);

    wire_send_text(client, LB_GET);
    assert_false(answered_by(client, "b1"));
    return client;
}

/* ---- clients between two requests --------------------------------------- */

static void an_idle_one_is_not_cut_but_told_with_its_next_answer(void **state)
{
    int client;

    (void)state;
    whole_start(&c, 2, ONLY(1));
    client = kept_client();
    whole_reload(&c, ONLY(2));
    wire_expect_silence(client, 300);
    wire_send_text(client, LB_GET);
    assert_true(answered_by(client, "b1")); /* by the old configuration */
    wire_expect_end(client);
    wire_close(client);
    lb_expect_order(&c.lb, "b2 b2");
    whole_stop(&c);
}

static void one_that_has_asked_for_nothing_yet_may_ask(void **state)
{
    int client;

    (void)state;
    whole_start(&c, 2, ONLY(1));
    client = wire_connect(c.lb.port);
    whole_expect_children(&c, 2, (pid_t[WHOLE_CHILDREN]){0});
    expect_metric(c.admin, "lb_connections_active", 1); /* it was accepted */
    whole_reload(&c, ONLY(2));
    wire_expect_silence(client, 200);
    wire_send_text(client, LB_GET);
    assert_true(answered_by(client, "b1"));
    wire_expect_end(client);
    wire_close(client);
    whole_stop(&c);
}

/* Who is idle after the drain_timeout is let go; so is the generation. */
static void one_that_stays_idle_is_let_go_in_the_end(void **state)
{
    int client;

    (void)state;
    whole_start(&c, 2, ONLY(1) ", 'drain_timeout': 0.5");
    client = kept_client();
    whole_reload(&c, ONLY(2));
    wire_expect_end(client);
    wire_close(client);
    whole_expect_children(&c, 2, (pid_t[WHOLE_CHILDREN]){0});
    whole_stop(&c);
}

/* ---- requests under way ------------------------------------------------- */

static void a_request_under_way_finishes_on_the_old_configuration(void **state)
{
    char head[4096];
    int client, backend;

    (void)state;
    whole_start_plan(&c, &(struct lb_plan){.real = 1, .scripted = 1},
                          ONLY(2));
    client = wire_connect(c.lb.port);
    wire_send_text(client, LB_GET);
    backend = lb_take(&c.lb, 1, head, sizeof head);
    whole_reload(&c, ONLY(1));
    lb_expect_order(&c.lb, "b1 b1");
    wire_send_text(backend, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nl");
    wire_send_text(backend, "ate!");
    wire_receive_until(client, "\r\n\r\n", head, sizeof head);
    assert_non_null(strstr(head, "\r\nConnection: close\r\n"));
    wire_expect_text(client, "late!");
    wire_expect_end(client);
    wire_close(client);
    wire_close(backend);
    whole_stop(&c);
}

static void a_body_on_its_way_arrives(void **state)
{
    enum { HALF = 300000 };
    static char body[2 * HALF + 1];
    char head[256];
    struct http_response r;
    int client;

    (void)state;
    whole_start(&c, 2, ONLY(1));
    for (size_t i = 0; i < sizeof body - 1; i++)
        body[i] = (char)('a' + i % 23);
    client = wire_connect(c.lb.port);
    snprintf(head, sizeof head,
             "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n",
             2 * HALF);
    wire_send_text(client, head);
    wire_send(client, body, HALF);
    whole_reload(&c, ONLY(2));
    wire_send(client, body + HALF, HALF);
    http_receive(client, "POST", &r);
    assert_int_equal(r.status, 200);
    assert_true(r.body_len > 2 * HALF);
    assert_memory_equal(r.body + r.body_len - 2 * HALF, body, 2 * HALF);
    http_response_free(&r);
    wire_close(client);
    whole_stop(&c);
}

static void a_long_answer_comes_to_its_end(void **state)
{
    struct http_response r;
    int client;

    (void)state;
    whole_start(&c, 2, ONLY(1));
    client = wire_connect(c.lb.port);
    ask(client, "/bytes/20000000"); /* more than all buffers hold */
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n");
    whole_reload(&c, ONLY(2));
    whole_reload(&c, ONLY(2)); /* hurries the first: see below */
    wire_expect_gone(client);
    wire_close(client);
    client = wire_connect(c.lb.port);
    ask(client, "/bytes/20000000");
    whole_reload(&c, ONLY(1));
    http_receive(client, "GET", &r);
    assert_int_equal(r.body_len, 20000000);
    http_response_free(&r);
    wire_close(client);
    whole_stop(&c);
}

/* The first answer is the last; the second request was not begun. The client
 * sees an end, not a reset that destroys the answer. */
static void of_pipelined_requests_those_answered_are_answered_whole(
    void **state)
{
    char head[4096];
    int client, backend;

    (void)state;
    whole_start_plan(&c, &(struct lb_plan){.real = 1, .scripted = 1},
                          ONLY(2));
    client = wire_connect(c.lb.port);
    wire_send_text(client, LB_GET LB_GET LB_GET);
    backend = lb_take(&c.lb, 1, head, sizeof head);
    whole_reload(&c, ONLY(1));
    wire_send_text(backend, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
    wire_receive_until(client, "\r\n\r\n", head, sizeof head);
    assert_non_null(strstr(head, "\r\nConnection: close\r\n"));
    wire_expect_text(client, "one");
    wire_expect_end(client);
    wire_close(client);
    wire_close(backend);
    whole_stop(&c);
}

/* ---- connections that nobody has accepted ------------------------------- */

#define QUEUED 40

/* A worker that stands still accepts nobody: those in its listener's queue are
 * served by the next generation. */
static void connections_in_the_queue_are_not_lost(void **state)
{
    pid_t pids[WHOLE_CHILDREN];
    int clients[QUEUED];

    (void)state;
    whole_start(&c, 1, "'workers': 2, 'drain_timeout': 0.1");
    whole_expect_children(&c, 2, pids);
    for (int i = 0; i < 2; i++)
        whole_freeze(pids[i]);
    for (int i = 0; i < QUEUED; i++) {
        clients[i] = wire_connect(c.lb.port);
        wire_send_text(clients[i], LB_GET);
    }
    whole_reload(&c, "'workers': 2");
    for (int i = 0; i < QUEUED; i++) {
        answered_by(clients[i], "b1");
        wire_close(clients[i]);
    }
    whole_expect_children(&c, 2, pids); /* the others were killed */
    lb_expect_order(&c.lb, "b1 b1");
    whole_stop(&c);
}

/* ---- generations -------------------------------------------------------- */

static void at_most_the_two_newest_live(void **state)
{
    pid_t pids[WHOLE_CHILDREN];
    int first, second;

    (void)state;
    whole_start(&c, 1, "'workers': 1");
    first = wire_connect(c.lb.port);
    ask(first, "/delay/60000");
    expect_metric(c.admin, "lb_connections_active", 1);
    whole_reload(&c, "'workers': 1");
    whole_expect_children(&c, 2, pids);
    second = wire_connect(c.lb.port);
    ask(second, "/delay/60000");
    expect_metric(c.admin, "lb_connections_active", 2);
    whole_reload(&c, "'workers': 1");
    wire_expect_gone(first);
    whole_expect_children(&c, 2, pids);
    wire_expect_silence(second, 100);
    lb_expect_order(&c.lb, "b1 b1");
    wire_close(first);
    wire_reset(second); /* or its answer would be waited for */
    whole_stop(&c);
}

/* ---- a reload under way ---------------------------------------------------- */

/* Of another backend than ours, which accepts the check and says nothing. */
static int silent_backend(char *members, size_t size)
{
    int port, listener = wire_listen(&port);

    snprintf(members, size,
             "'workers': 4, 'health_check': {'path': '/', 'timeout': 20}, "
             "'backends': [{'host': '127.0.0.1', 'port': %d}]",
             port);
    return listener;
}

/* The new generation waits for what the check says. Whoever comes meanwhile is
 * served by the old one; if the new one accepted anybody, he would be lost with
 * it. */
static void nobody_is_served_by_those_who_are_not_ready(void **state)
{
    char members[256];
    int listener = silent_backend(members, sizeof members), check;
    char name[64];

    (void)state;
    whole_start(&c, 1, "'workers': 1");
    whole_write(&c, members);
    program_signal(c.lb.program, SIGHUP);
    check = wire_accept(listener);
    for (int i = 0; i < 200; i++) {
        http_get_backend(c.lb.port, "/", 200, name);
        assert_string_equal(name, "b1");
    }
    wire_accept_nobody(listener, 50);
    wire_close(check);
    wire_close(listener);
    whole_stop(&c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(an_idle_one_is_not_cut_but_told_with_its_next_answer),
        fixture_test(one_that_has_asked_for_nothing_yet_may_ask),
        fixture_test(one_that_stays_idle_is_let_go_in_the_end),
        fixture_test(a_request_under_way_finishes_on_the_old_configuration),
        fixture_test(a_body_on_its_way_arrives),
        fixture_test(a_long_answer_comes_to_its_end),
        fixture_test(of_pipelined_requests_those_answered_are_answered_whole),
        fixture_test(connections_in_the_queue_are_not_lost),
        fixture_test(at_most_the_two_newest_live),
        fixture_test(nobody_is_served_by_those_who_are_not_ready),
    };

    return fixture_run("lb_handover", tests);
}
