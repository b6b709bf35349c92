/* lb: who gets the requests: algorithms, health, backups, names. */
#include "fixture.h"

#include "whole_lb.h"

static struct whole c;
static int counts[LB_BACKENDS];

#define CHECKS(more) \
    "'health_check': {'interval': 0.2, 'timeout': 1, " \
    "'healthy_threshold': 1, 'unhealthy_threshold': 1" more "}"

static void expect_up(int i, int up)
{
    expect_of_backend(c.admin, &c.lb, i, "lb_backend_up", "", up);
}

/* ---- algorithms ----------------------------------------------------------- */

static void all_algorithms_serve(void **state)
{
    static const char *const names[] = {
        "round_robin", "weighted_round_robin", "least_connections",
        "ip_hash", "random_two_choices", "consistent_hash"};
    char members[64], wanted[64];

    (void)state;
    whole_start(&c, 3, "'workers': 2");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(members, sizeof members, "'workers': 2, 'algorithm': '%s'",
                 names[i]);
        whole_reload(&c, members);
        whole_count(&c, 12, counts);
        snprintf(wanted, sizeof wanted, "\"algorithm\":\"%s\"", names[i]);
        expect_stats(c.admin, wanted);
    }
    whole_stop(&c);
}

/* The worker does not matter, nor which generation it is of, nor the order. */
static void a_hash_sends_a_client_to_the_same_backend(void **state)
{
    static const char *const algorithms[] = {"ip_hash", "consistent_hash"};
    char members[512], first[64], name[64];

    (void)state;
    whole_start(&c, 3, "'workers': 4, 'algorithm': 'ip_hash'");
    for (int a = 0; a < 2; a++) {
        snprintf(members, sizeof members, "'workers': 4, 'algorithm': '%s'",
                 algorithms[a]);
        whole_reload(&c, members);
        http_get_backend(c.lb.port, "/", 200, first);
        for (int i = 0; i < 20; i++) {
            http_get_backend(c.lb.port, "/", 200, name);
            assert_string_equal(name, first);
        }
    }
    whole_reload(&c, "'algorithm': 'consistent_hash', 'backends': ["
                          "{'host': '127.0.0.1', 'port': $3},"
                          "{'host': '127.0.0.1', 'port': $1},"
                          "{'host': '127.0.0.1', 'port': $2}]");
    http_get_backend(c.lb.port, "/", 200, name);
    assert_string_equal(name, first);
    whole_stop(&c);
}

static void weights_are_kept(void **state)
{
    (void)state;
    whole_start(&c, 3, "'algorithm': 'weighted_round_robin', 'backends': ["
                            "{'host': '127.0.0.1', 'port': $1, 'weight': 3},"
                            "{'host': '127.0.0.1', 'port': $2, 'weight': 2},"
                            "{'host': '127.0.0.1', 'port': $3}]");
    lb_expect_order(&c.lb, "b1 b2 b1 b3 b2 b1 b1 b2 b1 b3 b2 b1");
    whole_stop(&c);
}

/* How busy a backend is in the other workers counts. */
static void the_least_connections_are_those_of_all_workers(void **state)
{
    enum { HELD = 12 };
    int clients[HELD];

    (void)state;
    whole_start(&c, 2, "'workers': 4, 'algorithm': 'least_connections'");
    for (int i = 0; i < HELD; i++) {
        clients[i] = wire_connect(c.lb.port);
        wire_send_text(clients[i],
                       "GET /delay/60000 HTTP/1.1\r\nHost: h\r\n\r\n");
        expect_metric(c.admin, "lb_connections_active", i + 1);
    }
    expect_of_backend(c.admin, &c.lb, 0, "lb_backend_connections_active", "",
                      HELD / 2);
    expect_of_backend(c.admin, &c.lb, 1, "lb_backend_connections_active", "",
                      HELD / 2);
    for (int i = 0; i < HELD; i++)
        wire_reset(clients[i]);
    whole_stop(&c);
}

/* ---- health --------------------------------------------------------------- */

