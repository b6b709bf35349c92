/* metrics_filter and lb_stats: what becomes of an exchange. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lb_stats.h"
#include "promtool.h"

static metrics_t *m;
static struct metrics_filter f;
static struct backend_set set;
static struct service service;
static struct pool_connector pools;
static const struct filter *told;

static int begin(void **state)
{
    static struct filter seam;

    fixture_setup(state);
    memset(&set, 0, sizeof set);
    memset(&service, 0, sizeof service);
    memset(&pools, 0, sizeof pools);
    assert_null(backend_set_add(&set, "127.0.0.1:9001:3", BACKEND_WEIGHT_MAX));
    assert_null(backend_set_add(&set, "[::1]:9002", BACKEND_WEIGHT_MAX));
    for (int i = 0; i < 2; i++)
        pools.pools[i] = conn_pool_create(NULL, 0, 4, 10);
    pools.set = &set;
    m = metrics_create();
    assert_int_equal(metrics_filter_init(&f, m, &set, "test"), 0);
    seam = metrics_filter_seam(&f);
    told = &seam;
    return 0;
}

static int end(void **state)
{
    for (int i = 0; i < 2; i++)
        conn_pool_destroy(pools.pools[i]);
    metrics_destroy(m);
    return fixture_teardown(state);
}

#define filter_test(name) cmocka_unit_test_setup_teardown(name, begin, end)

/* Which backend (-1: none), the status, why it failed. */
static void finish(int backend, int status, const char *failure)
{
    struct exchange x;

    memset(&x, 0, sizeof x);
    x.backend = backend >= 0 ? &set.backends[backend] : NULL;
    x.status = status;
    x.failure = failure;
    x.tries = backend >= 0;
    x.bytes_in = 100;
    x.bytes_out = 1000;
    x.took_us = 3000;
    told->finish(told->self, &x);
}

static const char *page(void)
{
    static struct text t;

    metrics_filter_collect(&f, &service, &pools);
    metrics_filter_collect_health(&f, 1700000000);
    t.len = 0;
    metrics_render(m, &t);
    text_add(&t, "", 1);
    assert_false(t.failed);
    return t.at;
}

/* The page has this line. */
static void expect(const char *line)
{
    const char *text = page(), *at = strstr(text, line);
    size_t len = strlen(line);

    if (at == NULL || (at > text && at[-1] != '\n') || at[len] != '\n')
        fail_msg("not there: %s\n%s", line, text);
}

/* ---- /metrics --------------------------------------------------------------- */

