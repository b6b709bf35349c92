/* lb: SIGHUP. What a new file changes, and a bad one does not. */
#include "fixture.h"

#include "whole_lb.h"

#include <errno.h>
#include <unistd.h>

static struct whole c;

static const char *said_since(size_t from)
{
    return program_output(c.lb.program) + from;
}

/* ---- what changes ------------------------------------------------------- */

static void other_backends_get_the_requests(void **state)
{
    (void)state;
    whole_start(&c, 3, "'workers': 2, 'backends': ["
                            "{'host': '127.0.0.1', 'port': $1}]");
    lb_expect_order(&c.lb, "b1 b1 b1 b1");
    whole_reload(&c, "'workers': 2, 'backends': ["
                          "{'host': '127.0.0.1', 'port': $2}]");
    lb_expect_order(&c.lb, "b2 b2 b2 b2");
    whole_reload(&c, "'workers': 1, 'backends': ["
                          "{'host': '127.0.0.1', 'port': $3}, "
                          "{'host': '127.0.0.1', 'port': $1}]");
    lb_expect_order(&c.lb, "b3 b1 b3 b1");
    whole_stop(&c);
}

static void another_algorithm_picks(void **state)
{
    (void)state;
    whole_start(&c, 2, "'algorithm': 'round_robin'");
    lb_expect_order(&c.lb, "b1 b2 b1 b2");
    whole_reload(&c, "'algorithm': 'weighted_round_robin', 'backends': ["
                          "{'host': '127.0.0.1', 'port': $1, 'weight': 3},"
                          "{'host': '127.0.0.1', 'port': $2}]");
    lb_expect_order(&c.lb, "b1 b1 b2 b1 b1 b1 b2 b1");
    whole_stop(&c);
}

static void more_and_fewer_workers_serve(void **state)
{
    static const int counts[] = {4, 1, 8, 2};
    pid_t pids[WHOLE_CHILDREN];
    char members[64];

    (void)state;
    whole_start(&c, 1, "'workers': 1");
    whole_expect_children(&c, 1, pids);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        snprintf(members, sizeof members, "'workers': %d", counts[i]);
        whole_reload(&c, members);
        lb_expect_order(&c.lb, "b1 b1 b1");
        whole_expect_children(&c, counts[i], pids);
    }
    whole_stop(&c);
}

static void auto_is_a_worker_for_each_core(void **state)
{
    pid_t pids[WHOLE_CHILDREN];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    (void)state;
    whole_start(&c, 1, "'workers': 'auto'");
    whole_expect_children(&c, cores < 64 ? (int)cores : 64, pids);
    lb_expect_order(&c.lb, "b1 b1");
    whole_stop(&c);
}

/* The port of the next load balancer: free, since nobody is told to take it. */
static int free_port(void)
{
    int port, held = wire_refuse(&port);

    wire_close(held);
    return port;
}

static void another_port_is_listened_on(void **state)
{
    char members[64];
    int old, new = free_port();

    (void)state;
    whole_start(&c, 1, "'workers': 2");
    old = c.lb.port;
    snprintf(members, sizeof members, "'workers': 2, 'listen_port': %d", new);
    whole_reload(&c, members);
    c.lb.port = new;
    lb_expect_order(&c.lb, "b1 b1 b1");
    for (deadline_t limit = deadline_in(10000); !wire_refused(old);)
        assert_true(deadline_pause(limit));
    whole_stop(&c);
}

static void the_admin_port_comes_moves_and_goes(void **state)
{
    char members[64];
    int one = free_port(), two;

    (void)state;
    whole_start(&c, 1, "'workers': 1, 'admin': {'port': 0}");
    expect_health(c.admin, 200, "ok\n");
    snprintf(members, sizeof members, "'admin': {'port': %d}", one);
    whole_reload(&c, members);
    expect_health(one, 200, "ok\n");
    assert_true(wire_refused(c.admin));
    two = free_port();
    snprintf(members, sizeof members, "'admin': {'port': %d}", two);
    whole_reload(&c, members);
    expect_health(two, 200, "ok\n");
    assert_true(wire_refused(one));
    whole_reload(&c, "'backends': [{'host': '127.0.0.1', 'port': $1}], "
                          "'x-no': {'admin': 0}");
    lb_expect_order(&c.lb, "b1 b1");
    whole_stop(&c);
}