/* A new one is checked before it is used. */
static void one_that_is_down_at_the_start_gets_nothing(void **state)
{
    (void)state;
    whole_start_plan(&c, &(struct lb_plan){.real = 1, .dead = 1},
                          "'workers': 2");
    lb_expect_order(&c.lb, "b1 b1 b1 b1 b1 b1");
    expect_up(0, 1);
    expect_up(1, 0);
    expect_of_backend(c.admin, &c.lb, 1, "lb_backend_failures_total",
                      ",reason=\"connect\"", 0);
    whole_stop(&c);
}

static void one_that_a_reload_brings_is_checked_first(void **state)
{
    (void)state;
    whole_start_plan(&c, &(struct lb_plan){.real = 2, .dead = 1},
                          "'backends': [{'host': '127.0.0.1', 'port': $1}]");
    whole_reload(&c, "'workers': 1");
    lb_expect_order(&c.lb, "b1 b2 b1 b2 b1 b2");
    expect_up(2, 0);
    lb_expect_statistics(&c.lb, ", failed: 0\n");
    whole_stop(&c);
}

/* What is known is carried over: it needs so many good checks as before, where a
 * new one would need one. */
static void health_outlives_a_reload(void **state)
{
    static const char slow[] =
        "'workers': 2, 'health_check': {'interval': 1, 'timeout': 1, "
        "'healthy_threshold': 100, 'unhealthy_threshold': 1}";

    (void)state;
    whole_start(&c, 2, slow);
    lb_kill_backend(&c.lb, 1);
    expect_up(1, 0);
    lb_restart_backend(&c.lb, 1);
    for (int i = 0; i < 3; i++) {
        whole_reload(&c, slow);
        expect_up(1, 0);
        lb_expect_order(&c.lb, "b1 b1 b1 b1");
    }
    whole_stop(&c);
}

static void one_that_comes_back_is_used_again(void **state)
{
    (void)state;
    whole_start(&c, 2, "'workers': 2, " CHECKS(""));
    lb_kill_backend(&c.lb, 1);
    for (int i = 0; i < 6; i++)
        http_get_backend(c.lb.port, "/", 200, (char[64]){0}); /* none fails */
    expect_up(1, 0);
    lb_expect_order(&c.lb, "b1 b1 b1 b1");
    lb_restart_backend(&c.lb, 1);
    expect_up(1, 1);
    for (deadline_t limit = deadline_in(10000);
         whole_count(&c, 8, counts), counts[1] == 0;)
        assert_true(deadline_pause(limit));
    whole_stop(&c);
}

static void a_page_that_says_503_takes_it_down(void **state)
{
    struct http_response r;

    (void)state;
    whole_start(&c, 2, CHECKS(", 'path': '/health'"));
    expect_up(1, 1);
    http_request(c.lb.backend_port[1], "POST", "/health/fail", "", "", 0, &r);
    http_response_free(&r);
    expect_up(1, 0);
    http_request(c.lb.backend_port[1], "POST", "/health/ok", "", "", 0, &r);
    http_response_free(&r);
    expect_up(1, 1);
    whole_stop(&c);
}

static void without_a_backend_it_says_503(void **state)
{
    struct http_response r;

    (void)state;
    whole_start_plan(&c, &(struct lb_plan){.dead = 2}, "'workers': 2");
    expect_health(c.admin, 503, "no backend is up\n");
    http_get(c.lb.port, "/", &r);
    assert_int_equal(r.status, 503);
    http_response_free(&r);
    whole_stop(&c);
}

/* ---- backups and beginners ------------------------------------------------ */