static void everything_is_there_from_the_beginning(void **state)
{
    static const char *const lines[] = {
        "metrics_lost_total 0",
        "lb_requests_failed_total 0",
        "lb_retries_total 0",
        "lb_rate_limited_total 0",
        "lb_bytes_received_total 0",
        "lb_bytes_sent_total 0",
        "lb_connections_total 0",
        "lb_connections_active 0",
        "lb_backend_up{backend=\"127.0.0.1:9001\"} 1",
        "lb_backend_connections_active{backend=\"[::1]:9002\"} 0",
        "lb_backend_failures_total{backend=\"[::1]:9002\",reason=\"connect\"} 0",
        "lb_backend_failures_total{backend=\"[::1]:9002\",reason=\"timeout\"} 0",
        "lb_backend_failures_total{backend=\"[::1]:9002\",reason=\"closed\"} 0",
        "lb_pool_hits_total{backend=\"127.0.0.1:9001\"} 0",
        "lb_pool_misses_total{backend=\"127.0.0.1:9001\"} 0",
        "lb_pool_idle{backend=\"127.0.0.1:9001\"} 0",
        "lb_health_checks_total{backend=\"127.0.0.1:9001\",result=\"ok\"} 0",
        "lb_health_checks_total{backend=\"127.0.0.1:9001\",result=\"failed\"} 0",
        "lb_reloads_total{result=\"ok\"} 0",
        "lb_reloads_total{result=\"failed\"} 0",
        "lb_access_log_lost_total 0",
        "process_start_time_seconds 1700000000",
        "lb_request_duration_seconds_count{backend=\"none\"} 0",
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect(lines[i]);
    assert_non_null(strstr(page(), "\nprocess_resident_memory_bytes "));
    assert_non_null(strstr(page(), "\nprocess_open_fds "));
    assert_non_null(strstr(page(), "\nlb_build_info{compiler=\""));
}

static void promtool_finds_nothing_wrong(void **state)
{
    const char *text;

    (void)state;
    finish(0, 200, NULL);
    finish(-1, 429, "too many requests");
    text = page();
    promtool_approves(text, strlen(text));
}

static void requests_count_by_backend_and_status(void **state)
{
    (void)state;
    finish(0, 200, NULL);
    finish(0, 200, NULL);
    finish(1, 404, NULL);
    finish(-1, 400, "no Host");
    expect("lb_requests_total{backend=\"127.0.0.1:9001\",status=\"200\"} 2");
    expect("lb_requests_total{backend=\"[::1]:9002\",status=\"404\"} 1");
    expect("lb_requests_total{backend=\"none\",status=\"400\"} 1");
    expect("lb_request_duration_seconds_count{backend=\"127.0.0.1:9001\"} 2");
    expect("lb_request_duration_seconds_bucket{backend=\"127.0.0.1:9001\","
           "le=\"0.0025\"} 0");
    expect("lb_request_duration_seconds_bucket{backend=\"127.0.0.1:9001\","
           "le=\"0.005\"} 2");
    expect("lb_request_duration_seconds_sum{backend=\"127.0.0.1:9001\"} 0.006");
    expect("lb_bytes_received_total 400");
    expect("lb_bytes_sent_total 4000");
    expect("lb_requests_failed_total 0");
}

static void every_status_there_is_can_be_counted(void **state)
{
    char line[128];

    (void)state;
    for (int status = 100; status <= 599; status++)
        finish(status % 2, status, NULL);
    for (int status = 100; status <= 599; status++) {
        snprintf(line, sizeof line,
                 "lb_requests_total{backend=\"%s\",status=\"%d\"} 1",
                 set.backends[status % 2].name, status);
        expect(line);
    }
    expect("metrics_lost_total 0");
    finish(0, 99, NULL);
    finish(0, 600, NULL);
    finish(0, -5, NULL);
    expect("metrics_lost_total 3");
}

static void who_left_before_the_answer_counts_as_499(void **state)
{
    (void)state;
    finish(0, 0, "the client left");
    expect("lb_requests_total{backend=\"127.0.0.1:9001\",status=\"499\"} 1");
    expect("lb_requests_failed_total 1");
}

static void refusals_are_no_failures_of_ours(void **state)
{
    (void)state;
    finish(-1, 429, "too many requests");
    finish(-1, 429, "too many requests");
    finish(-1, 431, "the head is too long");
    finish(0, 429, NULL); /* a backend's own */
    expect("lb_rate_limited_total 2");
    expect("lb_requests_failed_total 0");
    finish(-1, 503, "no backend is up");
    finish(0, 502, "no backend can be reached");
    finish(1, 200, "the backend broke off its answer");
    expect("lb_requests_failed_total 3");
    finish(1, 500, NULL); /* a backend's own */
    expect("lb_requests_failed_total 3");
    finish(1, 429, "the backend broke off its answer");
    expect("lb_requests_failed_total 4");
    expect("lb_rate_limited_total 2");
}

static void further_tries_are_retries(void **state)
{
    struct exchange x;

    (void)state;
    memset(&x, 0, sizeof x);
    x.backend = &set.backends[1];
    x.status = 200;
    for (x.tries = 0; x.tries <= 3; x.tries++)
        told->finish(told->self, &x);
    expect("lb_retries_total 3"); /* 0 + 0 + 1 + 2 */
}

static void what_is_known_anyway_is_copied(void **state)
{
    (void)state;
    service.accepted = 12;
    service.active = 5;
    set.backends[0].active_connections = 3;
    set.backends[0].is_healthy = 0;
    set.backends[0].stats.failures[BACKEND_NO_CONNECTION] = 1;
    set.backends[0].stats.failures[BACKEND_TIMEOUT] = 2;
    set.backends[0].stats.failures[BACKEND_CLOSED] = 3;
    set.backends[0].stats.failures[BACKEND_MALFORMED] = 4;
    set.backends[1].stats.checks_ok = 7;
    set.backends[1].stats.checks_failed = 8;
    expect("lb_connections_total 12");
    expect("lb_connections_active 5");
    expect("lb_backend_connections_active{backend=\"127.0.0.1:9001\"} 3");
    expect("lb_backend_up{backend=\"127.0.0.1:9001\"} 0");
    expect("lb_backend_failures_total{backend=\"127.0.0.1:9001\","
           "reason=\"connect\"} 1");
    expect("lb_backend_failures_total{backend=\"127.0.0.1:9001\","
           "reason=\"timeout\"} 2");
    expect("lb_backend_failures_total{backend=\"127.0.0.1:9001\","
           "reason=\"closed\"} 3");
    expect("lb_backend_failures_total{backend=\"127.0.0.1:9001\","
           "reason=\"malformed\"} 4");
    expect("lb_health_checks_total{backend=\"[::1]:9002\",result=\"ok\"} 7");
    expect("lb_health_checks_total{backend=\"[::1]:9002\",result=\"failed\"} "
           "8");
}

static void another_set_goes_on_with_the_same_numbers(void **state)
{
    (void)state;
    finish(1, 200, NULL);
    strcpy(set.backends[0].name, "[::1]:9002"); /* a reload: it moved up */
    strcpy(set.backends[1].name, "new:1");
    assert_int_equal(metrics_filter_init(&f, m, &set, "test"), 0);
    finish(0, 200, NULL);
    finish(1, 200, NULL);
    expect("lb_requests_total{backend=\"[::1]:9002\",status=\"200\"} 2");
    expect("lb_requests_total{backend=\"new:1\",status=\"200\"} 1");
}

static void there_is_room_for_256_backends(void **state)
{
    char where[32];

    (void)state;
    for (int i = 2; i < MAX_BACKENDS; i++) {
        snprintf(where, sizeof where, "10.0.0.1:%d", i);
        assert_null(backend_set_add(&set, where, 0));
    }
    assert_int_equal(metrics_filter_init(&f, m, &set, "test"), 0);
    for (int i = 0; i < MAX_BACKENDS; i++)
        for (int status = 500; status < 510; status++)
            finish(i, status, NULL);
    metrics_gather(m);
    assert_int_equal(metrics_count(m, 0), 0); /* nothing was lost */
}

/* ---- /lb-stats ------------------------------------------------------------- */

static const char *stats(int draining)
{
    const struct lb_facts facts = {"te\"st", "round_robin", 1700000000.25,
                                   1700000001.5, draining, 20000, 1};
    static struct text t;

    metrics_filter_collect(&f, &service, &pools);
    metrics_filter_collect_health(&f, facts.started);
    t.len = 0;
    lb_stats_write(&f, &facts, &t);
    text_add(&t, "", 1);
    assert_false(t.failed);
    return t.at;
}

static void expect_stats(const char *part)
{
    if (strstr(stats(0), part) == NULL)
        fail_msg("not there: %s\n%s", part, stats(0));
}

static void stats_before_the_first_request(void **state)
{
    (void)state;
    expect_stats("{\"program\":\"te\\\"st\",\"pid\":");
    expect_stats(",\"started\":1700000000.250,\"now\":1700000001.500,"
                 "\"draining\":false,\"algorithm\":\"round_robin\","
                 "\"connections\":{\"active\":0,\"total\":0,\"max\":20000},"
                 "\"requests\":{\"total\":0,\"failed\":0,\"by_status\":{}},"
                 "\"retries\":0,\"rate_limited\":0,"
                 "\"bytes\":{\"received\":0,\"sent\":0},"
                 "\"latency\":{\"p50\":null,\"p90\":null,\"p99\":null,"
                 "\"count\":0,\"sum\":0,\"buckets\":[{\"le\":0.0001,"
                 "\"count\":0},");
    expect_stats(",{\"le\":10,\"count\":0},{\"le\":null,\"count\":0}]},"
                 "\"backends\":[{\"name\":\"127.0.0.1:9001\",\"up\":true,"
                 "\"weight\":3,\"active\":0,\"requests\":0,\"failures\":0,"
                 "\"checks\":{\"ok\":0,\"failed\":0},"
                 "\"pool\":{\"hits\":0,\"misses\":0,\"idle\":0},"
                 "\"latency\":{\"p50\":null,\"p90\":null,\"p99\":null}},"
                 "{\"name\":\"[::1]:9002\",\"up\":true,\"weight\":1,");
    expect_stats("],\"reloads\":{\"ok\":0,\"failed\":0},"
                 "\"process\":{\"resident_bytes\":");
    expect_stats(",\"workers\":1}}\n");
    assert_non_null(strstr(stats(1), "\"draining\":true,"));
}

static void stats_are_the_sums_of_the_metrics(void **state)
{
    (void)state;
    set.backends[1].is_healthy = 0;
    set.backends[1].stats.failures[BACKEND_CLOSED] = 2;
    set.backends[1].stats.failures[BACKEND_TIMEOUT] = 1;
    finish(0, 200, NULL);
    finish(0, 500, NULL);
    finish(1, 200, NULL);
    finish(-1, 429, "too many requests");
    finish(-1, 503, "no backend is up");
    expect_stats("\"requests\":{\"total\":5,\"failed\":1,\"by_status\":"
                 "{\"200\":2,\"429\":1,\"500\":1,\"503\":1}}");
    expect_stats("\"rate_limited\":1,\"bytes\":{\"received\":500,"
                 "\"sent\":5000}");
    expect_stats("\"count\":5,\"sum\":0.015,");
    expect_stats("{\"le\":0.0025,\"count\":0},{\"le\":0.005,\"count\":5}");
    expect_stats("\"p50\":0.003750,");
    expect_stats("{\"name\":\"127.0.0.1:9001\",\"up\":true,\"weight\":3,"
                 "\"active\":0,\"requests\":2,\"failures\":0");
    expect_stats("{\"name\":\"[::1]:9002\",\"up\":false,\"weight\":1,"
                 "\"active\":0,\"requests\":1,\"failures\":3");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        filter_test(everything_is_there_from_the_beginning),
        filter_test(promtool_finds_nothing_wrong),
        filter_test(requests_count_by_backend_and_status),
        filter_test(every_status_there_is_can_be_counted),
        filter_test(who_left_before_the_answer_counts_as_499),
        filter_test(refusals_are_no_failures_of_ours),
        filter_test(further_tries_are_retries),
        filter_test(what_is_known_anyway_is_copied),
        filter_test(another_set_goes_on_with_the_same_numbers),
        filter_test(there_is_room_for_256_backends),
        filter_test(stats_before_the_first_request),
        filter_test(stats_are_the_sums_of_the_metrics),
    };

    return fixture_run("metrics_filter", tests);
}
