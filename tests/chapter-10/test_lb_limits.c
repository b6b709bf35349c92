/* lb: what is too much is what the file says. */
#include "fixture.h"

#include "whole_lb.h"

static void expect_status(int port, const char *request, const char *status)
{
    int client = wire_connect(port);
    char got[4096];

    wire_send_text(client, request);
    wire_receive_all(client, got, sizeof got);
    assert_memory_equal(got, status, strlen(status));
    wire_close(client);
}

static void limits_are_those_of_the_file(void **state)
{
    struct whole c;
    char request[600];

    (void)state;
    whole_start_scripted(&c, 1, "'limits': {'header_bytes': 256, "
                                "'headers': 2, 'body_bytes': 5}");
    snprintf(request, sizeof request, "GET /%0300d", 0);
    expect_status(c.lb.port, request, "HTTP/1.1 414 ");
    snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: h\r\nA: %0300d",
             0);
    expect_status(c.lb.port, request, "HTTP/1.1 431 ");
    expect_status(c.lb.port, "GET / HTTP/1.1\r\nHost: h\r\n"
                  "A: b\r\nA: b\r\n\r\n", "HTTP/1.1 431 ");
    expect_status(c.lb.port, "PUT / HTTP/1.1\r\nHost: h\r\n"
                  "Content-Length: 6\r\n\r\n", "HTTP/1.1 413 ");
    expect_status(c.lb.port, "PUT / HTTP/1.1\r\nHost: h\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n6\r\n", "HTTP/1.1 413 ");
    whole_stop(&c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(limits_are_those_of_the_file),
    };

    return fixture_run("lb: limits", tests);
}