static void a_backup_waits_for_the_worst(void **state)
{
    (void)state;
    whole_start(&c, 3, "'workers': 2, " CHECKS("") ", 'backends': ["
                            "{'host': '127.0.0.1', 'port': $1},"
                            "{'host': '127.0.0.1', 'port': $2, 'backup': true},"
                            "{'host': '127.0.0.1', 'port': $3}]");
    whole_count(&c, 20, counts);
    assert_int_equal(counts[1], 0);
    lb_kill_backend(&c.lb, 0);
    expect_up(0, 0);
    whole_count(&c, 20, counts);
    assert_int_equal(counts[2], 20);
    lb_kill_backend(&c.lb, 2);
    expect_up(2, 0);
    whole_count(&c, 20, counts);
    assert_int_equal(counts[1], 20);
    lb_restart_backend(&c.lb, 0);
    expect_up(0, 1);
    for (deadline_t limit = deadline_in(10000);
         whole_count(&c, 8, counts), counts[1] > 0;)
        assert_true(deadline_pause(limit));
    whole_stop(&c);
}

/* In a minute it will have its half; in the first seconds it has little. */
static void one_that_came_back_starts_slowly(void **state)
{
    (void)state;
    whole_start(&c, 2, "'algorithm': 'weighted_round_robin', "
                            "'slow_start': 120, " CHECKS(""));
    lb_expect_order(&c.lb, "b1 b2 b1 b2"); /* nobody has come back yet */
    lb_kill_backend(&c.lb, 1);
    expect_up(1, 0);
    lb_restart_backend(&c.lb, 1);
    expect_up(1, 1);
    whole_count(&c, 40, counts);
    assert_in_range(counts[1], 0, 10);
    /* A reload does not make it older, nor younger; without slow_start it has
     * its half at once. */
    whole_reload(&c, "'algorithm': 'weighted_round_robin', "
                          "'slow_start': 120, " CHECKS(""));
    whole_count(&c, 40, counts);
    assert_in_range(counts[1], 0, 10);
    whole_reload(&c, "'algorithm': 'weighted_round_robin'");
    lb_expect_order(&c.lb, "b1 b2 b1 b2");
    whole_stop(&c);
}

static void a_slow_start_comes_to_its_end(void **state)
{
    deadline_t limit = deadline_in(10000);

    (void)state;
    whole_start(&c, 2, "'algorithm': 'weighted_round_robin', "
                            "'slow_start': 0.5, " CHECKS(""));
    lb_kill_backend(&c.lb, 1);
    expect_up(1, 0);
    lb_restart_backend(&c.lb, 1);
    expect_up(1, 1);
    while (whole_count(&c, 20, counts), counts[1] != 10)
        assert_true(deadline_pause(limit));
    whole_stop(&c);
}

/* ---- names ---------------------------------------------------------------- */

static void a_backend_may_have_a_host_name(void **state)
{
    (void)state;
    whole_start(&c, 2, "'workers': 2, 'backends': ["
                            "{'host': 'localhost', 'port': $1},"
                            "{'host': 'localhost', 'port': $2,"
                            " 'name': 'second'}]");
    whole_count(&c, 8, counts);
    assert_int_not_equal(counts[0], 0);
    assert_int_not_equal(counts[1], 0);
    assert_non_null(strstr(lb_statistics(&c.lb), "\nsecond"));
    whole_reload(&c, "'resolve_interval': 1, 'backends': ["
                          "{'host': 'localhost', 'port': $2}]");
    whole_count(&c, 8, counts);
    assert_int_equal(counts[1], 8);
    whole_stop(&c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(all_algorithms_serve),
        fixture_test(a_hash_sends_a_client_to_the_same_backend),
        fixture_test(weights_are_kept),
        fixture_test(the_least_connections_are_those_of_all_workers),
        fixture_test(one_that_is_down_at_the_start_gets_nothing),
        fixture_test(one_that_a_reload_brings_is_checked_first),
        fixture_test(health_outlives_a_reload),
        fixture_test(one_that_comes_back_is_used_again),
        fixture_test(a_page_that_says_503_takes_it_down),
        fixture_test(without_a_backend_it_says_503),
        fixture_test(a_backup_waits_for_the_worst),
        fixture_test(one_that_came_back_starts_slowly),
        fixture_test(a_slow_start_comes_to_its_end),
        fixture_test(a_backend_may_have_a_host_name),
    };

    return fixture_run("lb_backends", tests);
}
