/* A backend's `Keep-Alive: timeout=N`: read, and obeyed by the pools. */
#include "failure.h"
#include "fixture.h"
#include "http_response.h"

#include "http_rig.h"

/* ---- what it says -------------------------------------------------------- */

static void the_seconds_are_read(void **state)
{
    static const struct {
        const char *fields;
        int seconds;
    } cases[] = {
        {"", -1},
        {"Keep-Alive: timeout=5\r\n", 5},
        {"keep-alive: TIMEOUT=5\r\n", 5},
        {"Keep-Alive: timeout=5, max=100\r\n", 5},
        {"Keep-Alive: max=100 ,\ttimeout=15\r\n", 15},
        {"Keep-Alive: timeout=0\r\n", 0},
        {"Keep-Alive: timeout=86400\r\n", 86400},
        {"Keep-Alive: timeout=18446744073709551615\r\n", 86400},
        /* what can't be read is as good as nothing */
        {"Keep-Alive: timeout=18446744073709551616\r\n", -1},
        {"Keep-Alive: timeout=\r\n", -1},
        {"Keep-Alive: timeout\r\n", -1},
        {"Keep-Alive: timeout=-1\r\n", -1},
        {"Keep-Alive: timeout=5s\r\n", -1},
        {"Keep-Alive: timeout =5\r\n", -1},
        {"Keep-Alive: xtimeout=5\r\n", -1},
        {"Keep-Alive: 5\r\n", -1},
        {"Keep-Alive:\r\n", -1},
        {"Keep-Alive: timeout=x, timeout=7\r\n", 7},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_response r;
        char text[256], *at;
        int len = snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\n%s\r\n",
                           cases[i].fields), got;

        at = guard_copy(text, (size_t)len);
        assert_int_equal(http_response_parse(&r, at, (size_t)len),
                         HTTP_COMPLETE);
        got = http_response_keeps_s(&r);
        if (got != cases[i].seconds)
            failure("%s: %d", cases[i].fields, got);
        guard_free(at, (size_t)len);
    }
}

/* ---- what is done -------------------------------------------------------- */

#define YES_WITH(fields) \
    "HTTP/1.1 200 OK\r\n" fields "Content-Length: 3\r\n\r\nyes"

/* An exchange with this answer. *backend is the connection, or -1: then it becomes
 * a new one. */
static void exchange(struct rig *rig, const char *answer, int *backend)
{
    int client = rig_client(rig, HTTP_GET);

    if (*backend < 0)
        *backend = rig_accept(rig, 0);
    http_rig_take(rig, *backend);
    wire_send_text(*backend, answer);
    rig_until(rig, rig_idle(rig) == 1);
    wire_close(client);
    rig_until(rig, rig_idle(rig) == 0);
}

/* The connection stays for so long and no longer. */
static void expect_kept(struct rig *rig, int backend, uint64_t ms)
{
    rig_pass(rig, ms - 1);
    rig_settle(rig);
    assert_false(rig_is_readable(backend));
    rig_pass(rig, 1);
    rig_until(rig, rig_is_readable(backend));
    wire_expect_end(backend);
    wire_close(backend);
}

static void it_is_closed_a_second_before_the_backend_does(void **state)
{
    struct http_rig h;
    struct rig *rig = http_rig_open(&h, 1);
    int backend = -1;

    (void)state;
    exchange(rig, HTTP_YES, &backend); /* kept for long, if it were the last */
    exchange(rig, YES_WITH("Keep-Alive: timeout=5\r\n"), &backend);
    expect_kept(rig, backend, 4000);
    http_rig_close(&h);
}

static void a_longer_time_than_ours_changes_nothing(void **state)
{
    struct http_rig h;
    struct rig *rig = http_rig_open(&h, 1);
    int backend = -1;

    (void)state;
    exchange(rig, YES_WITH("Keep-Alive: timeout=5000\r\n"), &backend);
    expect_kept(rig, backend, 1000000);
    http_rig_close(&h);
}

static void with_no_time_left_it_is_not_kept(void **state)
{
    static const char *const answers[] = {
        YES_WITH("Keep-Alive: timeout=1\r\n"),
        YES_WITH("Keep-Alive: timeout=0\r\n")};
    struct http_rig h;
    struct rig *rig = http_rig_open(&h, 1);

    (void)state;
    for (int i = 0; i < 2; i++) {
        int backend = -1;

        exchange(rig, answers[i], &backend);
        rig_until(rig, rig_is_readable(backend));
        wire_expect_end(backend);
        wire_close(backend);
    }
    http_rig_close(&h);
}

/* What it said last holds, for those that are idle already, too. */
static void the_last_word_holds(void **state)
{
    struct http_rig h;
    struct rig *rig = http_rig_open(&h, 1);
    int backend = -1;

    (void)state;
    exchange(rig, HTTP_YES, &backend);
    rig_pass(rig, 9000);
    exchange(rig, YES_WITH("Keep-Alive: timeout=5\r\n"), &backend);
    rig_pass(rig, 3000);
    exchange(rig, HTTP_YES, &backend);
    expect_kept(rig, backend, 1000000);
    http_rig_close(&h);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_seconds_are_read),
        fixture_test(it_is_closed_a_second_before_the_backend_does),
        fixture_test(a_longer_time_than_ours_changes_nothing),
        fixture_test(with_no_time_left_it_is_not_kept),
        fixture_test(the_last_word_holds),
    };

    return fixture_run("Keep-Alive: timeout", tests);
}
