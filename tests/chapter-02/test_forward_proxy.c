/* forward_proxy over real sockets: requests in absolute form, tunnels, curl. */

#include "deadline.h"
#include "failure.h"
#include "fixture.h"
#include "http_client.h"
#include "program.h"
#include "wire.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROXY   "chapter-02-simple-proxy/forward_proxy"
#define BACKEND "backends/simple_http_backend"

#define ESTABLISHED "HTTP/1.1 200 Connection Established\r\n\r\n"

/* Sends a request in which %d stands for a port (once or twice). */
static int ask(const struct program *p, const char *request, int port)
{
    int client = wire_connect(program_port(p));
    const char *at = request, *percent;
    char number[8];

    snprintf(number, sizeof number, "%d", port);
    while ((percent = strstr(at, "%d")) != NULL) {
        wire_send(client, at, (size_t)(percent - at));
        wire_send_text(client, number);
        at = percent + 2;
    }
    wire_send_text(client, at);
    return client;
}

/* An open tunnel to a host that the test plays. */
static int open_tunnel(const struct program *p, int listener, int port,
                       int *host)
{
    int client = ask(p, "CONNECT 127.0.0.1:%d HTTP/1.1\r\n"
                        "Host: 127.0.0.1:%d\r\n\r\n", port);

    wire_expect_text(client, ESTABLISHED);
    *host = wire_accept(listener);
    return client;
}

/* ---- absolute form ------------------------------------------------------ */

static void an_absolute_target_becomes_an_origin_one(void **state)
{
    static const struct {
        const char *request, *line;
    } cases[] = {
        {"GET http://127.0.0.1:%d/x?y HTTP/1.1\r\nHost: elsewhere\r\n",
         "GET /x?y HTTP/1.1\r\n"},
        {"GET HTTP://127.0.0.1:%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n",
         "GET / HTTP/1.1\r\n"},
        {"GET http://127.0.0.1:%d?q HTTP/1.0\r\n", "GET /?q HTTP/1.0\r\n"},
        {"OPTIONS http://127.0.0.1:%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n",
         "OPTIONS * HTTP/1.1\r\n"},
    };
    int port, listener = wire_listen(&port);
    struct program *p = program_start(PROXY, "0", NULL);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char wanted[256], request[512];
        int client, host;

        snprintf(request, sizeof request,
                 "%sProxy-Connection: keep-alive\r\nAccept: */*\r\n"
                 "proxy-authorization: Basic eDp5\r\n\r\n", cases[i].request);
        snprintf(wanted, sizeof wanted,
                 "%sHost: 127.0.0.1:%d\r\nAccept: */*\r\n"
                 "Via: 1.1 forward_proxy\r\nConnection: close\r\n\r\n",
                 cases[i].line, port);
        client = ask(p, request, port);
        host = wire_accept(listener);
        wire_expect_text(host, wanted);
        wire_send_text(host, "HTTP/1.1 200 OK\r\n\r\nok");
        wire_close(host);
        wire_expect_text(client, "HTTP/1.1 200 OK\r\n\r\nok");
        wire_expect_end(client);
        wire_close(client);
    }
    close(listener);
    program_stop(p);
}

static void a_body_goes_with_it(void **state)
{
    int port, listener = wire_listen(&port), client, host;
    struct program *p = program_start(PROXY, "0", NULL);
    char head[512];

    (void)state;
    client = ask(p, "POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n"
                    "Content-Length: 10\r\n\r\nfirst", port);
    host = wire_accept(listener);
    wire_receive_until(host, "\r\n\r\n", head, sizeof head);
    wire_expect_text(host, "first");
    wire_send_text(client, " half");
    wire_expect_text(host, " half");
    wire_send_text(host, "HTTP/1.1 204 No Content\r\n\r\n");
    wire_close(host);
    wire_expect_text(client, "HTTP/1.1 204 No Content\r\n\r\n");
    wire_expect_end(client);
    wire_close(client);
    close(listener);
    program_stop(p);
}

/* ---- tunnels ------------------------------------------------------------ */

