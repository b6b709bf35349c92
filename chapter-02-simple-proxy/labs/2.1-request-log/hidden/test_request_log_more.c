/* request_log: hostile targets, and exchanges that do not end well. */
#include "fixture.h"
#include "lines.h"

static void a_quote_does_not_end_the_quotes(void **state)
{
    static char target[2 * REQUEST_LOG_TARGET], expected[REQUEST_LOG_MAX];
    struct request_record r = {.client = "[::1]:1",
                               .method = SLICE("GET"),
                               .target = SLICE("/\"a\""),
                               .status = 200};
    char line[REQUEST_LOG_MAX];
    size_t len;

    (void)state;
    request_log_line(&r, line);
    expect_text("the line of a target with quotes", line,
                "[::1]:1 \"GET /%22a%22\" 200 0 0");
    memset(target, '"', sizeof target);
    r.target = (struct slice){target, sizeof target};
    len = (size_t)snprintf(expected, sizeof expected, "[::1]:1 \"GET ");
    for (int i = 0; i < REQUEST_LOG_TARGET; i++)
        len += (size_t)snprintf(expected + len, sizeof expected - len, "%%22");
    snprintf(expected + len, sizeof expected - len, "\" 200 0 0");
    request_log_line(&r, line);
    expect_text("the line of 512 quotes", line, expected);
}

static void an_answer_that_breaks_off_is_marked(void **state)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab";
    struct stage s = stage_open();
    const char *at;

    (void)state;
    stage_request(&s, "GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_send_text(s.backend, answer);
    expect_receive("the answer", s.client, answer, sizeof answer - 1);
    wire_reset(s.backend);
    wire_expect_gone(s.client);
    wire_close(s.client);
    expect_line(&s, "\"GET /b\" 200 40 ");
    at = program_expect(s.proxy, "\"GET /b\"");
    expect_that(about("the line %.40s", at),
                strcspn(at, "!") < strcspn(at, "\n"),
                "\"!\" behind the milliseconds");
    stage_close(&s);
}

static void a_client_that_has_left_is_not_logged(void **state)
{
    static char much[1 << 20];
    struct stage s = stage_open();
    char got[64];

    (void)state;
    memset(much, 'x', sizeof much);
    memcpy(much, "HTTP/1.1 200 OK\r\n\r\n", 19);
    stage_request(&s, "GET /left HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_reset(s.client);
    send(s.backend, much, sizeof much, 0); /* it may be gone before the end */
    wire_expect_gone(s.backend);
    wire_close(s.backend);
    stage_request(&s, "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_send_text(s.backend, "HTTP/1.1 200 OK\r\n\r\n");
    wire_close(s.backend);
    wire_receive_all(s.client, got, sizeof got);
    wire_close(s.client);
    expect_line(&s, "\"GET /next\" 200 19 ");
    expect_that(about("the log\n%s", program_output(s.proxy)),
                strstr(program_output(s.proxy), "/left") == NULL,
                "nothing of the client that left");
    stage_close(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_quote_does_not_end_the_quotes),
        fixture_test(an_answer_that_breaks_off_is_marked),
        fixture_test(a_client_that_has_left_is_not_logged),
    };

    return fixture_run("request_log_more", tests);
}
