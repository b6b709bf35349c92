/* health_http: a health check that asks for a page. The backend is the test. */
#include "fixture.h"

#include "../chapter-04/lone_prober.h"
#include "health_http.h"

#include <string.h>

static int listener;
static int backend; /* its end of the check that is under way */

/* A check has begun, and the backend has accepted it. */
static void begin_check_of(const char *path)
{
    int port;

    listener = wire_listen(&port);
    begin();
    add(port);
    open_prober();
    prober.policy.accepted = health_http_ask;
    prober.policy.path = path;
    pass(0);
    backend = wire_accept(listener);
    decide(0);
}

/* The request has been read: what is not would reset the answer. */
static void take_request(void)
{
    char request[4096];

    wire_receive_until(backend, "\r\n\r\n", request, sizeof request);
}

static void begin_check(void)
{
    begin_check_of("/health");
    take_request();
}

/* What the backend has said or done is seen by the check. */
static void see(void)
{
    int fd = fd_of(0);

    assert_int_equal(fake.events[fd], WATCH_READ);
    assert_true(deadline_poll(fd, POLLIN, deadline_in(10000)) > 0);
    fake_ready(&fake, fd, WATCH_READ);
}

static void end_check(void)
{
    assert_int_equal(fd_of(0), -1);
    assert_int_equal(fake_count(&fake), 0);
    assert_int_equal(set.backends[0].checks, 1);
    wire_close(backend);
    wire_close(listener);
}

/* ---- what is asked ------------------------------------------------------ */

static void it_asks_for_the_path_and_says_who_it_is(void **state)
{
    char request[4096], expected[512];

    (void)state;
    begin_check_of("/is/it?well=1");
    snprintf(expected, sizeof expected,
             "GET /is/it?well=1 HTTP/1.1\r\nHost: %s\r\n"
             "User-Agent: lb-health-check\r\nConnection: close\r\n\r\n",
             set.backends[0].name);
    wire_receive_until(backend, "\r\n\r\n", request, sizeof request);
    assert_string_equal(request, expected);
    wire_send_text(backend, "HTTP/1.1 200 OK\r\n\r\n");
    see();
    end_check();
}

/* The longest that a configuration may hold fits; more is a failed check. */
static void a_long_path_fits(void **state)
{
    static char path[1024];
    char request[4096];

    (void)state;
    memset(path, 'p', sizeof path - 1);
    path[0] = '/';
    begin_check_of(path);
    wire_receive_until(backend, "\r\n\r\n", request, sizeof request);
    assert_memory_equal(request + 4, path, sizeof path - 1);
    wire_send_text(backend, "HTTP/1.1 204 No Content\r\n\r\n");
    see();
    assert_true(set.backends[0].is_healthy);
    end_check();
}

static void a_path_that_does_not_fit_is_a_failure(void **state)
{
    static char path[4000];

    (void)state;
    memset(path, 'p', sizeof path - 1);
    begin_check_of(path);
    assert_false(set.backends[0].is_healthy);
    end_check();
}

/* ---- what is answered --------------------------------------------------- */

static void expect_verdict(const char *answer, int healthy)
{
    begin_check();
    wire_send_text(backend, answer);
    see();
    if (set.backends[0].is_healthy != healthy)
        fail_msg("\"%s\": healthy %d", answer, set.backends[0].is_healthy);
    end_check();
}

