/* lb: many workers and generations, one truth: counters, limits, what requests
 * say about backends. */
#include "fixture.h"

#include "../chapter-08/promtool.h"
#include "whole_lb.h"

static struct whole c;
static int counts[LB_BACKENDS];
static pid_t pids[WHOLE_CHILDREN];

/* ---- counters ------------------------------------------------------------- */

static int ends_in(const char *text, size_t len, const char *end)
{
    size_t n = strlen(end);

    return len >= n && memcmp(text + len - n, end, n) == 0;
}

/* Whether a line of /metrics is a counter: by its name. */
static int only_goes_up(const char *line)
{
    size_t name = strcspn(line, "{ ");

    return line[0] != '#' &&
           (ends_in(line, name, "_total") || ends_in(line, name, "_bucket") ||
            ends_in(line, name, "_sum") || ends_in(line, name, "_count"));
}

static double value_in(const char *page, const char *line, size_t series)
{
    for (const char *at = page; at != NULL; at = strchr(at, '\n')) {
        at += *at == '\n';
        if (strncmp(at, line, series + 1) == 0)
            return strtod(at + series, NULL);
    }
    failure("the series is gone: %.*s", (int)series, line);
}

/* No counter of the page before has become less, or gone; then `now` is. */
static void expect_only_up(char **before)
{
    char *now = admin_get(c.admin, "/metrics");
    int compared = 0;

    for (const char *at = *before; *at != '\0'; at = strchr(at, '\n') + 1) {
        size_t series = strcspn(at, "\n");

        while (series > 0 && at[series] != ' ')
            series--;
        if (!only_goes_up(at))
            continue;
        compared++;
        if (value_in(now, at, series) < strtod(at + series, NULL))
            failure("%.*s was more: %g", (int)strcspn(at, "\n"), at,
                    value_in(now, at, series));
    }
    assert_in_range(compared, 20, 100000);
    free(*before);
    *before = now;
}

static void kill_a_worker(int workers)
{
    pid_t victim;

    whole_expect_children(&c, workers, pids);
    victim = pids[0];
    assert_int_equal(kill(victim, SIGKILL), 0);
    for (deadline_t limit = deadline_in(10000);
         whole_expect_children(&c, workers, pids), pids[0] == victim;)
        assert_true(deadline_pause(limit));
}

static int answered[2]; /* so many requests, by each backend */

static void make_requests(int requests)
{
    whole_count(&c, requests, counts);
    answered[0] += counts[0];
    answered[1] += counts[1];
}

static void counters_only_go_up(void **state)
{
    static const char one[] =
        "'workers': 3, 'backends': [{'host': '127.0.0.1', 'port': $1}]";
    char *page;

    (void)state;
    whole_start(&c, 2, "'workers': 3");
    make_requests(30);
    page = admin_get(c.admin, "/metrics");
    whole_reload(&c, one);
    expect_only_up(&page);
    make_requests(10);
    expect_only_up(&page);
    kill_a_worker(3);
    expect_only_up(&page);
    whole_reload(&c, "'workers': 1");
    make_requests(10);
    expect_only_up(&page);
    whole_write(&c, "'workers': -1");
    whole_fails(&c, ": workers: ");
    expect_only_up(&page);
    for (int i = 0; i < 2; i++)
        expect_of_backend(c.admin, &c.lb, i, "lb_requests_total",
                          ",status=\"200\"", answered[i]);
    expect_metric(c.admin, "lb_reloads_total{result=\"ok\"}", 2);
    expect_metric(c.admin, "lb_reloads_total{result=\"failed\"}", 1);
    free(page);
    whole_stop(&c);
}

