/* http_check: what is asked, and which answers are good. */
#include "fixture.h"
#include "scripted_backend.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static void the_request_is_whole(void **state)
{
    struct script s = {OK, 0, 0, 0};
    struct scripted it = scripted_start(&s);
    char expected[128], came[2048];
    ssize_t n;

    (void)state;
    check_backend_http(&it.backend, "/health", clock_now_ms() + 5000);
    n = read(it.heard, came, sizeof came);
    snprintf(expected, sizeof expected,
             "GET /health HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
             "Connection: close\r\n\r\n", it.port);
    scripted_end(&it);
    expect_bytes("the request", came, n > 0 ? (size_t)n : 0, expected,
                 strlen(expected));
}

static void a_200_is_healthy(void **state)
{
    (void)state;
    expect_result(OK, 1);
    expect_result("HTTP/1.0 200 OK\r\n\r\n", 1);
}

static void other_statuses_are_not(void **state)
{
    (void)state;
    expect_result("HTTP/1.1 204 No Content\r\n\r\n", 0);
    expect_result("HTTP/1.1 404 Not Found\r\n\r\n", 0);
    expect_result("HTTP/1.1 503 Service Unavailable\r\n\r\n200", 0);
}

static void no_answer_is_not(void **state)
{
    (void)state;
    expect_result("", 0);
    expect_result("HTTP/1.1 20", 0);
}

static void one_that_refuses_is_not(void **state)
{
    struct backend b;
    int port, holder = wire_refuse(&port);

    (void)state;
    backend_at(&b, port);
    expect_int("the check of a port that refuses",
               check_backend_http(&b, "/health", clock_now_ms() + 5000), 0);
    wire_close(holder);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_request_is_whole),
        fixture_test(a_200_is_healthy),
        fixture_test(other_statuses_are_not),
        fixture_test(no_answer_is_not),
        fixture_test(one_that_refuses_is_not),
    };

    return fixture_run("http_check", tests);
}