static void from_200_to_399_it_is_well(void **state)
{
    static const char *const well[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 301 Moved\r\n\r\n",
        "HTTP/1.1 399 Odd\r\n\r\n",
        "HTTP/1.1 200\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof well / sizeof *well; i++)
        expect_verdict(well[i], 1);
}

static void anything_else_is_not(void **state)
{
    static const char *const ill[] = {
        "HTTP/1.1 404 Not Found\r\n\r\n",
        "HTTP/1.1 503 Service Unavailable\r\n\r\n",
        "HTTP/1.1 500 Internal Server Error\r\n\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "HTTP/1.1 199 Odd\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1_200 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 -20 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "220 mail.example ESMTP\r\n",
        "<html>200 200 200 200</html>",
    };

    (void)state;
    for (size_t i = 0; i < sizeof ill / sizeof *ill; i++)
        expect_verdict(ill[i], 0);
}

static void bytes_that_are_no_text_are_not_well(void **state)
{
    (void)state;
    begin_check();
    wire_send(backend, "\x16\x03\x01\x00\x00\x00\xff\xff\x00\x00\x00\x00\x00",
              13);
    see();
    assert_false(set.backends[0].is_healthy);
    end_check();
}

/* A status line in pieces, each a turn of the loop. Between them it waits: a
 * level-triggered loop would call it for nothing if it did not read. */
static void a_status_line_may_come_byte_by_byte(void **state)
{
    static const char answer[] = "HTTP/1.1 200";

    (void)state;
    begin_check();
    for (size_t i = 0; i < sizeof answer - 1; i++) {
        assert_int_equal(set.backends[0].checks, 0);
        wire_send(backend, answer + i, 1);
        see();
    }
    assert_true(set.backends[0].is_healthy);
    end_check();
}

static void nothing_to_read_is_not_the_end(void **state)
{
    (void)state;
    begin_check();
    fake_ready(&fake, fd_of(0), WATCH_READ);
    assert_int_equal(set.backends[0].checks, 0);
    wire_send_text(backend, "HTTP/1.1 200 OK\r\n\r\n");
    see();
    assert_true(set.backends[0].is_healthy);
    end_check();
}

/* The rest, however long, is neither read nor waited for. */
static void a_long_answer_is_not_read(void **state)
{
    static char body[100000];

    (void)state;
    begin_check();
    wire_send_text(backend, "HTTP/1.1 200 OK\r\n\r\n");
    wire_send_some(backend, body, sizeof body);
    see();
    assert_true(set.backends[0].is_healthy);
    end_check();
}

/* ---- no answer ---------------------------------------------------------- */

static void silence_is_a_failure_when_the_time_is_over(void **state)
{
    (void)state;
    begin_check();
    pass(PROBE_TIMEOUT_MS - 1);
    assert_int_equal(set.backends[0].checks, 0);
    pass(1);
    assert_false(set.backends[0].is_healthy);
    end_check();
}

/* Bytes that trickle do not win it time: the limit is for the whole check. */
static void a_slow_answer_is_a_failure(void **state)
{
    (void)state;
    begin_check();
    for (int i = 0; i < 4; i++) {
        wire_send_text(backend, "H");
        see();
        pass(PROBE_TIMEOUT_MS / 5);
    }
    pass(PROBE_TIMEOUT_MS / 5);
    assert_false(set.backends[0].is_healthy);
    end_check();
}

static void an_end_before_the_status_is_a_failure(void **state)
{
    (void)state;
    begin_check();
    wire_shut(backend);
    see();
    assert_false(set.backends[0].is_healthy);
    end_check();

    begin_check();
    wire_send_text(backend, "HTTP/1.1 20");
    wire_shut(backend);
    see();
    if (fd_of(0) >= 0)
        see();
    assert_false(set.backends[0].is_healthy);
    end_check();
}

static void a_reset_is_a_failure(void **state)
{
    (void)state;
    begin_check();
    wire_reset(backend);
    see();
    assert_false(set.backends[0].is_healthy);
    backend = wire_connect(set.backends[0].where.port); /* for end_check() */
    end_check();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(it_asks_for_the_path_and_says_who_it_is),
        fixture_test(a_long_path_fits),
        fixture_test(a_path_that_does_not_fit_is_a_failure),
        fixture_test(from_200_to_399_it_is_well),
        fixture_test(anything_else_is_not),
        fixture_test(bytes_that_are_no_text_are_not_well),
        fixture_test(a_status_line_may_come_byte_by_byte),
        fixture_test(nothing_to_read_is_not_the_end),
        fixture_test(a_long_answer_is_not_read),
        fixture_test(silence_is_a_failure_when_the_time_is_over),
        fixture_test(a_slow_answer_is_a_failure),
        fixture_test(an_end_before_the_status_is_a_failure),
        fixture_test(a_reset_is_a_failure),
    };

    return fixture_run("health_http", tests);
}