/* A generation that retires still serves: its clients are clients. */
static void connections_of_all_are_counted(void **state)
{
    int clients[8];

    (void)state;
    whole_start(&c, 1, "'workers': 4");
    for (int i = 0; i < 8; i++) {
        if (i == 4)
            whole_reload(&c, "'workers': 2");
        clients[i] = wire_connect(c.lb.port);
        wire_send_text(clients[i], LB_GET);
        wire_expect_text(clients[i], "HTTP/1.1 200 OK\r\n");
        expect_metric(c.admin, "lb_connections_active", i + 1);
    }
    expect_metric(c.admin, "lb_connections_total", 8);
    for (int i = 0; i < 8; i++) {
        wire_close(clients[i]);
        expect_metric(c.admin, "lb_connections_active", 7 - i);
    }
    whole_stop(&c);
}

static void prometheus_can_read_it(void **state)
{
    char *page;

    (void)state;
    whole_start(&c, 3, "'workers': 3, 'rate_limit': {'per_ip': 1000}");
    whole_count(&c, 12, counts);
    whole_reload(&c, "'workers': 2");
    whole_count(&c, 12, counts);
    page = admin_get(c.admin, "/metrics");
    whole_stop(&c);
    promtool_approves(page, strlen(page));
    free(page);
}

static void the_pages_know_how_many_workers_there_are(void **state)
{
    (void)state;
    whole_start(&c, 1, "'workers': 3");
    expect_stats(c.admin, "\"workers\":3");
    expect_stats(c.admin, "\"program\":\"lb\"");
    whole_reload(&c, "'workers': 2");
    expect_stats(c.admin, "\"workers\":2");
    expect_stats(c.admin, "\"reloads\":{\"ok\":1,\"failed\":0}");
    whole_stop(&c);
}

/* ---- the rate limit ------------------------------------------------------- */

/* Of so many requests of one client, how many pass. */
static int passing(int requests)
{
    int passed = 0;

    for (int i = 0; i < requests; i++) {
        struct http_response r;

        http_get(c.lb.port, "/", &r);
        passed += r.status == 200;
        if (r.status != 200) {
            assert_int_equal(r.status, 429);
            assert_non_null(http_field(&r, "Retry-After"));
        }
        http_response_free(&r);
    }
    return passed;
}

/* One request in 1000 s: what is used up stays so for the length of a test. */
#define TEN(algorithm)                                            \
    "'workers': 4, 'rate_limit': {'algorithm': '" algorithm "', " \
    "'per_ip': 0.001, 'burst': 10}"

static void one_limit_holds_for_all_workers_and_reloads(void **state)
{
    (void)state;
    whole_start(&c, 1, TEN("token_bucket"));
    assert_int_equal(passing(40), 10);
    whole_reload(&c, TEN("token_bucket"));
    assert_int_equal(passing(5), 0);
    expect_metric(c.admin, "lb_rate_limited_total", 35); /* told, before ... */
    kill_a_worker(4);
    assert_int_equal(passing(5), 0);
    expect_metric(c.admin, "lb_rate_limited_total", 40);
    whole_reload(&c, "'workers': 4");
    assert_int_equal(passing(20), 20); /* there is none any more */
    whole_stop(&c);
}

/* ---- what requests say about backends ------------------------------------- */

/* Its checks ask for a page and have a long time to wait for it. */
#define ASKED                                                        \
    "'health_check': {'interval': 60, 'timeout': 60, 'path': '/up'}, " \
    "'retries': 3, 'algorithm': 'round_robin'"

static int check; /* the one that is under way; -1: none */

/* The next request that comes to backend 2, not a check: those are kept waiting,
 * so that only requests decide. */
static int take_request(void)
{
    char head[4096];
    int fd;

    for (;;) {
        fd = lb_take(&c.lb, 1, head, sizeof head);
        if (strncmp(head, "GET /up ", 8) != 0)
            return fd;
        assert_int_equal(check, -1);
        check = fd;
    }
}

