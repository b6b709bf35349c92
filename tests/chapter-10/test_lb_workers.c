/* lb: processes that die, and what the master has at the end of the day. */
#include "fixture.h"

#include "clock.h"
#include "whole_lb.h"

#include <sys/wait.h>
#include <unistd.h>

static struct whole c;
static pid_t pids[WHOLE_CHILDREN];

/* Whether a process is there, and not just a name on a list. */
static int is_there(pid_t pid)
{
    return kill(pid, 0) == 0;
}

static void expect_ended(pid_t pid)
{
    deadline_t limit = deadline_in(10000);

    while (is_there(pid)) {
        waitpid(pid, NULL, WNOHANG); /* it may be ours now: see fixture.c */
        assert_true(deadline_pause(limit) || !is_there(pid));
    }
}

/* Waits until another one has taken its place. */
static void expect_replaced(pid_t pid, int workers)
{
    expect_ended(pid);
    whole_expect_children(&c, workers, pids);
    for (int i = 0; i < workers; i++)
        assert_int_not_equal(pids[i], pid);
}

/* ---- workers ------------------------------------------------------------ */

static void a_worker_that_dies_is_replaced(void **state)
{
    char says[64];
    pid_t victim;

    (void)state;
    whole_start(&c, 1, "'workers': 2");
    whole_expect_children(&c, 2, pids);
    for (int i = 0; i < 2; i++) {
        victim = pids[0];
        assert_int_equal(kill(victim, SIGKILL), 0);
        snprintf(says, sizeof says, "lb: worker %ld was killed by signal 9\n",
                 (long)victim);
        whole_expect(&c, 0, says);
        expect_replaced(victim, 2);
        lb_expect_order(&c.lb, "b1 b1 b1 b1 b1 b1");
    }
    whole_stop(&c);
}

/* At once, then after 100, 200, 400 ms: four deaths take 0.7 s at least. */
static void one_that_keeps_dying_comes_back_more_and_more_slowly(void **state)
{
    uint64_t began_ms = clock_now_ms();

    (void)state;
    whole_start(&c, 1, "'workers': 1");
    for (int i = 0; i < 4; i++) {
        pid_t victim;

        whole_expect_children(&c, 1, pids);
        victim = pids[0];
        assert_int_equal(kill(victim, SIGKILL), 0);
        expect_replaced(victim, 1);
    }
    assert_true(clock_now_ms() - began_ms >= 700);
    lb_expect_order(&c.lb, "b1 b1");
    whole_stop(&c);
}

/* A reload is a new beginning. */
static void a_reload_replaces_one_that_waits_for_its_return(void **state)
{
    (void)state;
    whole_start(&c, 1, "'workers': 1");
    for (int i = 0; i < 3; i++) {
        pid_t victim;

        whole_expect_children(&c, 1, pids);
        victim = pids[0];
        assert_int_equal(kill(victim, SIGKILL), 0);
        expect_ended(victim);
    }
    whole_reload(&c, "'workers': 2");
    lb_expect_order(&c.lb, "b1 b1");
    whole_expect_children(&c, 2, pids);
    whole_stop(&c);
}

/* Asked to end alone, it serves its clients first; the others go on. */
static void one_that_is_asked_to_end_finishes_and_is_replaced(void **state)
{
    char head[4096];
    int client, backend;

    (void)state;
    whole_start_plan(&c, &(struct lb_plan){.scripted = 1},
                          "'workers': 1");
    whole_expect_children(&c, 1, pids);
    client = wire_connect(c.lb.port);
    wire_send_text(client, LB_GET);
    backend = lb_take(&c.lb, 0, head, sizeof head);
    assert_int_equal(kill(pids[0], SIGTERM), 0);
    wire_expect_silence(client, 100);
    wire_send_text(backend, LB_ANSWER);
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n");
    wire_close(client);
    wire_close(backend);
    expect_replaced(pids[0], 1);
    whole_stop(&c);
}

/* Ctrl-C in a terminal comes to all of them; it means the master. */
static void other_signals_mean_nothing_to_a_worker(void **state)
{
    (void)state;
    whole_start(&c, 1, "'workers': 2");
    whole_expect_children(&c, 2, pids);
    for (int i = 0; i < 2; i++) {
        kill(pids[i], SIGINT);
        kill(pids[i], SIGHUP);
        kill(pids[i], SIGUSR1);
    }
    lb_expect_order(&c.lb, "b1 b1 b1 b1");
    for (int i = 0; i < 2; i++)
        assert_true(is_there(pids[i]));
    assert_null(strstr(program_output(c.lb.program), "Statistics"));
    whole_stop(&c);
}

