/* http_body: where it ends and what is in it; and a server that goes on. */
#include "fixture.h"
#include "bodies.h"
#include "http_client.h"
#include "program.h"
#include "wire.h"

static void a_known_length_is_the_end(void **state)
{
    (void)state;
    expect_body("Content-Length: 5\r\n", "helloGET", 100, "hello", 3);
    expect_body("Content-Length: 5\r\n", "helloGET", 2, "hello", 3);
    expect_body("Content-Length: 0\r\n", "GET", 100, "", 3);
    expect_body("", "GET", 100, "", 3);
}

static void chunks_are_joined(void **state)
{
    (void)state;
    expect_body(CHUNKED, "5\r\nhello\r\n0\r\n\r\nGET", 100, "hello", 3);
    expect_body(CHUNKED, "1\r\na\r\n00b\r\nbcdefghijkl\r\n0\r\n\r\n", 100,
                "abcdefghijkl", 0);
    expect_body(CHUNKED, "A\r\n0123456789\r\n0\r\n\r\n", 100, "0123456789", 0);
    expect_body(CHUNKED, "000\r\n\r\n", 100, "", 0);
    expect_body(CHUNKED, "4\r\n\r\n\r\n\r\n0\r\n\r\n", 100, "\r\n\r\n", 0);
}

static void the_cuts_do_not_matter(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 30; piece++)
        expect_body(CHUNKED,
                    "c\r\nhello, world\r\n2;x=y\r\n!\n\r\n0\r\nA: b\r\n\r\nGET",
                    piece, "hello, world!\n", 3);
}

static void extensions_and_trailers_are_dropped(void **state)
{
    (void)state;
    expect_body(CHUNKED, "1;a=\"b\";c\r\nx\r\n0;last\r\n\r\nGET", 100, "x", 3);
    expect_body(CHUNKED, "1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\nGET", 100, "x", 3);
}

static void what_is_no_chunk_is_refused(void **state)
{
    static const char *const bad[] = {
        "g\r\n",  "\r\n",  "5\nhello", "5 \r\nhello", " 5\r\nhello",
        "+5\r\n", "-1\r\n", "0x5\r\n", ";a\r\n", "5\rhello", "5\r\nhello0",
        "5\r\nhello\n0", "5\r\nhello\r0", "0\r\nA: b\n\r\n", "0\r\n\rGET",
        "5;a\n", "1000000000000000\r\n"};
    char out[64];
    size_t out_len;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct http_body b = body_of(CHUNKED);

        give(&b, bad[i], strlen(bad[i]), 100, out, &out_len);
        expect_int(about("the state after \"%s\"", bad[i]), b.state,
                   HTTP_BODY_BAD);
    }
}

/* The next answer on a connection is 200 and this line. */
static void expect_size(int fd, const char *line)
{
    struct http_response r;

    http_receive(fd, "POST", &r);
    expect_int(about("the status before %s", line), r.status, 200);
    expect_text("the answer", r.body, line);
    http_response_free(&r);
}

static void two_requests_on_one_connection(void **state)
{
    struct program *p = program_start(lab_program("size_server"), "0", NULL);
    int fd = wire_connect(program_port(p));

    (void)state;
    wire_send_text(fd, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5"
                       "\r\n\r\nhello");
    expect_size(fd, "POST /a 5\n");
    wire_send_text(fd, "GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_size(fd, "GET /b 0\n");
    wire_close(fd);
    program_stop(p);
}

static void what_the_client_says_of_the_end_counts(void **state)
{
    struct program *p = program_start(lab_program("size_server"), "0", NULL);
    int fd = wire_connect(program_port(p));

    (void)state;
    wire_send_text(fd, "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close"
                       "\r\n\r\n");
    expect_size(fd, "GET /a 0\n");
    wire_expect_end(fd);
    wire_close(fd);
    fd = wire_connect(program_port(p));
    wire_send_text(fd, "GET /b HTTP/1.0\r\n\r\n");
    expect_size(fd, "GET /b 0\n");
    wire_expect_end(fd);
    wire_close(fd);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_known_length_is_the_end),
        fixture_test(chunks_are_joined),
        fixture_test(the_cuts_do_not_matter),
        fixture_test(extensions_and_trailers_are_dropped),
        fixture_test(what_is_no_chunk_is_refused),
        fixture_test(two_requests_on_one_connection),
        fixture_test(what_the_client_says_of_the_end_counts),
    };

    return fixture_run("http_body", tests);
}
