/* http_body: what comes at once, and what never ends. */
#include "fixture.h"
#include "bodies.h"
#include "http_client.h"
#include "program.h"
#include "wire.h"

static void requests_may_come_at_once(void **state)
{
    static const char *const lines[] = {"POST /a 5\n", "POST /b 3\n",
                                        "GET /c 0\n"};
    struct program *p = program_start(lab_program("size_server"), "0", NULL);
    int fd = wire_connect(program_port(p));

    (void)state;
    wire_send_text(fd, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5"
                       "\r\n\r\nhello"
                       "POST /b HTTP/1.1\r\nHost: a\r\n" CHUNKED
                       "\r\n3\r\nabc\r\n0\r\n\r\n"
                       "GET /c HTTP/1.1\r\nHost: a\r\n\r\n");
    for (int i = 0; i < 3; i++) {
        struct http_response r;

        http_receive(fd, "POST", &r);
        expect_text("the answer", r.body, lines[i]);
        http_response_free(&r);
    }
    wire_close(fd);
    program_stop(p);
}

static void expect_refused(const char *what, const char *begin)
{
    struct http_body b = body_of(CHUNKED);
    char out[64], more[64];
    size_t out_len;

    memset(more, 'x', sizeof more);
    give(&b, begin, strlen(begin), 100, out, &out_len);
    for (int i = 0; i < 1000 && b.state == HTTP_BODY_MORE; i++)
        http_body_take(&b, more, sizeof more, out, &out_len);
    expect_int(about("the state after 64,000 bytes of %s", what), b.state,
               HTTP_BODY_BAD);
}

static void nothing_is_without_a_limit(void **state)
{
    (void)state;
    expect_refused("an extension", "1;");
    expect_refused("a trailer", "0\r\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(requests_may_come_at_once),
        fixture_test(nothing_is_without_a_limit),
    };

    return fixture_run("http_body_more", tests);
}
