/* lb with proxy_protocol: a PROXY header first, or nothing. */
#include "fixture.h"

#include "failure.h"
#include "whole_lb.h"

#define PROXIED "'proxy_protocol': true, 'listen_address': '127.0.0.1'"

#define V1 "PROXY TCP4 198.51.100.7 192.0.2.1 51234 443\r\n"
#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V4 "\xc6\x33\x64\x08\xc0\x00\x02\x01\xc8\x22\x01\xbb"
static const char v2[] = SIGNATURE "\x21\x11\0\x0f" V4
                         "\x04\0\0"; /* a TLV that says nothing */
static const char v2_tls[] = SIGNATURE "\x21\x11\0\x1e" V4
                             "\x20\0\x0f\x01\0\0\0\x01\x21\0\x07TLSv1.3";
static const char v2_not_tls[] = SIGNATURE "\x21\x11\0\x14" V4
                                 "\x20\0\x05\x06\0\0\0\0";
static const char v2_lies[] = SIGNATURE "\x21\x11\0\x14" V4
                              "\x20\0\x06\x01\0\0\0\0"; /* has 5 */
static const char local[] = SIGNATURE "\x20\x00\0\0";

/* A request comes to the backend, from this client by http or https; it is
 * answered. Another one may come on both connections. */
static void expect_from(struct whole *c, int client, int *backend,
                        const char *ip, const char *proto)
{
    char head[4096], line[64];

    if (*backend < 0)
        *backend = lb_take(&c->lb, 0, head, sizeof head);
    else
        wire_receive_until(*backend, "\r\n\r\n", head, sizeof head);
    snprintf(line, sizeof line, "\r\nX-Real-IP: %s\r\n", ip);
    if (strstr(head, line) == NULL)
        failure("not from %s: %s", ip, head);
    snprintf(line, sizeof line, "\r\nX-Forwarded-Proto: %s\r\n", proto);
    if (strstr(head, line) == NULL)
        failure("not by %s: %s", proto, head);
    wire_send_text(*backend, LB_YES);
    wire_expect_text(client, LB_YES);
}

static void expect_client(const void *header, size_t len, const char *ip,
                          const char *proto)
{
    struct whole c;
    int client, backend = -1;

    whole_start_scripted(&c, 1, PROXIED);
    client = wire_connect(c.lb.port);
    wire_send(client, header, len);
    wire_send_text(client, LB_GET);
    expect_from(&c, client, &backend, ip, proto);
    wire_close(client);
    wire_close(backend);
    whole_stop(&c);
}

static void version_1_says_who_asks(void **state)
{
    (void)state;
    expect_client(V1, strlen(V1), "198.51.100.7", "http");
}

static void version_2_says_who_asks(void **state)
{
    (void)state;
    expect_client(v2, sizeof v2 - 1, "198.51.100.8", "http");
}

static void version_2_says_how_he_came(void **state)
{
    (void)state;
    expect_client(v2_tls, sizeof v2_tls - 1, "198.51.100.8", "https");
    expect_client(v2_not_tls, sizeof v2_not_tls - 1, "198.51.100.8", "http");
}

static void a_proxy_may_speak_for_itself(void **state)
{
    (void)state;
    expect_client(local, sizeof local - 1, "127.0.0.1", "http");
    expect_client("PROXY UNKNOWN\r\n", 15, "127.0.0.1", "http");
}

static void expect_three(const void *header, size_t len, const char *ip,
                         const char *proto)
{
    struct whole c;
    int client, backend = -1;

    whole_start_scripted(&c, 1, PROXIED);
    client = wire_connect(c.lb.port);
    wire_send(client, header, len);
    for (int i = 0; i < 3; i++) {
        wire_send_text(client, LB_GET);
        expect_from(&c, client, &backend, ip, proto);
        wire_expect_silence(client, 20);
    }
    wire_close(client);
    wire_close(backend);
    whole_stop(&c);
}

/* The header is that of the connection: it comes once, and the client stays the
 * same when it has been silent in between. */
static void it_holds_for_all_requests_of_a_connection(void **state)
{
    (void)state;
    expect_three(V1, strlen(V1), "198.51.100.7", "http");
    expect_three(v2_tls, sizeof v2_tls - 1, "198.51.100.8", "https");
}

/* The client of the connection is a proxy itself, and trusted: what it says of a
 * request holds for that one, and what is known of the connection for the next. */
