/* metrics_lb: its numbers are exactly those of the traffic. */
#include "fixture.h"

#include <signal.h>

#include "measured_lb.h"
#include "promtool.h"

static struct lb lb;
static int admin;

static void start(const struct lb_plan *plan)
{
    lb_start(&lb, plan);
    admin = admin_port(lb.program);
}

#define WITH_ADMIN .program = LB_PROGRAM, .options = {"-m", "0"}

static void get(const char *target, int status)
{
    char name[64];

    http_get_backend(lb.port, target, status, name);
}

/* ---- requests --------------------------------------------------------------- */

static void requests_are_counted_by_backend_and_status(void **state)
{
    (void)state;
    start(&(struct lb_plan){WITH_ADMIN, .real = 2});
    for (int i = 0; i < 20; i++) /* round robin: ten each */
        get("/", 200);
    get("/status/404", 404);
    get("/status/503", 503); /* a backend's own */
    for (int i = 0; i < 2; i++)
        expect_of_backend(admin, &lb, i, "lb_requests_total",
                          ",status=\"200\"", 10);
    expect_of_backend(admin, &lb, 0, "lb_requests_total", ",status=\"404\"", 1);
    expect_of_backend(admin, &lb, 1, "lb_requests_total", ",status=\"503\"", 1);
    expect_of_backend(admin, &lb, 0, "lb_request_duration_seconds_count", "",
                      11);
    expect_metric(admin, "lb_connections_total", 22);
    expect_metric(admin, "lb_connections_active", 0);
    expect_metric(admin, "lb_requests_failed_total", 0);
    expect_metric(admin, "lb_retries_total", 0);
    expect_stats(admin, "\"requests\":{\"total\":22,\"failed\":0,\"by_status\":"
                        "{\"200\":20,\"404\":1,\"503\":1}}");
    lb_stop(&lb);
}

static void refused_requests_are_counted_once(void **state)
{
    struct http_response r;
    int fd;

    (void)state;
    start(&(struct lb_plan){WITH_ADMIN, .real = 1});
    fd = wire_connect(lb.port);
    wire_send_text(fd, "GET / HTTP/1.1\r\n\r\n"); /* no Host */
    http_receive(fd, "GET", &r);
    assert_int_equal(r.status, 400);
    http_response_free(&r);
    wire_close(fd);
    http_request(lb.port, "CONNECT", "h:1", "", NULL, 0, &r);
    assert_int_equal(r.status, 405);
    http_response_free(&r);
    expect_metric(admin, "lb_requests_total{backend=\"none\",status=\"400\"}",
                  1);
    expect_metric(admin, "lb_requests_total{backend=\"none\",status=\"405\"}",
                  1);
    expect_metric(admin, "lb_request_duration_seconds_count{backend=\"none\"}",
                  2);
    expect_metric(admin, "lb_requests_failed_total", 0);
    expect_stats(admin, "\"total\":2,\"failed\":0,\"by_status\":{\"400\":1,"
                        "\"405\":1}");
    lb_stop(&lb);
}

static void bytes_are_those_of_the_messages(void **state)
{
    struct http_response r;
    double before;

    (void)state;
    start(&(struct lb_plan){WITH_ADMIN, .real = 1});
    get("/bytes/0", 200);
    expect_metric(admin, "lb_requests_total{backend=\"none\",status=\"400\"}",
                  -1);
    expect_of_backend(admin, &lb, 0, "lb_requests_total", ",status=\"200\"", 1);
    before = metric(admin, "lb_bytes_sent_total");
    http_get(lb.port, "/bytes/1000000", &r);
    assert_int_equal(r.body_len, 1000000);
    http_response_free(&r);
    expect_of_backend(admin, &lb, 0, "lb_requests_total", ",status=\"200\"", 2);
    /* The heads differ by the digits of the length. */
    expect_metric(admin, "lb_bytes_sent_total", 2 * before + 1000000 + 6);
    lb_stop(&lb);
}

static void kept_connections_are_hits(void **state)
{
    (void)state;
    start(&(struct lb_plan){WITH_ADMIN, .real = 1});
    for (int i = 0; i < 5; i++) {
        get("/", 200);
        expect_of_backend(admin, &lb, 0, "lb_pool_idle", "", 1);
    }
    expect_of_backend(admin, &lb, 0, "lb_pool_misses_total", "", 1);
    expect_of_backend(admin, &lb, 0, "lb_pool_hits_total", "", 4);
    expect_stats(admin, "\"pool\":{\"hits\":4,\"misses\":1,\"idle\":1}");
    lb_stop(&lb);
}

