/* high_perf_lb with more clients than select() could ever watch; built for
 * select() it has as many as that can, and refuses the others. */
#include "fixture.h"
#include "lb_fixture.h"
#include "poller.h"
#include "wire.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>

#define CLIENTS 2000

static int clients[CLIENTS];

/* How many silent ones there can be beside those who are served. */
static int room(void)
{
    return strcmp(poller_name, "select") == 0 ? FD_SETSIZE - 124 : CLIENTS;
}

static void expect_active(struct lb *lb, int count)
{
    char text[64];

    snprintf(text, sizeof text, "Connections: active %d, max 20000, ", count);
    lb_expect_statistics(lb, text);
}

static void connect_all(struct lb *lb, int count)
{
    for (int i = 0; i < count; i++)
        clients[i] = wire_connect(lb->port);
    expect_active(lb, count);
}

static void silent_clients_are_in_nobodys_way(void **state)
{
    int count = room(), before;
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 1);
    before = program_descriptors(lb.program);
    connect_all(&lb, count);
    lb_expect_idle(&lb, 300);
    lb_expect_order(&lb, "b1 b1 b1 b1 b1 b1 b1 b1");
    for (int i = 0; i < count; i += 20) { /* each can still be heard */
        wire_send_text(clients[i], LB_GET);
        lb_expect_hello(clients[i]);
    }
    for (int i = 0; i < count; i++)
        if (i % 20 != 0)
            wire_close(clients[i]);
    expect_active(&lb, 0);
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
}

/* A batch of events is larger than one turn takes. */
static void all_of_them_may_speak_at_once(void **state)
{
    int count = room();
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 1);
    connect_all(&lb, count);
    program_freeze(lb.program);
    for (int i = 0; i < count; i++)
        wire_send_text(clients[i], "!\r\n\r\n"); /* needs no backend */
    program_signal(lb.program, SIGCONT);
    for (int i = 0; i < count; i++) {
        wire_expect_text(clients[i], "HTTP/1.1 400 ");
        wire_close(clients[i]);
    }
    expect_active(&lb, 0);
    lb_expect_order(&lb, "b1 b1 b1");
    lb_stop(&lb);
}

static void all_are_let_go_at_the_end(void **state)
{
    int count = room();
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 1);
    connect_all(&lb, count);
    lb_stop(&lb);
    for (int i = 0; i < count; i++) {
        wire_expect_end(clients[i]);
        wire_close(clients[i]);
    }
}

/* Those for whom select() has no bit are closed at once, and nobody else's bit
 * is touched. The other pollers know no such number. */
static void a_number_beyond_fd_setsize_is_no_danger(void **state)
{
    enum { MANY = FD_SETSIZE + 100, LEAVE = 10 };
    struct lb lb;
    int before;

    (void)state;
    lb_start_real(&lb, 1);
    for (int i = 0; i < MANY; i++)
        clients[i] = wire_connect(lb.port);
    if (strcmp(poller_name, "select") == 0)
        wire_expect_gone(clients[MANY - 1]);
    else
        expect_active(&lb, MANY);
    for (int i = LEAVE; i < FD_SETSIZE - 100; i += 100)
        wire_expect_silence(clients[i], 0);
    before = program_descriptors(lb.program);
    for (int i = 0; i < LEAVE; i++) /* makes room for what comes */
        wire_close(clients[i]);
    lb_expect_descriptors(&lb, before - LEAVE);
    lb_expect_order(&lb, "b1 b1 b1");
    for (int i = LEAVE; i < MANY; i++)
        wire_close(clients[i]);
    expect_active(&lb, 0);
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(silent_clients_are_in_nobodys_way),
        fixture_test(all_of_them_may_speak_at_once),
        fixture_test(all_are_let_go_at_the_end),
        fixture_test(a_number_beyond_fd_setsize_is_no_danger),
    };

    return fixture_run("high_perf_lb: thousands", tests);
}