/* One whose address stays is not closed: who is connected stays so. */
static void the_admin_port_stays_where_nothing_changes(void **state)
{
    int client;

    (void)state;
    whole_start(&c, 1, "'workers': 1");
    client = wire_connect(c.admin);
    wire_send_text(client, "GET /health HT");
    whole_reload(&c, "'workers': 2");
    wire_send_text(client, "TP/1.1\r\nHost: h\r\n\r\n");
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n");
    wire_close(client);
    whole_stop(&c);
}

/* ---- what changes nothing ----------------------------------------------- */

static void a_broken_file_changes_nothing_and_says_where(void **state)
{
    char says[256];

    (void)state;
    whole_start(&c, 2, "'workers': 2");
    whole_write(&c, "'algorithm': 'fastest', 'retries': -1");
    snprintf(says, sizeof says, "%s:1:", c.scratch.file);
    whole_fails(&c, says);
    assert_non_null(strstr(program_output(c.lb.program),
                           ": algorithm: "));
    assert_non_null(strstr(program_output(c.lb.program), ": retries: "));
    scratch_write(c.scratch.file, "{\n\"listen", 9);
    snprintf(says, sizeof says, "%s:2:", c.scratch.file);
    whole_fails(&c, says);
    whole_count(&c, 4, (int[LB_BACKENDS]){0});
    whole_reload(&c, "'workers': 1"); /* it does not spoil the next */
    lb_expect_order(&c.lb, "b1 b2 b1");
    expect_metric(c.admin, "lb_reloads_total{result=\"failed\"}", 2);
    expect_metric(c.admin, "lb_reloads_total{result=\"ok\"}", 1);
    whole_stop(&c);
}

static void a_file_that_is_gone_changes_nothing(void **state)
{
    char says[256];

    (void)state;
    whole_start(&c, 1, "'workers': 1");
    unlink(c.scratch.file);
    snprintf(says, sizeof says, "%s: %s\n", c.scratch.file, strerror(ENOENT));
    whole_fails(&c, says);
    lb_expect_order(&c.lb, "b1 b1");
    whole_reload(&c, "'workers': 1");
    whole_stop(&c);
}

static void a_port_that_cannot_be_had_changes_nothing(void **state)
{
    char members[64];
    pid_t pids[WHOLE_CHILDREN];
    int port, listener = wire_listen(&port);

    (void)state;
    whole_start(&c, 1, "'workers': 2");
    snprintf(members, sizeof members, "'listen_port': %d", port);
    whole_write(&c, members);
    whole_fails(&c, strerror(EADDRINUSE));
    snprintf(members, sizeof members, "'admin': {'port': %d}", port);
    whole_write(&c, members);
    whole_fails(&c, strerror(EADDRINUSE));
    lb_expect_order(&c.lb, "b1 b1 b1");
    expect_health(c.admin, 200, "ok\n");
    whole_expect_children(&c, 2, pids);
    wire_close(listener);
    whole_reload(&c, members);
    expect_health(port, 200, "ok\n");
    whole_stop(&c);
}

static void an_unknown_host_changes_nothing(void **state)
{
    (void)state;
    whole_start(&c, 1, "'workers': 1");
    whole_write(&c, "'backends': [{'host': '127.0.0.1', 'port': $1}, "
                         "{'host': 'no-such-host.invalid', 'port': 80}]");
    whole_fails(&c, "lb: resolve no-such-host.invalid");
    lb_expect_order(&c.lb, "b1 b1");
    whole_reload(&c, "'workers': 2");
    whole_stop(&c);
}

