/* race: who wins, when the next begins, and what is left. */
#include "fixture.h"
#include "program.h"
#include "runners.h"

#include <stdio.h>

static void one_that_lives_is_connected_to(void **state)
{
    int ports[2], live = wire_listen(&ports[0]), other = wire_listen(&ports[1]);

    (void)state;
    expect_winner("one that lives", ports, 1, 0, 0);
    expect_winner("two that live", ports, 2, 0, 0);
    wire_accept_nobody(other, 0);
    wire_close(live);
    wire_close(other);
}

static void the_second_begins_while_the_first_is_silent(void **state)
{
    struct dead d = dead_open();
    int ports[2] = {d.port, 0}, live = wire_listen(&ports[1]);

    (void)state;
    expect_winner("dead, live", ports, 2, 1, RACE_STAGGER_MS - 1);
    wire_close(live);
    dead_close(&d);
}

static void the_next_begins_at_once_when_one_fails(void **state)
{
    struct dead d = dead_open();
    int ports[3], held = wire_refuse(&ports[0]), live = wire_listen(&ports[1]);
    int which, took_ms, fd;

    (void)state;
    fd = race(ports, 2, 200, &which, &took_ms); /* less than RACE_STAGGER_MS */
    expect_int("refused, live, within 200 ms: the winner", fd < 0 ? -1 : which,
               1);
    close(fd);
    ports[2] = ports[1];
    ports[1] = ports[0];
    ports[0] = d.port;
    expect_winner("dead, refused, live", ports, 3, 2, RACE_STAGGER_MS - 1);
    wire_close(live);
    wire_close(held);
    dead_close(&d);
}

static void a_refusal_is_told_when_all_have_failed(void **state)
{
    int ports[2], a = wire_refuse(&ports[0]), b = wire_refuse(&ports[1]);

    (void)state;
    expect_error("refused, refused", ports, 2, ECONNREFUSED);
    wire_close(a);
    wire_close(b);
}

static void silence_of_all_is_a_timeout(void **state)
{
    struct dead d = dead_open();
    int ports[2] = {d.port, d.port}, held;

    (void)state;
    expect_error("dead, dead", ports, 2, ETIMEDOUT);
    held = wire_refuse(&ports[1]);
    expect_error("dead, refused", ports, 2, ETIMEDOUT);
    wire_close(held);
    dead_close(&d);
}

static void nobody_is_left_open(void **state)
{
    struct dead d = dead_open();
    int ports[2] = {d.port, 0}, live = wire_listen(&ports[1]);
    int before = fixture_descriptors(), which, took_ms;

    (void)state;
    expect_winner("dead, live", ports, 2, 1, 0);
    expect_int("descriptors after that, and without the winner",
               fixture_descriptors(), before);
    expect_int("dead alone", race(ports, 1, 100, &which, &took_ms), -1);
    expect_int("descriptors after a timeout", fixture_descriptors(), before);
    wire_close(live);
    dead_close(&d);
}

static void the_limit_of_the_proxy_is_a_504(void **state)
{
    struct dead d = dead_open();
    struct program *p;
    char at[32];
    int client;

    (void)state;
    snprintf(at, sizeof at, "127.0.0.1:%d", d.port);
    p = program_start(lab_program("reverse_proxy"), "-c", "300", "0", at, NULL);
    client = wire_connect(program_port(p));
    wire_send_text(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_receive("the answer when nobody answers us", client,
                   "HTTP/1.1 504 ", 13);
    wire_expect_gone(client);
    wire_close(client);
    program_stop(p);
    dead_close(&d);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(one_that_lives_is_connected_to),
        fixture_test(the_second_begins_while_the_first_is_silent),
        fixture_test(the_next_begins_at_once_when_one_fails),
        fixture_test(a_refusal_is_told_when_all_have_failed),
        fixture_test(silence_of_all_is_a_timeout),
        fixture_test(nobody_is_left_open),
        fixture_test(the_limit_of_the_proxy_is_a_504),
    };

    return fixture_run("race", tests);
}
