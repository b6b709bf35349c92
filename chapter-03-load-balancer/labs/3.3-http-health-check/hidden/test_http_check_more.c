/* http_check: answers in pieces, answers too late, and such as look good. */
#include "fixture.h"
#include "scripted_backend.h"

static void single_bytes_are_put_together(void **state)
{
    struct script s = {"HTTP/1.1 200 OK\r\n\r\n", 1, 2, 0};

    (void)state;
    expect_int("a 200 in single bytes", check_within(&s, 5000), 1);
}

static void the_reason_may_be_missing(void **state)
{
    (void)state;
    expect_result("HTTP/1.1 200\r\n\r\n", 1);
    expect_result("HTTP/1.1 200 \r\n\r\n", 1);
}

static void what_only_looks_like_200_is_not(void **state)
{
    (void)state;
    expect_result("HTTP/1.1 2000 OK\r\n\r\n", 0);
    expect_result("200 OK\r\nHTTP/1.1 200 OK\r\n\r\n", 0);
    expect_result("HTTP/1.1 500 HTTP/1.1 200 OK\r\n\r\n", 0);
    expect_result("HTTP/2.0 200 OK\r\n\r\n", 0);
}

static void silence_ends_at_the_deadline(void **state)
{
    struct script s = {"", 0, 0, 1};

    (void)state;
    expect_int("one that says nothing", check_within(&s, 100), 0);
}

/* Each byte comes in time by itself; all together are far too late. */
static void a_trickle_ends_at_the_deadline(void **state)
{
    struct script s = {"HTTP/1.1 200 OK\r\n\r\n", 1, 0, 1};

    (void)state;
    s.pause_ms = deadline_left(deadline_in(60));
    expect_int("a byte each 60 ms, a deadline of 200 ms",
               check_within(&s, 200), 0);
}

static void a_path_too_long_is_not_sent(void **state)
{
    struct script s = {"HTTP/1.1 200 OK\r\n\r\n", 0, 0, 0};
    struct scripted it = scripted_start(&s);
    char path[4096];
    int ok;

    (void)state;
    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    ok = check_backend_http(&it.backend, path, clock_now_ms() + 5000);
    scripted_end(&it);
    expect_int("a path of 4095 bytes", ok, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(single_bytes_are_put_together),
        fixture_test(the_reason_may_be_missing),
        fixture_test(what_only_looks_like_200_is_not),
        fixture_test(silence_ends_at_the_deadline),
        fixture_test(a_trickle_ends_at_the_deadline),
        fixture_test(a_path_too_long_is_not_sent),
    };

    return fixture_run("http_check_more", tests);
}
