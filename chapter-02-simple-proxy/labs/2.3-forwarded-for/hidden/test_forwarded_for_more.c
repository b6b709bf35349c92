/* forwarded_for: other spellings, IPv6, and far too much. */
#include "fixture.h"
#include "forwarded.h"
#include "program.h"
#include "wire.h"

static void the_name_is_compared_in_any_case(void **state)
{
    (void)state;
    expect_list("x-forwarded-for: 10.1.2.3\r\nX-FORWARDED-FOR: 10.9.9.9\r\n",
                 "10.1.2.3, 10.9.9.9, 127.0.0.1");
}

static struct program *start_before(int port)
{
    char at[32];

    snprintf(at, sizeof at, "127.0.0.1:%d", port);
    return program_start(lab_program("reverse_proxy"), "0", at, NULL);
}

static void an_ipv6_client_has_no_brackets_and_no_port(void **state)
{
    int port, listener = wire_listen(&port), client, backend;
    struct program *p = start_before(port);
    const char *ip = wire_have_ipv6() ? "::1" : "127.0.0.1";
    char head[1024], line[64];

    (void)state;
    client = wire_have_ipv6() ? wire_connect6(program_port(p))
                              : wire_connect(program_port(p));
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    backend = wire_accept(listener);
    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    snprintf(line, sizeof line, "\r\nX-Forwarded-For: %s\r\n", ip);
    expect_that(about("the head that comes to the backend,\n%s", head),
                strstr(head, line) != NULL,
                about("with X-Forwarded-For: %s", ip));
    wire_close(backend);
    wire_close(client);
    wire_close(listener);
    program_stop(p);
}

static void too_many_are_answered_with_431(void **state)
{
    static char value[9001];
    int port, listener = wire_listen(&port), client;
    struct program *p = start_before(port);
    char answer[1024];

    (void)state;
    memset(value, '1', sizeof value - 1);
    client = wire_connect(program_port(p));
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ");
    wire_send_text(client, value);
    wire_send_text(client, "\r\n\r\n");
    wire_receive_until(client, "\r\n", answer, sizeof answer);
    expect_that(about("the answer %s", answer),
                strncmp(answer, "HTTP/1.1 431 ", 13) == 0, "HTTP/1.1 431 ...");
    wire_accept_nobody(listener, 0);
    wire_expect_gone(client);
    wire_close(client);
    wire_close(listener);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_name_is_compared_in_any_case),
        fixture_test(an_ipv6_client_has_no_brackets_and_no_port),
        fixture_test(too_many_are_answered_with_431),
    };

    return fixture_run("forwarded_for_more", tests);
}