static void the_limiter_s_refusals_are_counted(void **state)
{
    (void)state;
    start(&(struct lb_plan){.program = LB_PROGRAM, .real = 1,
                            .options = {"-m", "0", "-r", "0.001", "-b", "2"}});
    get("/", 200);
    get("/", 200);
    for (int i = 0; i < 3; i++)
        get("/", 429);
    expect_metric(admin, "lb_rate_limited_total", 3);
    expect_metric(admin, "lb_requests_total{backend=\"none\",status=\"429\"}",
                  3);
    expect_metric(admin, "lb_requests_failed_total", 0);
    expect_stats(admin, "\"rate_limited\":3");
    lb_stop(&lb);
}

/* ---- failures --------------------------------------------------------------- */

static void a_backend_that_refuses_is_counted_and_found_down(void **state)
{
    (void)state;
    start(&(struct lb_plan){WITH_ADMIN, .real = 1, .dead = 1});
    expect_of_backend(admin, &lb, 0, "lb_backend_up", "", 1);
    expect_of_backend(admin, &lb, 1, "lb_backend_up", "", 0);
    expect_of_backend(admin, &lb, 0, "lb_health_checks_total",
                      ",result=\"ok\"", 1);
    assert_true(metric(admin, "lb_backend_up{backend=\"nobody\"}") == -1);
    lb_stop(&lb);
}

static void a_backend_that_dies_is_down_and_costs_a_retry(void **state)
{
    (void)state;
    start(&(struct lb_plan){WITH_ADMIN, .real = 2});
    get("/", 200);
    get("/", 200);
    lb_kill_backend(&lb, 0);
    get("/", 200); /* refused by the first, answered by the second */
    expect_of_backend(admin, &lb, 0, "lb_backend_failures_total",
                      ",reason=\"connect\"", 1);
    expect_of_backend(admin, &lb, 0, "lb_backend_up", "", 0);
    expect_of_backend(admin, &lb, 1, "lb_backend_up", "", 1);
    assert_true(metric(admin, "lb_retries_total") >= 1);
    expect_metric(admin, "lb_requests_failed_total", 0);
    lb_restart_backend(&lb, 0);
    expect_of_backend(admin, &lb, 0, "lb_backend_up", "", 1);
    lb_stop(&lb);
}

static void failures_have_their_reasons(void **state)
{
    char head[4096];
    int client, backend;

    (void)state;
    start(&(struct lb_plan){WITH_ADMIN, .scripted = 1});
    for (int i = 0; i < 2; i++) {
        client = wire_connect(lb.port);
        wire_send_text(client, "POST / HTTP/1.1\r\nHost: h\r\n"
                               "Content-Length: 0\r\n\r\n");
        backend = lb_take(&lb, 0, head, sizeof head);
        if (i == 0)
            wire_send_text(backend, "HTTP/9.9 what?\r\n\r\n");
        wire_close(backend);
        wire_receive_all(client, head, sizeof head);
        assert_memory_equal(head, "HTTP/1.1 502 ", 13);
        wire_close(client);
    }
    expect_of_backend(admin, &lb, 0, "lb_backend_failures_total",
                      ",reason=\"malformed\"", 1);
    expect_of_backend(admin, &lb, 0, "lb_backend_failures_total",
                      ",reason=\"closed\"", 1);
    expect_of_backend(admin, &lb, 0, "lb_requests_total", ",status=\"502\"", 2);
    expect_metric(admin, "lb_requests_failed_total", 2);
    lb_stop(&lb);
}

static void a_client_that_leaves_is_counted_as_499(void **state)
{
    char head[4096];
    int client, backend;

    (void)state;
    start(&(struct lb_plan){WITH_ADMIN, .scripted = 1});
    client = wire_connect(lb.port);
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    backend = lb_take(&lb, 0, head, sizeof head);
    expect_metric(admin, "lb_connections_active", 1);
    expect_of_backend(admin, &lb, 0, "lb_backend_connections_active", "", 1);
    wire_reset(client);
    expect_of_backend(admin, &lb, 0, "lb_requests_total", ",status=\"499\"", 1);
    expect_metric(admin, "lb_connections_active", 0);
    expect_of_backend(admin, &lb, 0, "lb_backend_connections_active", "", 0);
    wire_close(backend);
    lb_stop(&lb);
}