/* ---- when --------------------------------------------------------------- */

/* However many come, and whenever: the newest file serves in the end. Here they
 * come while a reload waits for what a new backend says to its first check. */
static void signals_during_a_reload_are_one_more_reload(void **state)
{
    char head[4096];
    int check;

    (void)state;
    whole_start_plan(&c, &(struct lb_plan){.real = 2, .scripted = 1},
                     "'backends': [{'host': '127.0.0.1', 'port': $1}]");
    whole_write(&c, "'workers': 2, 'health_check': {'path': '/up'}, "
                    "'backends': [{'host': '127.0.0.1', 'port': $3}]");
    program_signal(c.lb.program, SIGHUP);
    check = lb_take(&c.lb, 2, head, sizeof head);
    whole_write(&c, "'workers': 2, 'backends': ["
                    "{'host': '127.0.0.1', 'port': $2}]");
    for (int i = 0; i < 5; i++) {
        program_signal(c.lb.program, SIGHUP);
        lb_expect_order(&c.lb, "b1 b1"); /* goes on meanwhile */
    }
    wire_send_text(check, "HTTP/1.1 200 OK\r\n\r\n");
    whole_await(&c);
    whole_await(&c);
    lb_expect_order(&c.lb, "b2 b2 b2 b2");
    assert_int_equal(c.generation, 3);
    whole_expect_children(&c, 2, (pid_t[WHOLE_CHILDREN]){0});
    wire_close(check);
    whole_stop(&c);
}

static void a_file_that_is_watched_needs_no_signal(void **state)
{
    size_t from;
    char says[256];

    (void)state;
    whole_start(&c, 2, "'watch': true, 'backends': ["
                            "{'host': '127.0.0.1', 'port': $1}]");
    lb_expect_order(&c.lb, "b1 b1");
    whole_write(&c, "'watch': true, 'backends': ["
                         "{'host': '127.0.0.1', 'port': $2}], 'x-longer': 1");
    whole_await(&c);
    lb_expect_order(&c.lb, "b2 b2");
    from = whole_said(&c);
    whole_write(&c, "'watch': true, 'retries': 'none'");
    snprintf(says, sizeof says, "%s:1:", c.scratch.file);
    whole_expect(&c, from, says);
    whole_expect(&c, from, "lb: reload: generation 2 goes on\n");
    whole_write(&c, "'watch': false, 'x-even-longer-than-that': 1");
    whole_await(&c);
    /* The broken one was told of once, though it was looked at again. */
    assert_null(strstr(strstr(said_since(from), "goes on") + 1, "goes on"));
    whole_stop(&c);
}

static void a_signal_during_the_start_or_the_end_harms_nothing(void **state)
{
    (void)state;
    whole_start(&c, 1, "'workers': 1");
    program_signal(c.lb.program, SIGTERM);
    for (int i = 0; i < 5; i++)
        kill(program_pid(c.lb.program), SIGHUP); /* it may be gone already */
    assert_int_equal(program_wait(c.lb.program), 0);
    whole_clear(&c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(other_backends_get_the_requests),
        fixture_test(another_algorithm_picks),
        fixture_test(more_and_fewer_workers_serve),
        fixture_test(auto_is_a_worker_for_each_core),
        fixture_test(another_port_is_listened_on),
        fixture_test(the_admin_port_comes_moves_and_goes),
        fixture_test(the_admin_port_stays_where_nothing_changes),
        fixture_test(a_broken_file_changes_nothing_and_says_where),
        fixture_test(a_file_that_is_gone_changes_nothing),
        fixture_test(a_port_that_cannot_be_had_changes_nothing),
        fixture_test(an_unknown_host_changes_nothing),
        fixture_test(signals_during_a_reload_are_one_more_reload),
        fixture_test(a_file_that_is_watched_needs_no_signal),
        fixture_test(a_signal_during_the_start_or_the_end_harms_nothing),
    };

    return fixture_run("lb_reload", tests);
}