static void a_tunnel_carries_any_bytes(void **state)
{
    int port, listener = wire_listen(&port), client, host;
    struct program *p = program_start(PROXY, "0", NULL);
    unsigned char all[256], got[256];

    (void)state;
    for (int i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    client = open_tunnel(p, listener, port, &host);
    wire_send(client, all, sizeof all);
    wire_receive(host, got, sizeof got);
    assert_memory_equal(got, all, sizeof all);
    wire_send(host, all, sizeof all);
    wire_receive(client, got, sizeof got);
    assert_memory_equal(got, all, sizeof all);
    wire_close(client);
    wire_expect_end(host);
    wire_close(host);
    close(listener);
    program_stop(p);
}

/* The trap: a client that does not wait for the 200 (TLS with a saved session
 * need not) sends its hello in the same segment as the head. */
static void bytes_that_come_with_the_head_reach_the_host(void **state)
{
    int port, listener = wire_listen(&port), client, host;
    struct program *p = program_start(PROXY, "0", NULL);

    (void)state;
    client = ask(p, "CONNECT 127.0.0.1:%d HTTP/1.1\r\n"
                    "Host: 127.0.0.1:%d\r\n\r\n\x16\x03\x01 hello", port);
    host = wire_accept(listener);
    wire_expect_text(host, "\x16\x03\x01 hello");
    wire_expect_text(client, ESTABLISHED);
    wire_send_text(host, "server hello");
    wire_expect_text(client, "server hello");
    wire_close(client);
    wire_expect_end(host);
    wire_close(host);
    close(listener);
    program_stop(p);
}

/* The host speaks first (SMTP does): nothing is waited for from the client. */
static void a_host_may_speak_first(void **state)
{
    int port, listener = wire_listen(&port), client, host;
    struct program *p = program_start(PROXY, "0", NULL);

    (void)state;
    client = open_tunnel(p, listener, port, &host);
    wire_send_text(host, "220 ready\r\n");
    wire_expect_text(client, "220 ready\r\n");
    wire_close(host);
    wire_expect_end(client);
    wire_close(client);
    close(listener);
    program_stop(p);
}

static void a_tunnel_half_closes_either_way(void **state)
{
    struct program *p = program_start(PROXY, "0", NULL);
    int port, listener = wire_listen(&port);

    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        int client, host, first, second;

        client = open_tunnel(p, listener, port, &host);
        first = turn == 0 ? client : host;
        second = turn == 0 ? host : client;
        wire_shut(first); /* without having sent a byte */
        wire_expect_end(second);
        wire_send_text(second, "still here");
        wire_expect_text(first, "still here");
        wire_shut(second);
        wire_expect_end(first);
        wire_close(client);
        wire_close(host);
    }
    close(listener);
    program_stop(p);
}

static void a_tunnel_ends_when_an_end_resets(void **state)
{
    struct program *p = program_start(PROXY, "0", NULL);
    int port, listener = wire_listen(&port);

    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        int client, host;

        client = open_tunnel(p, listener, port, &host);
        wire_reset(turn == 0 ? client : host);
        wire_expect_gone(turn == 0 ? host : client);
        wire_close(turn == 0 ? host : client);
    }
    close(listener);
    program_stop(p);
}

static void a_tunnel_to_an_ipv6_address(void **state)
{
    int port, listener = wire_listen6(&port), client, host;
    struct program *p = program_start(PROXY, "0", NULL);

    (void)state;
    client = ask(p, "CONNECT [::1]:%d HTTP/1.1\r\nHost: [::1]:%d\r\n\r\n",
                 port);
    wire_expect_text(client, ESTABLISHED);
    host = wire_accept(listener);
    wire_send_text(client, "x");
    wire_expect_text(host, "x");
    wire_close(client);
    wire_close(host);
    close(listener);
    program_stop(p);
}

static void a_tunnel_to_a_name(void **state)
{
    int port, listener = wire_listen(&port), client, host;
    struct program *p = program_start(PROXY, "0", NULL);

    (void)state;
    client = ask(p, "CONNECT localhost:%d HTTP/1.0\r\n\r\n", port);
    wire_expect_text(client, ESTABLISHED);
    host = wire_accept(listener);
    wire_close(client);
    wire_expect_end(host);
    wire_close(host);
    close(listener);
    program_stop(p);
}

/* ---- refusals ----------------------------------------------------------- */

