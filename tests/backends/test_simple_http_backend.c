/* The paths of the test server, and how its answers end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deadline.h"
#include "fixture.h"
#include "http_client.h"
#include "program.h"
#include "wire.h"

static struct program *start(void)
{
    return program_start("backends/simple_http_backend", "0", "b1", NULL);
}

/* One GET; the answer has this status and body, and says who answered. */
static void expect_answer(int port, const char *target, int status,
                          const char *body)
{
    struct http_response r;

    http_get(port, target, &r);
    assert_int_equal(r.status, status);
    assert_string_equal(r.body, body);
    assert_string_equal(http_field(&r, "X-Backend"), "b1");
    http_response_free(&r);
}

static void post(int port, const char *target)
{
    struct http_response r;

    http_request(port, "POST", target, "", "x", 1, &r);
    assert_int_equal(r.status, 200);
    http_response_free(&r);
}

static void short_answers(void **state)
{
    struct program *p = start();
    int port = program_port(p);

    (void)state;
    expect_answer(port, "/", 200, "Hello from b1\n");
    expect_answer(port, "/?query=1", 200, "Hello from b1\n");
    expect_answer(port, "http://example.org/", 200, "Hello from b1\n");
    expect_answer(port, "http://example.org", 200, "Hello from b1\n");
    expect_answer(port, "HTTP://a:1/health?x", 200, "healthy\n");
    expect_answer(port, "/health", 200, "healthy\n");
    expect_answer(port, "/nothing", 404, "Not Found\n");
    expect_answer(port, "/health/", 404, "Not Found\n");
    expect_answer(port, "/delay/0", 200, "milliseconds waited: 0\n");
    program_stop(p);
}

static void health_is_switched(void **state)
{
    struct program *p = start();
    int port = program_port(p);

    (void)state;
    post(port, "/health/fail");
    expect_answer(port, "/health", 503, "failing\n");
    expect_answer(port, "/", 200, "Hello from b1\n");
    expect_answer(port, "/health/ok", 405, "Method Not Allowed\n");
    expect_answer(port, "/health", 503, "failing\n");
    post(port, "/health/ok");
    expect_answer(port, "/health", 200, "healthy\n");
    program_stop(p);
}

static void statuses(void **state)
{
    struct program *p = start();
    int port = program_port(p);
    struct http_response r;

    (void)state;
    for (int status = 200; status <= 599; status++) {
        char target[32];

        snprintf(target, sizeof target, "/status/%d", status);
        http_get(port, target, &r);
        assert_int_equal(r.status, status);
        assert_int_equal(r.body_len == 0, status == 204 || status == 304);
        assert_int_equal(http_field(&r, "Content-Length") == NULL,
                         status == 204 || status == 304);
        http_response_free(&r);
    }
    program_stop(p);
}

static void numbers_are_strict(void **state)
{
    static const char *const wrong[] = {
        "/bytes/", "/bytes/x", "/bytes/1x", "/bytes/-1", "/bytes/+1",
        "/bytes/%31", "/bytes/1073741825", "/bytes/99999999999999999999",
        "/bytes/18446744073709551617", "/chunked/1073741825", "/chunked/0x10",
        "/delay/60001", "/delay/1.5", "/status/199", "/status/600",
        "/status/20", "/status/2000"
    };
    struct program *p = start();

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        expect_answer(program_port(p), wrong[i], 400, "Bad Request\n");
    program_stop(p);
}

/* The byte at offset i is 'a' + i % 26. */
static void check_pattern(const char *data, size_t len, size_t offset)
{
    for (size_t i = 0; i < len; i++)
        if (data[i] != (char)('a' + (offset + i) % 26))
            fail_msg("wrong byte at offset %zu", offset + i);
}

static void bytes_and_chunks(void **state)
{
    static const size_t lengths[] = { 0, 1, 25, 26, 27, 8191, 8192, 8193,
                                      16384, 212991, 212992, 212993, 1000000 };
    struct program *p = start();
    char target[64];
    struct http_response r;

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (int chunked = 0; chunked < 2; chunked++) {
            snprintf(target, sizeof target, "/%s/%zu",
                     chunked ? "chunked" : "bytes", lengths[i]);
            http_get(program_port(p), target, &r);
            assert_int_equal(r.status, 200);
            assert_int_equal(r.chunked, chunked);
            assert_int_equal(r.body_len, lengths[i]);
            check_pattern(r.body, r.body_len, 0);
            http_response_free(&r);
        }
    program_stop(p);
}

