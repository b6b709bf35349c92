/* lb: SIGTERM and SIGINT. It goes when its clients are served. */
#include "fixture.h"

#include "whole_lb.h"

static struct whole c;

/* A client whose request is with a scripted backend. */
static int client, backend;

static void begin_request(const char *members)
{
    char head[4096];

    whole_start_scripted(&c, 1, members);
    client = wire_connect(c.lb.port);
    wire_send_text(client, LB_GET);
    backend = lb_take(&c.lb, 0, head, sizeof head);
}

/* It ends well; the client goes first: whoever has been answered and stays is
 * waited for, a little. */
static void end_request(void)
{
    wire_close(client);
    wire_close(backend);
    assert_int_equal(program_wait(c.lb.program), 0);
    whole_clear(&c);
}

static void expect_refused(void)
{
    deadline_t limit = deadline_in(10000);

    while (!wire_refused(c.lb.port))
        assert_true(deadline_pause(limit));
}

/* ---- the first signal --------------------------------------------------- */

static void what_is_under_way_finishes(void **state)
{
    char head[4096];

    (void)state;
    begin_request("'workers': 2");
    program_signal(c.lb.program, SIGTERM);
    program_expect(c.lb.program, "lb: draining\n");
    expect_refused();
    wire_expect_silence(client, 100);
    wire_send_text(backend, LB_YES);
    wire_receive_until(client, "\r\n\r\n", head, sizeof head);
    assert_non_null(strstr(head, "\r\nConnection: close\r\n"));
    wire_expect_text(client, "yes");
    wire_expect_end(client);
    end_request();
}

/* So that whoever stands before it sends its clients elsewhere. */
static void health_says_so_until_the_end(void **state)
{
    (void)state;
    begin_request("'workers': 1");
    expect_health(c.admin, 200, "ok\n");
    program_signal(c.lb.program, SIGINT);
    expect_health(c.admin, 503, "draining\n");
    expect_stats(c.admin, "\"draining\":true");
    wire_send_text(backend, LB_ANSWER);
    end_request();
}

static void idle_clients_are_let_go_at_once(void **state)
{
    (void)state;
    begin_request("'workers': 2");
    wire_send_text(backend, LB_YES);
    wire_receive_until(client, "yes", (char[4096]){0}, 4096);
    program_signal(c.lb.program, SIGTERM);
    wire_expect_end(client);
    end_request();
}

static void the_drain_timeout_is_the_end(void **state)
{
    (void)state;
    begin_request("'workers': 2, 'drain_timeout': 0.3");
    program_signal(c.lb.program, SIGTERM);
    wire_expect_gone(client);
    end_request();
}

/* Those of a generation that has retired count as well. */
static void old_generations_are_drained_too(void **state)
{
    (void)state;
    begin_request("'workers': 2");
    whole_reload(&c, "'workers': 1");
    program_signal(c.lb.program, SIGTERM);
    program_expect(c.lb.program, "lb: draining\n");
    expect_refused();
    wire_expect_silence(client, 100);
    wire_send_text(backend, LB_ANSWER);
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n");
    end_request();
}

static void a_reload_under_way_does_not_keep_it(void **state)
{
    (void)state;
    begin_request("'workers': 2");
    whole_write(&c, "'workers': 8");
    program_signal(c.lb.program, SIGHUP);
    program_signal(c.lb.program, SIGTERM);
    wire_expect_silence(client, 100);
    wire_send_text(backend, LB_ANSWER);
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n");
    end_request();
}

static void the_statistics_come_last(void **state)
{
    char *output;
    int status;

    (void)state;
    whole_start(&c, 1, "'workers': 3");
    lb_expect_order(&c.lb, "b1 b1 b1 b1 b1");
    program_signal(c.lb.program, SIGTERM);
    status = program_wait_output(c.lb.program, &output);
    assert_int_equal(status, 0);
    assert_non_null(strstr(strstr(output, "lb: draining\n"),
                           "\nTotal requests: 5, failed: 0\n"));
    free(output);
    whole_clear(&c);
}

/* ---- the second --------------------------------------------------------- */

static void the_second_signal_ends_it_at_once(void **state)
{
    (void)state;
    begin_request("'workers': 2");
    whole_reload(&c, "'workers': 2");
    program_signal(c.lb.program, SIGTERM);
    program_expect(c.lb.program, "lb: draining\n");
    wire_expect_silence(client, 100);
    program_signal(c.lb.program, SIGINT);
    wire_expect_gone(client);
    end_request();
}

/* Even if a worker does not hear it. */
static void a_worker_that_stands_still_is_killed(void **state)
{
    pid_t pids[WHOLE_CHILDREN];

    (void)state;
    begin_request("'workers': 2");
    whole_expect_children(&c, 2, pids);
    whole_freeze(pids[0]);
    whole_freeze(pids[1]);
    program_signal(c.lb.program, SIGTERM);
    program_expect(c.lb.program, "lb: draining\n"); /* or two become one */
    program_signal(c.lb.program, SIGTERM);
    wire_expect_gone(client);
    end_request();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(what_is_under_way_finishes),
        fixture_test(health_says_so_until_the_end),
        fixture_test(idle_clients_are_let_go_at_once),
        fixture_test(the_drain_timeout_is_the_end),
        fixture_test(old_generations_are_drained_too),
        fixture_test(a_reload_under_way_does_not_keep_it),
        fixture_test(the_statistics_come_last),
        fixture_test(the_second_signal_ends_it_at_once),
        fixture_test(a_worker_that_stands_still_is_killed),
    };

    return fixture_run("lb_drain", tests);
}