/* ---- the master --------------------------------------------------------- */

static void no_worker_outlives_its_master(void **state)
{
    char members[64];
    int client;

    (void)state;
    whole_start(&c, 1, "'workers': 4");
    whole_expect_children(&c, 4, pids);
    client = wire_connect(c.lb.port);
    wire_send_text(client, "GET /delay/60000 HTTP/1.1\r\nHost: h\r\n\r\n");
    expect_metric(c.admin, "lb_connections_active", 1);
    program_kill(c.lb.program);
    for (int i = 0; i < 4; i++)
        expect_ended(pids[i]);
    wire_expect_gone(client);
    wire_close(client);
    snprintf(members, sizeof members, "'listen_port': %d", c.lb.port);
    whole_write(&c, members);
    whole_run(&c); /* the port is free */
    lb_expect_order(&c.lb, "b1 b1");
    whole_stop(&c);
}

/* After so many generations it has what it had after the first. */
static void twenty_reloads_leave_nothing_behind(void **state)
{
    int before;

    (void)state;
    whole_start(&c, 2, "'workers': 2");
    whole_reload(&c, "'workers': 2");
    whole_expect_children(&c, 2, pids);
    before = program_descriptors(c.lb.program);
    for (int i = 0; i < 20; i++) {
        whole_write(&c, i % 4 == 3 ? "'workers': 0" : "'workers': 2");
        if (i % 4 == 3)
            whole_fails(&c, ": workers: ");
        else
            whole_reload(&c, "'workers': 2");
        whole_count(&c, 2, (int[LB_BACKENDS]){0});
    }
    whole_expect_children(&c, 2, pids); /* a dead one would count */
    for (deadline_t limit = deadline_in(10000);
         program_descriptors(c.lb.program) > before;)
        assert_true(deadline_pause(limit));
    whole_stop(&c);
}

static void it_sleeps_while_there_is_nothing_to_do(void **state)
{
    (void)state;
    whole_start(&c, 2, "'workers': 2, 'watch': true");
    lb_expect_order(&c.lb, "b1");
    lb_expect_idle(&c.lb, 500);
    whole_stop(&c);
}

/* ---- statistics --------------------------------------------------------- */

static void statistics_are_those_of_all_workers(void **state)
{
    pid_t victim;

    (void)state;
    whole_start(&c, 2, "'workers': 4");
    whole_count(&c, 40, (int[LB_BACKENDS]){0});
    lb_expect_statistics(&c.lb, "\nTotal requests: 40, failed: 0\n");
    whole_expect_children(&c, 4, pids);
    victim = pids[1];
    assert_int_equal(kill(victim, SIGKILL), 0);
    expect_replaced(victim, 4);
    whole_count(&c, 2, (int[LB_BACKENDS]){0});
    lb_expect_statistics(&c.lb, "\nTotal requests: 42, failed: 0\n");
    whole_reload(&c, "'workers': 1, 'backends': ["
                          "{'host': '127.0.0.1', 'port': $2}]");
    whole_count(&c, 3, (int[LB_BACKENDS]){0});
    lb_expect_statistics(&c.lb, "\nTotal requests: 45, failed: 0\n");
    assert_non_null(strstr(lb_statistics(&c.lb), "\nGeneration: 2, "));
    whole_stop(&c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_worker_that_dies_is_replaced),
        fixture_test(one_that_keeps_dying_comes_back_more_and_more_slowly),
        fixture_test(a_reload_replaces_one_that_waits_for_its_return),
        fixture_test(one_that_is_asked_to_end_finishes_and_is_replaced),
        fixture_test(other_signals_mean_nothing_to_a_worker),
        fixture_test(no_worker_outlives_its_master),
        fixture_test(twenty_reloads_leave_nothing_behind),
        fixture_test(it_sleeps_while_there_is_nothing_to_do),
        fixture_test(statistics_are_those_of_all_workers),
    };

    return fixture_run("lb_workers", tests);
}
