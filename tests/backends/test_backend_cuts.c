/* Requests that arrive in pieces: wherever the cut is, the answers are the same. */
#include <string.h>

#include "fixture.h"
#include "http_client.h"
#include "program.h"
#include "wire.h"

#define HOST "Host: a\r\n"

static const char requests[] =
    "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
    "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\n"
    "GET / HTTP/1.1\r\n" HOST "\r\n"
    "\r\n"
    "POST /delay/7 HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nxyz"
    "GET /chunked/27 HTTP/1.1\r\n" HOST "\r\n"
    "HEAD /bytes/27 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n";

#define OK_HEAD \
    "HTTP/1.1 200 OK\r\nX-Backend: b1\r\nContent-Type: text/plain\r\n"

static const char answers[] =
    OK_HEAD "Content-Length: 65\r\n\r\n"
    "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nabcde"
    OK_HEAD "Content-Length: 14\r\n\r\nHello from b1\n"
    OK_HEAD "Content-Length: 23\r\n\r\nmilliseconds waited: 7\n"
    OK_HEAD "Transfer-Encoding: chunked\r\n\r\n"
    "1b\r\nabcdefghijklmnopqrstuvwxyza\r\n0\r\n\r\n"
    OK_HEAD "Content-Length: 27\r\nConnection: close\r\n\r\n";

static void expect_answers(int fd)
{
    char text[4096];

    wire_shut(fd);
    assert_int_equal(wire_receive_all(fd, text, sizeof text),
                     sizeof answers - 1);
    assert_string_equal(text, answers);
    wire_close(fd);
}

static void every_cut_gives_the_same_answers(void **state)
{
    struct program *p =
        program_start("backends/simple_http_backend", "0", "b1", NULL);

    (void)state;
    for (size_t cut = 1; cut < sizeof requests; cut += 3) {
        int fd = wire_connect(program_port(p));

        wire_send(fd, requests, cut);
        if (cut < 40) /* no answer to wait for yet: let it be read alone */
            wire_expect_silence(fd, 1);
        wire_send(fd, requests + cut, sizeof requests - 1 - cut);
        expect_answers(fd);
    }
    program_stop(p);
}

static void so_do_single_bytes(void **state)
{
    struct program *p =
        program_start("backends/simple_http_backend", "0", "b1", NULL);
    int fd = wire_connect(program_port(p));

    (void)state;
    for (size_t i = 0; i + 1 < sizeof requests; i++)
        wire_send(fd, requests + i, 1);
    expect_answers(fd);
    program_stop(p);
}

/* One byte changed anywhere: an answer or a refusal comes, never a hang. */
static void survives_mangled_requests(void **state)
{
    struct program *p =
        program_start("backends/simple_http_backend", "0", "b1", NULL);
    uint32_t random = random_seed();
    char mangled[sizeof requests], name[64];

    (void)state;
    for (int n = 0; n < 300; n++) {
        int fd = wire_connect(program_port(p));

        memcpy(mangled, requests, sizeof requests);
        mangled[random_next(&random) % (sizeof requests - 1)] =
            (char)random_next(&random);
        wire_send(fd, mangled, sizeof mangled - 1);
        wire_shut(fd);
        wire_expect_gone(fd);
        wire_close(fd);
    }
    http_get_backend(program_port(p), "/", 200, name);
    assert_string_equal(name, "b1");
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(every_cut_gives_the_same_answers),
        fixture_test(so_do_single_bytes),
        fixture_test(survives_mangled_requests),
    };
    return fixture_run("backend_cuts", tests);
}