/* A request through the load balancer that backend 2 gets, and fails or not. */
static void play(int fails)
{
    int client = wire_connect(c.lb.port), fd;
    struct http_response r;

    wire_send_text(client,
                   "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    fd = take_request();
    if (fails)
        wire_reset(fd);
    else
        wire_send_text(fd, LB_ANSWER);
    http_receive(client, "GET", &r); /* if 2 fails, 1 helps out */
    assert_int_equal(r.status, 200);
    http_response_free(&r);
    if (!fails)
        wire_close(fd);
    wire_close(client);
}

/* Round robin: every second one goes to backend 1. */
static void play_in_turn(int fails)
{
    char name[64];

    play(fails);
    if (!fails) {
        http_get_backend(c.lb.port, "/", 200, name);
        assert_string_equal(name, "b1");
    }
}

static void begin_passive(const char *workers)
{
    char members[512], head[4096];
    int fd;

    check = -1;
    whole_start_plan(&c, &(struct lb_plan){.real = 1, .scripted = 1},
                     "'backends': [{'host': '127.0.0.1', 'port': $1}]");
    snprintf(members, sizeof members, "%s, 'backends': ["
             "{'host': '127.0.0.1', 'port': $2},"
             "{'host': '127.0.0.1', 'port': $1}], " ASKED, workers);
    whole_write(&c, members);
    program_signal(c.lb.program, SIGHUP);
    fd = lb_take(&c.lb, 1, head, sizeof head); /* the first check decides */
    assert_memory_equal(head, "GET /up ", 8);
    wire_send_text(fd, "HTTP/1.1 200 OK\r\n\r\n");
    wire_close(fd);
    whole_await(&c);
}

static void end_passive(void)
{
    if (check >= 0)
        wire_close(check);
    whole_stop(&c);
}

static void failures_of_requests_take_a_backend_down(void **state)
{
    (void)state;
    begin_passive("'workers': 1");
    for (int i = 1; i <= 3; i++) {
        expect_of_backend(c.admin, &c.lb, 1, "lb_backend_up", "", 1);
        play_in_turn(1);
        expect_of_backend(c.admin, &c.lb, 1, "lb_backend_failures_total",
                          ",reason=\"closed\"", i);
    }
    expect_of_backend(c.admin, &c.lb, 1, "lb_backend_up", "", 0);
    lb_expect_order(&c.lb, "b1 b1 b1 b1");
    end_passive();
}

static void one_that_succeeds_between_makes_a_new_beginning(void **state)
{
    (void)state;
    begin_passive("'workers': 1");
    play_in_turn(1);
    play_in_turn(1);
    play_in_turn(0);
    play_in_turn(1);
    play_in_turn(1);
    expect_of_backend(c.admin, &c.lb, 1, "lb_backend_failures_total",
                      ",reason=\"closed\"", 4);
    expect_of_backend(c.admin, &c.lb, 1, "lb_backend_up", "", 1);
    play_in_turn(1);
    expect_of_backend(c.admin, &c.lb, 1, "lb_backend_up", "", 0);
    end_passive();
}

/* It has answered: that is not the kind of failure that is meant. */
static void an_answer_of_500_is_no_failure(void **state)
{
    (void)state;
    whole_start(&c, 1, "'workers': 2");
    for (int i = 0; i < 8; i++)
        http_get_backend(c.lb.port, "/status/500", 500, (char[64]){0});
    expect_of_backend(c.admin, &c.lb, 0, "lb_requests_total",
                      ",status=\"500\"", 8);
    expect_of_backend(c.admin, &c.lb, 0, "lb_backend_up", "", 1);
    lb_expect_order(&c.lb, "b1 b1");
    whole_stop(&c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(counters_only_go_up),
        fixture_test(connections_of_all_are_counted),
        fixture_test(prometheus_can_read_it),
        fixture_test(the_pages_know_how_many_workers_there_are),
        fixture_test(one_limit_holds_for_all_workers_and_reloads),
        fixture_test(failures_of_requests_take_a_backend_down),
        fixture_test(one_that_succeeds_between_makes_a_new_beginning),
        fixture_test(an_answer_of_500_is_no_failure),
    };

    return fixture_run("lb_truth", tests);
}