static void sixty_four_mebibytes(void **state)
{
    static char part[1 << 16];
    struct program *p = start();
    int fd = wire_connect(program_port(p));

    (void)state;
    wire_send_text(fd, "GET /bytes/67108864 HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_receive_until(fd, "\r\n\r\n", part, sizeof part);
    for (size_t at = 0; at < 67108864; at += sizeof part) {
        wire_receive(fd, part, sizeof part);
        check_pattern(part, sizeof part, at);
    }
    wire_expect_silence(fd, 20);
    wire_close(fd);
    program_stop(p);
}

static void delay_delays_nobody_else(void **state)
{
    struct program *p = start();
    int port = program_port(p), slow = wire_connect(port);
    deadline_t begin = deadline_in(0);
    struct http_response r;
    long cpu;

    (void)state;
    wire_send_text(slow, "GET /delay/60000 HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_answer(port, "/", 200, "Hello from b1\n");
    wire_shut(slow); /* nothing more will come: no reason to spin, either */
    cpu = program_cpu_ms(p);
    wire_expect_silence(slow, 300);
    assert_true(program_cpu_ms(p) - cpu <= 100);
    wire_close(slow);

    slow = wire_connect(port);
    wire_send_text(slow, "GET /delay/150 HTTP/1.1\r\nHost: a\r\n\r\n");
    wire_shut(slow); /* half a close is no reason to answer early, or never */
    http_receive(slow, "GET", &r);
    assert_string_equal(r.body, "milliseconds waited: 150\n");
    assert_true(deadline_in(0) - begin >= 150);
    http_response_free(&r);
    wire_expect_end(slow);
    wire_close(slow);
    program_stop(p);
}

static void head_has_no_body(void **state)
{
    static const char *const targets[] = { "/", "/echo", "/bytes/100",
                                           "/chunked/100", "/status/404" };
    struct program *p = start();
    int fd = wire_connect(program_port(p));

    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct http_response get, head;
        char request[128];

        for (int k = 0; k < 2; k++) {
            snprintf(request, sizeof request,
                     "%s %s HTTP/1.1\r\nHost: a\r\n\r\n",
                     k == 0 ? "HEAD" : "GET", targets[i]);
            wire_send_text(fd, request);
            http_receive(fd, k == 0 ? "HEAD" : "GET", k == 0 ? &head : &get);
        }
        assert_int_equal(head.body_len, 0);
        if (strcmp(targets[i], "/echo") != 0) /* there the methods differ */
            assert_string_equal(head.head, get.head);
        http_response_free(&head);
        http_response_free(&get);
    }
    wire_close(fd);
    program_stop(p);
}

static void echo_returns_head_and_body(void **state)
{
    static const char fields[] = "X-One:  1 \r\nContent-Length: 5\r\n"
                                 "Connection: close\r\n";
    struct program *p = start();
    struct http_response r;

    (void)state;
    http_request(program_port(p), "PUT", "/echo?q", fields, "a\0b\r\n", 5, &r);
    assert_int_equal(r.body_len, strlen(r.body) + 4);
    assert_string_equal(r.body, "PUT /echo?q HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                "X-One:  1 \r\nContent-Length: 5\r\n"
                                "Connection: close\r\n\r\na");
    assert_memory_equal(r.body + r.body_len - 5, "a\0b\r\n", 5);
    http_response_free(&r);
    program_stop(p);
}

static void echo_is_limited(void **state)
{
    size_t len = 8000000;
    char *body = malloc(len);
    struct program *p = start();
    struct http_response r;
    int fd = wire_connect(program_port(p));

    (void)state;
    memset(body, 'x', len);
    http_request(program_port(p), "POST", "/echo", "", body, len, &r);
    assert_int_equal(r.status, 200);
    assert_memory_equal(r.body + r.body_len - len, body, len);
    http_response_free(&r);

    wire_send_text(fd, "POST /echo HTTP/1.1\r\nHost: a\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n900000\r\n");
    wire_send(fd, body, len);
    wire_send(fd, body, 0x900000 - len); /* the answer waits behind all of it */
    http_receive(fd, "POST", &r);
    assert_int_equal(r.status, 413);
    assert_true(r.closes);
    wire_shut(fd);
    wire_expect_end(fd);
    http_response_free(&r);
    free(body);
    wire_close(fd);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(short_answers),
        fixture_test(health_is_switched),
        fixture_test(statuses),
        fixture_test(numbers_are_strict),
        fixture_test(bytes_and_chunks),
        fixture_test(sixty_four_mebibytes),
        fixture_test(delay_delays_nobody_else),
        fixture_test(head_has_no_body),
        fixture_test(echo_returns_head_and_body),
        fixture_test(echo_is_limited),
    };
    return fixture_run("simple_http_backend", tests);
}