static void refuses_what_it_cannot_do(void **state)
{
    static const struct {
        const char *request, *status, *logged;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", "400 Bad Request",
         ": 400: neither CONNECT nor an http:// target\n"},
        {"GET https://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n",
         "400 Bad Request", ": 400: neither CONNECT nor an http:// target\n"},
        {"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n",
         "400 Bad Request", ": 400: neither CONNECT nor an http:// target\n"},
        {"CONNECT 127.0.0.1 HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n",
         "400 Bad Request", ": 400: request target with a malformed host\n"},
        {"GET http://127.0.0.1:%d/ HTTP/1.1\r\n\r\n", "400 Bad Request",
         ": 400: no Host\n"},
        /* nobody listens there */
        {"GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n",
         "502 Bad Gateway", ": 502: connect to the host: Connection refused\n"},
        {"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: a\r\n\r\n",
         "502 Bad Gateway", ": 502: connect to the host: Connection refused\n"},
        /* no name: two dots in a row */
        {"CONNECT a..b:%d HTTP/1.1\r\nHost: a\r\n\r\n", "502 Bad Gateway",
         ": 502: the host name does not resolve\n"},
    };
    int port, listener = wire_listen(&port);
    struct program *p = program_start(PROXY, "0", NULL);

    (void)state;
    close(listener);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int client = ask(p, cases[i].request, port);
        char wanted[512];

        snprintf(wanted, sizeof wanted,
                 "HTTP/1.1 %s\r\nContent-Type: text/plain\r\n"
                 "Content-Length: 16\r\nConnection: close\r\n\r\n%s\n",
                 cases[i].status, cases[i].status);
        wire_expect_text(client, wanted);
        wire_expect_end(client);
        wire_close(client);
        program_expect(p, cases[i].logged);
    }
    program_stop(p);
}

static void a_host_that_says_nothing_is_a_502(void **state)
{
    int port, listener = wire_listen(&port), client, host;
    struct program *p = program_start(PROXY, "0", NULL);
    char head[512];

    (void)state;
    client = ask(p, "GET http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n",
                 port);
    host = wire_accept(listener);
    wire_receive_until(host, "\r\n\r\n", head, sizeof head);
    wire_close(host);
    wire_expect_text(client, "HTTP/1.1 502 Bad Gateway\r\n");
    wire_expect_gone(client);
    wire_close(client);
    close(listener);
    program_stop(p);
}

/* ---- curl --------------------------------------------------------------- */

/* Runs `curl ... URL` through the proxy; skips the test where there is none. */
static struct run curl(const struct program *p, const char *tunnel,
                       const char *url, const char *data)
{
    const char *argv[] = {"/usr/bin/env", "curl", "-sS", "--max-time", "20",
                          "-x", NULL, "--noproxy", "", tunnel, url,
                          "-w", "%{http_code}",
                          data != NULL ? "--data-binary" : NULL, data, NULL};
    char proxy[64];

    if (system("command -v curl >/dev/null 2>&1") != 0)
        skip();
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", program_port(p));
    argv[6] = proxy;
    return program_run(argv, NULL, 0);
}

static void curl_gets_and_posts_both_ways(void **state)
{
    static const char *const ways[] = {"--no-proxytunnel", "--proxytunnel"};
    struct program *b = program_start(BACKEND, "0", "b1", NULL);
    struct program *p = program_start(PROXY, "0", NULL);
    char url[64];

    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", program_port(b));
    for (int i = 0; i < 2; i++) {
        struct run r = curl(p, ways[i], url, NULL);

        assert_string_equal(r.err, "");
        assert_int_equal(r.status, 0);
        assert_string_equal(r.out, "Hello from b1\n200");
        run_free(&r);
        r = curl(p, ways[i], url, "some data");
        assert_string_equal(r.out, "Hello from b1\n200");
        run_free(&r);
    }
    program_stop(p);
    program_stop(b);
}

static void curl_fetches_ten_mib_through_a_tunnel(void **state)
{
    struct program *b = program_start(BACKEND, "0", "b1", NULL);
    struct program *p = program_start(PROXY, "0", NULL);
    struct http_response direct;
    char url[64];
    struct run r;

    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/bytes/10485760",
             program_port(b));
    r = curl(p, "--proxytunnel", url, NULL);
    http_get(program_port(b), "/bytes/10485760", &direct);
    assert_int_equal(r.out_len, direct.body_len + 3); /* and the status */
    assert_memory_equal(r.out, direct.body, direct.body_len);
    http_response_free(&direct);
    run_free(&r);
    program_stop(p);
    program_stop(b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(an_absolute_target_becomes_an_origin_one),
        fixture_test(a_body_goes_with_it),
        fixture_test(a_tunnel_carries_any_bytes),
        fixture_test(bytes_that_come_with_the_head_reach_the_host),
        fixture_test(a_host_may_speak_first),
        fixture_test(a_tunnel_half_closes_either_way),
        fixture_test(a_tunnel_ends_when_an_end_resets),
        fixture_test(a_tunnel_to_an_ipv6_address),
        fixture_test(a_tunnel_to_a_name),
        fixture_test(refuses_what_it_cannot_do),
        fixture_test(a_host_that_says_nothing_is_a_502),
        fixture_test(curl_gets_and_posts_both_ways),
        fixture_test(curl_fetches_ten_mib_through_a_tunnel),
    };

    return fixture_run("forward_proxy", tests);
}