static void a_proxy_behind_it_may_know_more(void **state)
{
    static const struct {
        const char *fields, *ip, *proto;
    } requests[] = {
        {"X-Forwarded-Proto: http\r\nX-Forwarded-For: 6.6.6.6\r\n", "6.6.6.6",
         "http"},
        {"", "198.51.100.8", "https"},
        {"X-Forwarded-Proto: HTTP\r\n", "198.51.100.8", "http"},
        {"X-Forwarded-Proto: gopher\r\n", "198.51.100.8", "https"},
    };
    struct whole c;
    int client, backend = -1;
    char text[256];

    (void)state;
    whole_start_scripted(&c, 1,
                         PROXIED ", 'trusted_proxies': ['198.51.100.8']");
    client = wire_connect(c.lb.port);
    wire_send(client, v2_tls, sizeof v2_tls - 1);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: h\r\n%s\r\n",
                 requests[i].fields);
        wire_send_text(client, text);
        expect_from(&c, client, &backend, requests[i].ip, requests[i].proto);
        wire_expect_silence(client, 20);
    }
    wire_close(client);
    wire_close(backend);
    whole_stop(&c);
}

/* Also if nothing comes at first, and then the header in pieces. */
static void it_may_come_bit_by_bit(void **state)
{
    struct whole c;
    int client, backend = -1;

    (void)state;
    whole_start_scripted(&c, 1, PROXIED);
    client = wire_connect(c.lb.port);
    wire_expect_silence(client, 20);
    for (size_t i = 0; i < sizeof v2_tls - 1; i += 9) {
        size_t left = sizeof v2_tls - 1 - i;

        wire_send(client, v2_tls + i, left < 9 ? left : 9);
        wire_expect_silence(client, 5);
    }
    wire_send_text(client, LB_GET);
    expect_from(&c, client, &backend, "198.51.100.8", "https");
    wire_close(client);
    wire_close(backend);
    whole_stop(&c);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    while ((text = strstr(text, what)) != NULL) {
        text++;
        n++;
    }
    return n;
}

/* And many of them are a line in the log, not many. */
static void without_one_nobody_is_served(void **state)
{
    struct whole c;
    int client, backend = -1;

    (void)state;
    whole_start_scripted(&c, 1, PROXIED);
    for (int i = 0; i < 50; i++) {
        client = wire_connect(c.lb.port);
        wire_send_text(client, LB_GET);
        wire_expect_gone(client);
        wire_close(client);
    }
    program_expect(c.lb.program, "127.0.0.1: no PROXY header");
    assert_in_range(count(program_output(c.lb.program), "no PROXY header"), 1,
                    10);
    client = wire_connect(c.lb.port);
    wire_send_text(client, V1 LB_GET);
    expect_from(&c, client, &backend, "198.51.100.7",
                "http"); /* the first to come */
    wire_close(client);
    wire_close(backend);
    whole_stop(&c);
}

static void one_that_contradicts_itself_is_none(void **state)
{
    struct whole c;
    int client;

    (void)state;
    whole_start_scripted(&c, 1, PROXIED);
    client = wire_connect(c.lb.port);
    wire_send(client, v2_lies, sizeof v2_lies - 1);
    wire_send_text(client, LB_GET);
    wire_expect_gone(client);
    wire_close(client);
    program_expect(c.lb.program, "127.0.0.1: no PROXY header");
    whole_stop(&c);
}

static void one_that_does_not_end_is_not_waited_for(void **state)
{
    struct whole c;
    int client;

    (void)state;
    whole_start_scripted(&c, 1, PROXIED ", 'timeouts': {'request': 0.3}");
    client = wire_connect(c.lb.port);
    wire_send_text(client, "PROXY TCP4 1.2.3.4");
    wire_expect_gone(client);
    wire_close(client);
    program_expect(c.lb.program, "127.0.0.1: the PROXY header took too long");
    whole_stop(&c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(version_1_says_who_asks),
        fixture_test(version_2_says_who_asks),
        fixture_test(version_2_says_how_he_came),
        fixture_test(a_proxy_may_speak_for_itself),
        fixture_test(it_holds_for_all_requests_of_a_connection),
        fixture_test(a_proxy_behind_it_may_know_more),
        fixture_test(it_may_come_bit_by_bit),
        fixture_test(without_one_nobody_is_served),
        fixture_test(one_that_contradicts_itself_is_none),
        fixture_test(one_that_does_not_end_is_not_waited_for),
    };

    return fixture_run("lb: proxy_protocol", tests);
}
