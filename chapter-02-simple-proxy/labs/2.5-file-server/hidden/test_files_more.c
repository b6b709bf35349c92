/* files: HEAD, and what looks like a file and is none. */
#include "fixture.h"
#include "site.h"

static void head_is_get_without_the_body(void **state)
{
    static unsigned char big[BIG];
    struct program *p = start_site(big);
    struct http_response r;

    (void)state;
    http_request(program_port(p), "HEAD", "/big.png", "", NULL, 0, &r);
    expect_int("the status of HEAD /big.png", r.status, 200);
    expect_text("Content-Length", http_field(&r, "Content-Length"), "100000");
    http_response_free(&r);
    program_stop(p);
}

static void a_named_pipe_stops_nobody(void **state)
{
    static unsigned char big[BIG];
    struct program *p = start_site(big);

    (void)state;
    expect_int("mkfifo", mkfifo("www/pipe", 0666), 0);
    expect_status(p, "GET", "/pipe", 404);
    expect_status(p, "GET", "/", 200);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(head_is_get_without_the_body),
        fixture_test(a_named_pipe_stops_nobody),
    };

    return fixture_run("files_more", tests);
}
