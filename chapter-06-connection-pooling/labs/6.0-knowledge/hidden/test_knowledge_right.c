/* The answers. Where the course has code that knows, that code is asked. */
#include "answers.h"
#include "fixture.h"
#include "http_frame.h"
#include "http_head.h"

#include <string.h>

static enum http_verdict parse(struct http_head *h, const char *request)
{
    return http_head_parse_request(h, request, strlen(request));
}

static void chunks_cost_bytes(void **state)
{
    static const char body[] = "5\r\nhello\r\n0\r\n\r\n";
    struct http_frame f = {.framing = FRAME_CHUNKED};
    struct http_head h;

    (void)state;
    parse(&h, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
              "\r\n");
    http_frame_request(&f, &h);
    expect_answer_number("chunked_bytes",
                         (double)http_frame_scan(&f, body, sizeof body - 1));
}

static void two_lengths_are_refused(void **state)
{
    struct http_head h;

    (void)state;
    parse(&h, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
              "Transfer-Encoding: chunked\r\n\r\n");
    expect_answer_number("both", h.status);
}

static void some_answers_have_no_body(void **state)
{
    (void)state;
    expect_answer_number("not_modified", 0);
}

static void newest_out_oldest_closed(void **state)
{
    (void)state;
    expect_answer("lent", "C");
    expect_answer("pushed_out", "A");
}

static void an_idle_connection_is_silent(void **state)
{
    (void)state;
    expect_answer("spoke", "close|closes it|close it");
}

static void a_hit_is_a_connection_not_opened(void **state)
{
    (void)state;
    expect_answer_number("hit_percent", 100.0 * (1000 - 50) / 1000);
}

static void old_clients_must_ask(void **state)
{
    struct http_head h;

    (void)state;
    parse(&h, "GET / HTTP/1.0\r\nHost: a\r\n\r\n");
    expect_answer("old_client", http_head_keeps_alive(&h) ? "yes" : "no");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(chunks_cost_bytes),
        fixture_test(two_lengths_are_refused),
        fixture_test(some_answers_have_no_body),
        fixture_test(newest_out_oldest_closed),
        fixture_test(an_idle_connection_is_silent),
        fixture_test(a_hit_is_a_connection_not_opened),
        fixture_test(old_clients_must_ask),
    };

    return fixture_run("knowledge_right", tests);
}
