/* request_log: the status, the line, and the proxy that prints it. */
#include "fixture.h"
#include "lines.h"

/* The bytes lie before memory that may not be read. */
static void expect_status(const char *bytes, int status)
{
    size_t len = strlen(bytes);
    char *at = guard_copy(bytes, len);
    int came = http_status_peek(at, len);

    guard_free(at, len);
    expect_int(about("the status of \"%s\"", bytes), came, status);
}

static void the_status_is_read(void **state)
{
    (void)state;
    expect_status("HTTP/1.1 200", 200);
    expect_status("HTTP/1.0 404 Not Found\r\n", 404);
    expect_status("HTTP/1.1 100 Continue\r\n", 100);
    expect_status("HTTP/1.1 599", 599);
}

static void what_is_no_answer_is_told_apart(void **state)
{
    (void)state;
    expect_status("", 0);
    expect_status("H", 0);
    expect_status("HTTP/1.1 20", 0);
    expect_status("HTTP/1.1 099", -1);
    expect_status("HTTP/1.1 600", -1);
    expect_status("HTTP/2 200", -1);
    expect_status("HXTP", -1);
    expect_status("HTTP/1.1 2x", -1);
    expect_status("HTTP/1.x 200", -1);
}

static void expect_written(const struct request_record *r, const char *expected)
{
    char line[REQUEST_LOG_MAX];

    request_log_line(r, line);
    expect_text("the line", line, expected);
}

static void the_line_has_its_form(void **state)
{
    struct request_record r = {.client = "127.0.0.1:48098",
                               .method = SLICE("GET"),
                               .target = SLICE("/echo?x=y"),
                               .status = 200,
                               .bytes = 113,
                               .ms = 4};

    (void)state;
    expect_written(&r, "127.0.0.1:48098 \"GET /echo?x=y\" 200 113 4");
    r.broke_off = 1;
    r.bytes = 1ull << 40;
    expect_written(&r, "127.0.0.1:48098 \"GET /echo?x=y\" 200 1099511627776 4!");
    r.method.len = r.target.len = 0;
    r.status = 400;
    expect_written(&r, "127.0.0.1:48098 \"- -\" 400 1099511627776 4!");
}

static void a_line_for_each_answer(void **state)
{
    static const char answer[] =
        "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nnone\n";
    struct stage s = stage_open();
    char got[256];

    (void)state;
    for (int i = 0; i < 2; i++) {
        stage_request(&s, i ? "GET /second HTTP/1.1\r\nHost: a\r\n\r\n"
                            : "POST /a?x=y HTTP/1.1\r\nHost: a\r\n"
                              "Content-Length: 2\r\n\r\nhi");
        if (i == 0)
            wire_expect_text(s.backend, "hi");
        wire_send_text(s.backend, answer);
        wire_close(s.backend);
        wire_receive_all(s.client, got, sizeof got);
        expect_text("what the client gets", got, answer);
        wire_close(s.client);
        expect_line(&s, i ? "\"GET /second\" 404 50 "
                          : "\"POST /a?x=y\" 404 50 ");
    }
    stage_close(&s);
}

static void a_status_in_twelve_pieces(void **state)
{
    static const char answer[] = "HTTP/1.1 503 Busy\r\n\r\n";
    struct stage s = stage_open();

    (void)state;
    stage_request(&s, "GET /p HTTP/1.1\r\nHost: a\r\n\r\n");
    for (size_t i = 0; i < sizeof answer - 1; i++) {
        wire_send(s.backend, answer + i, 1);
        expect_receive("a byte of the answer", s.client, answer + i, 1);
    }
    wire_close(s.backend);
    wire_expect_end(s.client);
    wire_close(s.client);
    expect_line(&s, "\"GET /p\" 503 21 ");
    stage_close(&s);
}

static void our_own_answers_are_logged(void **state)
{
    struct stage s = stage_open();
    char got[1024], line[64];
    size_t len;

    (void)state;
    stage_request(&s, "GET /gone HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_close(s.backend); /* without a word */
    len = wire_receive_all(s.client, got, sizeof got);
    wire_close(s.client);
    snprintf(line, sizeof line, "\"GET /gone\" 502 %zu ", len);
    expect_line(&s, line);
    s.client = wire_connect(program_port(s.proxy));
    wire_send_text(s.client, "rubbish\r\n\r\n");
    len = wire_receive_all(s.client, got, sizeof got);
    wire_close(s.client);
    snprintf(line, sizeof line, "\"- -\" 400 %zu ", len);
    expect_line(&s, line);
    stage_close(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_status_is_read),
        fixture_test(what_is_no_answer_is_told_apart),
        fixture_test(the_line_has_its_form),
        fixture_test(a_line_for_each_answer),
        fixture_test(a_status_in_twelve_pieces),
        fixture_test(our_own_answers_are_logged),
    };

    return fixture_run("request_log", tests);
}
