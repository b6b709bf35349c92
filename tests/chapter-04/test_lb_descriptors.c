/* LB_NAME: no descriptor left (EMFILE). Clients wait, nothing spins, no backend
 * is to blame, and as soon as somebody leaves it goes on. */
#include "fixture.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "wire.h"

#include <string.h>

#define CLIENTS 60 /* more than find a place */

/* It may open 40 descriptors; its output says when it has no more. Returns how
 * many it has open without clients. */
static int start_with_40_descriptors(struct lb *lb, int clients[CLIENTS])
{
    int before;

    lb_start(lb, &(struct lb_plan){
                     .program = LB_PROGRAM, .real = 1,
                     .launcher = {"/bin/sh", "-c",
                                  "ulimit -n 40 && exec \"$0\" \"$@\""}});
    before = program_descriptors(lb->program);
    for (int i = 0; i < CLIENTS; i++)
        clients[i] = wire_connect(lb->port);
    program_expect(lb->program, LB_NAME ": accept: Too many open files\n");
    return before;
}

/* One that got in, but for whose backend there is no descriptor left, gets an
 * answer; three health checks that cannot be made do not take a backend down. */
static void without_descriptors_it_waits(void **state)
{
    struct http_response r;
    int clients[CLIENTS];
    struct lb lb;

    (void)state;
    start_with_40_descriptors(&lb, clients);
    wire_send_text(clients[0], LB_GET);
    http_receive(clients[0], "GET", &r);
    assert_int_equal(r.status, 503);
    http_response_free(&r);
    lb_expect_idle(&lb, 2500);
    for (int i = 0; i < CLIENTS; i++)
        wire_close(clients[i]);
    lb_expect_statistics(&lb, "Connections: active 0, ");
    assert_null(strstr(program_output(lb.program), "UNHEALTHY"));
    lb_expect_order(&lb, "b1 b1 b1");
    lb_stop(&lb);
}

/* Those who waited get in when others have left, although nobody new comes who
 * could wake it. (Not before all of those have been noticed is there a descriptor
 * for a backend, too.) */
static void when_some_leave_it_goes_on(void **state)
{
    int clients[CLIENTS], before;
    struct lb lb;

    (void)state;
    before = start_with_40_descriptors(&lb, clients);
    for (int i = 0; i < CLIENTS - 10; i++)
        wire_close(clients[i]);
    lb_expect_descriptors(&lb, before + 10);
    wire_send_text(clients[CLIENTS - 1], LB_GET);
    lb_expect_hello(clients[CLIENTS - 1]);
    for (int i = CLIENTS - 10; i < CLIENTS - 1; i++)
        wire_close(clients[i]);
    lb_expect_statistics(&lb, "Connections: active 0, ");
    lb_expect_order(&lb, "b1 b1 b1");
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(without_descriptors_it_waits),
        fixture_test(when_some_leave_it_goes_on),
    };

    return fixture_run(LB_NAME ": descriptors", tests);
}
