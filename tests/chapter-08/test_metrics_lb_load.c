/* metrics_lb: many requests at once, and somebody who asks for the numbers all the
 * time: in the end they are exact, and on the way no counter goes down. */
#include "fixture.h"

#include <signal.h>

#include "measured_lb.h"

#define CLIENTS  8
#define REQUESTS 200 /* of each */

static struct lb lb;

/* Every line of an earlier page that is a counter's is in the later one, and not
 * less. */
static void expect_no_less(const char *before, const char *now)
{
    char series[512];

    for (const char *at = before; *at != '\0'; at = strchr(at, '\n') + 1) {
        const char *space = strchr(at, ' '), *later;
        int len = (int)(space - at);
        double was, is;

        snprintf(series, sizeof series, "\n%.*s ", len, at);
        if (*at == '#' || (strstr(series, "_total") == NULL &&
                           strstr(series, "_bucket") == NULL))
            continue;
        later = strstr(now, series);
        assert_non_null(later);
        was = strtod(space, NULL);
        is = strtod(later + len + 1, NULL);
        if (is < was)
            failure("it went down: %s from %g to %g", series, was, is);
    }
}

static void send_all(int fd)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    for (int i = 0; i < REQUESTS; i++) /* pipelined */
        wire_send(fd, request, sizeof request - 1);
}

static void numbers_are_exact_under_load(void **state)
{
    int fds[CLIENTS], admin;
    char *before, *now;
    struct http_response r;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 2,
                                    .options = {"-m", "0"}});
    admin = admin_port(lb.program);
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = wire_connect(lb.port);
        send_all(fds[i]);
    }
    before = admin_get(admin, "/metrics");
    for (int i = 0; i < REQUESTS; i++) {
        for (int j = 0; j < CLIENTS; j++) {
            http_receive(fds[j], "GET", &r);
            assert_int_equal(r.status, 200);
            http_response_free(&r);
        }
        if (i % 10 != 0)
            continue;
        now = admin_get(admin, "/metrics");
        expect_no_less(before, now);
        free(before);
        before = now;
    }
    free(before);
    for (int i = 0; i < CLIENTS; i++)
        wire_close(fds[i]);
    for (int i = 0; i < 2; i++) /* in turns: half each */
        expect_of_backend(admin, &lb, i, "lb_requests_total",
                          ",status=\"200\"", CLIENTS * REQUESTS / 2);
    expect_metric(admin, "lb_connections_total", CLIENTS);
    expect_metric(admin, "lb_connections_active", 0);
    expect_metric(admin, "metrics_lost_total", 0);
    expect_stats(admin, "\"requests\":{\"total\":1600,\"failed\":0,"
                        "\"by_status\":{\"200\":1600}}");
    expect_stats(admin, "\"count\":1600,");
    lb_stop(&lb);
}

/* Descriptors do not leak, whatever the admin port's clients do. */
static void hostile_admin_clients_leave_nothing_behind(void **state)
{
    int admin, before;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 1,
                                    .options = {"-m", "0"}});
    admin = admin_port(lb.program);
    free(admin_get(admin, "/metrics"));
    lb_expect_idle(&lb, 50);
    before = program_descriptors(lb.program);
    for (int i = 0; i < 100; i++) {
        int fd = wire_connect(admin);

        wire_send_text(fd, i % 3 == 0 ? "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
                           : i % 3 == 1 ? "GET /met" : "\x01\x02\x03\r\n\r\n");
        if (i % 2)
            wire_reset(fd);
        else
            wire_close(fd);
    }
    lb_expect_descriptors(&lb, before);
    expect_health(admin, 200, "ok\n");
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(numbers_are_exact_under_load),
        fixture_test(hostile_admin_clients_leave_nothing_behind),
    };

    return fixture_run("metrics_lb_load", tests);
}
