/* metrics: the text format 0.0.4, byte for byte, and in promtool's opinion. */
#include "fixture.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "metrics.h"
#include "promtool.h"

static const double bounds[] = {0.01, 0.05};

static void put_everything(metrics_t *m)
{
    metrics_describe(m, METRICS_COUNTER, "lb_requests_total",
                     "Requests.\nBy \\ status.", NULL, 0);
    metrics_describe(m, METRICS_HISTOGRAM, "lb_request_duration_seconds",
                     "How long they took.", bounds, 2);
    metrics_describe(m, METRICS_GAUGE, "lb_unused", "Never set.", NULL, 0);
    metrics_describe(m, METRICS_GAUGE, "lb_level", "A level.", NULL, 0);
    metrics_counter_inc(m, "lb_requests_total",
                        "status=\"200\",backend=\"server1\"");
    metrics_gauge_set(m, "lb_level", -0.5, NULL);
    for (int i = 0; i < 3; i++)
        metrics_histogram_observe(m, "lb_request_duration_seconds",
                                  0.005 * (i + 1) * (i + 1),
                                  "backend=\"a\\\"b\\\\c\\n\"");
    metrics_counter_inc(m, "lb_requests_total", NULL);
    metrics_histogram_observe(m, "lb_request_duration_seconds", 1, "");
}

static const char expected[] =
    "# HELP metrics_lost_total Observations that found no room or were "
    "malformed.\n"
    "# TYPE metrics_lost_total counter\n"
    "metrics_lost_total 0\n"
    "# HELP lb_requests_total Requests.\\nBy \\\\ status.\n"
    "# TYPE lb_requests_total counter\n"
    "lb_requests_total{backend=\"server1\",status=\"200\"} 1\n"
    "lb_requests_total 1\n"
    "# HELP lb_request_duration_seconds How long they took.\n"
    "# TYPE lb_request_duration_seconds histogram\n"
    "lb_request_duration_seconds_bucket{backend=\"a\\\"b\\\\c\\n\",le=\"0.01\"} "
    "1\n"
    "lb_request_duration_seconds_bucket{backend=\"a\\\"b\\\\c\\n\",le=\"0.05\"} "
    "3\n"
    "lb_request_duration_seconds_bucket{backend=\"a\\\"b\\\\c\\n\",le=\"+Inf\"} "
    "3\n"
    "lb_request_duration_seconds_sum{backend=\"a\\\"b\\\\c\\n\"} 0.07\n"
    "lb_request_duration_seconds_count{backend=\"a\\\"b\\\\c\\n\"} 3\n"
    "lb_request_duration_seconds_bucket{le=\"0.01\"} 0\n"
    "lb_request_duration_seconds_bucket{le=\"0.05\"} 0\n"
    "lb_request_duration_seconds_bucket{le=\"+Inf\"} 1\n"
    "lb_request_duration_seconds_sum 1\n"
    "lb_request_duration_seconds_count 1\n"
    "# HELP lb_level A level.\n"
    "# TYPE lb_level gauge\n"
    "lb_level -0.5\n";

static void the_page_is_what_the_format_says(void **state)
{
    metrics_t *m = metrics_create();
    struct text page = {0};

    (void)state;
    put_everything(m);
    metrics_render(m, &page);
    text_add(&page, "", 1);
    assert_string_equal(page.at, expected);
    text_free(&page);
    metrics_destroy(m);
}

static void promtool_finds_nothing_wrong(void **state)
{
    metrics_t *m = metrics_create();
    struct text page = {0};

    (void)state;
    put_everything(m);
    metrics_gauge_set(m, "lb_level", INFINITY, "a=\"1\"");
    metrics_gauge_set(m, "lb_level", -INFINITY, "a=\"2\"");
    metrics_gauge_set(m, "lb_level", NAN, "a=\"3\"");
    metrics_gauge_set(m, "lb_level", 1e-300, "a=\"\xf0\x9f\x98\x80\"");
    metrics_render(m, &page);
    metrics_destroy(m);
    promtool_approves(page.at, page.len);
    text_free(&page);
}

static void values_are_spelled_as_prometheus_spells_them(void **state)
{
    metrics_t *m = metrics_create();
    struct text page = {0};

    (void)state;
    metrics_gauge_set(m, "g", INFINITY, "a=\"1\"");
    metrics_gauge_set(m, "g", -INFINITY, "a=\"2\"");
    metrics_gauge_set(m, "g", NAN, "a=\"3\"");
    metrics_gauge_set(m, "g", 0.1, "a=\"4\"");
    metrics_counter_inc(m, "c", NULL);
    metrics_mirror(m, metrics_series(m, "c", NULL), UINT64_MAX);
    metrics_render(m, &page);
    text_add(&page, "", 1);
    assert_non_null(strstr(page.at, "g{a=\"1\"} +Inf\ng{a=\"2\"} -Inf\n"
                                    "g{a=\"3\"} NaN\ng{a=\"4\"} 0.1\n"));
    assert_non_null(strstr(page.at, "\nc 18446744073709551615\n"));
    text_free(&page);
    metrics_destroy(m);
}

static void a_large_page_is_whole(void **state)
{
    metrics_t *m = metrics_create();
    struct text page = {0};
    char labels[64];

    (void)state;
    for (int i = 0; i < 256; i++) {
        snprintf(labels, sizeof labels, "backend=\"10.0.0.%d:9001\"", i);
        metrics_histogram_observe(m, "took_seconds", 0.1, labels);
    }
    metrics_render(m, &page);
    assert_false(page.failed);
    assert_true(page.len > 200000);
    text_add(&page, "", 1);
    assert_non_null(strstr(page.at, "_count{backend=\"10.0.0.255:9001\"} 1\n"));
    text_free(&page);
    metrics_destroy(m);
}

/* ---- into a descriptor --------------------------------------------------- */

static void expose_writes_the_page(void **state)
{
    metrics_t *m = metrics_create();
    char got[4096];
    int ends[2];
    ssize_t n;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    put_everything(m);
    metrics_expose(m, ends[1]);
    close(ends[1]);
    n = read(ends[0], got, sizeof got - 1);
    assert_int_equal(n, sizeof expected - 1);
    got[n] = '\0';
    assert_string_equal(got, expected);
    close(ends[0]);
    metrics_destroy(m);
}

static void expose_survives_who_does_not_read(void **state)
{
    metrics_t *m = metrics_create();
    int ends[2];

    (void)state;
    put_everything(m);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    metrics_expose(m, ends[1]); /* EPIPE */
    close(ends[1]);
    metrics_expose(m, -1); /* EBADF */
    metrics_destroy(m);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_page_is_what_the_format_says),
        fixture_test(promtool_finds_nothing_wrong),
        fixture_test(values_are_spelled_as_prometheus_spells_them),
        fixture_test(a_large_page_is_whole),
        fixture_test(expose_writes_the_page),
        fixture_test(expose_survives_who_does_not_read),
    };

    return fixture_run("metrics_text", tests);
}