/* ---- health ----------------------------------------------------------------- */

static void health_says_no_while_no_backend_is_up(void **state)
{
    (void)state;
    start(&(struct lb_plan){WITH_ADMIN, .real = 1});
    expect_health(admin, 200, "ok\n");
    lb_kill_backend(&lb, 0);
    get("/", 502);
    expect_health(admin, 503, "no backend is up\n");
    get("/", 503);
    lb_restart_backend(&lb, 0);
    expect_health(admin, 200, "ok\n");
    lb_stop(&lb);
}

static void health_says_no_while_it_drains(void **state)
{
    char head[4096];
    int client, backend;

    (void)state;
    start(&(struct lb_plan){WITH_ADMIN, .scripted = 1});
    client = wire_connect(lb.port);
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    backend = lb_take(&lb, 0, head, sizeof head);
    program_signal(lb.program, SIGTERM);
    expect_health(admin, 503, "draining\n"); /* the admin port is still there */
    assert_true(wire_refused(lb.port));
    expect_stats(admin, "\"draining\":true");
    wire_send_text(backend, LB_ANSWER);
    wire_receive_all(client, head, sizeof head);
    assert_non_null(strstr(head, "\r\n\r\nyes"));
    wire_close(client);
    wire_close(backend);
    lb_stop(&lb);
    assert_true(wire_refused(admin));
}

/* ---- pages ------------------------------------------------------------------ */

static void every_page_is_there(void **state)
{
    struct http_response r;
    char *page;

    (void)state;
    start(&(struct lb_plan){WITH_ADMIN, .real = 2});
    get("/", 200);
    http_get(admin, "/metrics", &r);
    assert_string_equal(http_field(&r, "Content-Type"),
                        "text/plain; version=0.0.4; charset=utf-8");
    http_response_free(&r);
    http_get(admin, "/lb-stats", &r);
    assert_string_equal(http_field(&r, "Content-Type"), "application/json");
    http_response_free(&r);
    http_get(admin, "/", &r);
    assert_string_equal(http_field(&r, "Content-Type"),
                        "text/html; charset=utf-8");
    assert_non_null(strstr(r.body, "</html>"));
    http_response_free(&r);
    http_get(admin, "/nothing", &r);
    assert_int_equal(r.status, 404);
    http_response_free(&r);
    page = admin_get(admin, "/metrics");
    promtool_approves(page, strlen(page));
    free(page);
    lb_stop(&lb);
}

/* A client of the admin port that does nothing, and one that reads nothing, are
 * no reason to stay. */
static void admin_clients_do_not_keep_it_from_ending(void **state)
{
    int silent, deaf;

    (void)state;
    start(&(struct lb_plan){WITH_ADMIN, .real = 1});
    silent = wire_connect(admin);
    deaf = wire_connect(admin);
    wire_send_text(deaf, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    get("/", 200);
    lb_stop(&lb);
    wire_expect_gone(silent);
    wire_expect_gone(deaf);
    wire_close(silent);
    wire_close(deaf);
}

static void without_m_there_is_no_admin_port(void **state)
{
    char *output;

    (void)state;
    lb_start_real(&lb, 1);
    get("/", 200);
    output = lb_stop_output(&lb);
    assert_null(strstr(output, "admin"));
    free(output);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(requests_are_counted_by_backend_and_status),
        fixture_test(refused_requests_are_counted_once),
        fixture_test(bytes_are_those_of_the_messages),
        fixture_test(kept_connections_are_hits),
        fixture_test(the_limiter_s_refusals_are_counted),
        fixture_test(a_backend_that_refuses_is_counted_and_found_down),
        fixture_test(a_backend_that_dies_is_down_and_costs_a_retry),
        fixture_test(failures_have_their_reasons),
        fixture_test(a_client_that_leaves_is_counted_as_499),
        fixture_test(health_says_no_while_no_backend_is_up),
        fixture_test(health_says_no_while_it_drains),
        fixture_test(every_page_is_there),
        fixture_test(admin_clients_do_not_keep_it_from_ending),
        fixture_test(without_m_there_is_no_admin_port),
    };

    return fixture_run("metrics_lb", tests);
}
