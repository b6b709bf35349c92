/* lb with proxy_protocol: a PROXY header first, or nothing. */
#include "fixture.h"

#include "failure.h"
#include "whole_lb.h"

#define PROXIED "'proxy_protocol': true, 'listen_address': '127.0.0.1'"

#define V1 "PROXY TCP4 198.51.100.7 192.0.2.1 51234 443\r\n"
static const char v2[] = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0f"
                         "\xc6\x33\x64\x08\xc0\x00\x02\x01\xc8\x22\x01\xbb"
                         "TLV";
static const char local[] = "\r\n\r\n\0\r\nQUIT\n\x20\x00\0\0";

/* A request comes to the backend, from this client; it is answered. Another one
 * may come on both connections. */
static void expect_from(struct whole *c, int client, int *backend,
                        const char *ip)
{
    char head[4096], line[64];

    if (*backend < 0)
        *backend = lb_take(&c->lb, 0, head, sizeof head);
    else
        wire_receive_until(*backend, "\r\n\r\n", head, sizeof head);
    snprintf(line, sizeof line, "\r\nX-Real-IP: %s\r\n", ip);
    if (strstr(head, line) == NULL)
        failure("not from %s: %s", ip, head);
    wire_send_text(*backend, LB_YES);
    wire_expect_text(client, LB_YES);
}

static void expect_client(const void *header, size_t len, const char *ip)
{
    struct whole c;
    int client, backend = -1;

    whole_start_scripted(&c, 1, PROXIED);
    client = wire_connect(c.lb.port);
    wire_send(client, header, len);
    wire_send_text(client, LB_GET);
    expect_from(&c, client, &backend, ip);
    wire_close(client);
    wire_close(backend);
    whole_stop(&c);
}

static void version_1_says_who_asks(void **state)
{
    (void)state;
    expect_client(V1, strlen(V1), "198.51.100.7");
}

static void version_2_says_who_asks(void **state)
{
    (void)state;
    expect_client(v2, sizeof v2 - 1, "198.51.100.8");
}

static void a_proxy_may_speak_for_itself(void **state)
{
    (void)state;
    expect_client(local, sizeof local - 1, "127.0.0.1");
    expect_client("PROXY UNKNOWN\r\n", 15, "127.0.0.1");
}

/* The header is that of the connection: it comes once, and the client stays the
 * same when it has been silent in between. */
static void it_holds_for_all_requests_of_a_connection(void **state)
{
    struct whole c;
    int client, backend = -1;

    (void)state;
    whole_start_scripted(&c, 1, PROXIED);
    client = wire_connect(c.lb.port);
    wire_send_text(client, V1);
    for (int i = 0; i < 3; i++) {
        wire_send_text(client, LB_GET);
        expect_from(&c, client, &backend, "198.51.100.7");
        wire_expect_silence(client, 20);
    }
    wire_close(client);
    wire_close(backend);
    whole_stop(&c);
}

/* Also if nothing comes at first, and then the header in two pieces. */
static void it_may_come_bit_by_bit(void **state)
{
    struct whole c;
    int client, backend = -1;

    (void)state;
    whole_start_scripted(&c, 1, PROXIED);
    client = wire_connect(c.lb.port);
    wire_expect_silence(client, 20);
    for (size_t i = 0; i < sizeof v2 - 1; i += 9) {
        size_t left = sizeof v2 - 1 - i;

        wire_send(client, v2 + i, left < 9 ? left : 9);
        wire_expect_silence(client, 5);
    }
    wire_send_text(client, LB_GET);
    expect_from(&c, client, &backend, "198.51.100.8");
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
    expect_from(&c, client, &backend, "198.51.100.7"); /* the first to come */
    wire_close(client);
    wire_close(backend);
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
        fixture_test(a_proxy_may_speak_for_itself),
        fixture_test(it_holds_for_all_requests_of_a_connection),
        fixture_test(it_may_come_bit_by_bit),
        fixture_test(without_one_nobody_is_served),
        fixture_test(one_that_does_not_end_is_not_waited_for),
    };

    return fixture_run("lb: proxy_protocol", tests);
}
