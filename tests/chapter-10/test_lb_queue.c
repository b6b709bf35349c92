/* lb: max_connections, timeouts.queue and retries, as they are in the file. */
#include "fixture.h"

#include "whole_lb.h"

#define ONE_AT_A_TIME \
    "'backends': [{'host': '127.0.0.1', 'port': $1, 'max_connections': 1}], " \
    "'health_check': {'interval': 3600}, "

static int ask(const struct whole *c)
{
    int client = wire_connect(c->lb.port);

    wire_send_text(client, LB_GET);
    return client;
}

static void expect_status(int client, const char *status)
{
    char got[4096];

    wire_receive_all(client, got, sizeof got);
    assert_memory_equal(got, status, strlen(status));
    wire_close(client);
}

#define CLIENTS 4

/* The first is being served, the others wait; then all are, one after the other. */
static void expect_one_at_a_time(int workers)
{
    struct whole c;
    int clients[CLIENTS], backend;
    char head[4096], members[256];

    snprintf(members, sizeof members, ONE_AT_A_TIME "'workers': %d, 'pool': "
             "{'max_size': 0}, 'timeouts': {'queue': 60}", workers);
    whole_start_scripted(&c, 1, members);
    clients[0] = ask(&c);
    backend = lb_take(&c.lb, 0, head, sizeof head);
    wire_accept_nobody(c.lb.listener[0], 100);
    for (int i = 1; i < CLIENTS; i++)
        clients[i] = ask(&c);
    wire_accept_nobody(c.lb.listener[0], 100);
    for (int i = 0; i < CLIENTS; i++) {
        wire_send_text(backend, LB_YES);
        wire_expect_gone(backend);
        wire_close(backend);
        if (i < CLIENTS - 1)
            backend = lb_take(&c.lb, 0, head, sizeof head);
    }
    for (int i = 0; i < CLIENTS; i++) {
        wire_expect_text(clients[i], LB_YES);
        wire_close(clients[i]);
    }
    whole_stop(&c);
}

static void requests_wait_for_the_one_that_is_served(void **state)
{
    (void)state;
    expect_one_at_a_time(1);
}

/* What one worker gives the backend, the others count, too. */
static void requests_wait_for_that_of_another_worker(void **state)
{
    (void)state;
    expect_one_at_a_time(2);
}

static void who_has_waited_too_long_gets_a_503(void **state)
{
    struct whole c;
    char head[4096];
    int client, backend;

    (void)state;
    whole_start_scripted(&c, 1, ONE_AT_A_TIME "'timeouts': {'queue': 0.2}");
    client = ask(&c);
    backend = lb_take(&c.lb, 0, head, sizeof head);
    expect_status(ask(&c), "HTTP/1.1 503 ");
    program_expect(c.lb.program, "503: all backends are busy");
    wire_send_text(backend, LB_YES);
    wire_expect_text(client, LB_YES);
    wire_close(client);
    whole_stop(&c);
    wire_close(backend);
}

/* All three break off: the request goes to the first and to as many others as is
 * said, no more. */
static void a_request_is_given_to_so_many_others(void **state)
{
    (void)state;
    for (int retries = 0; retries <= 2; retries++) {
        struct whole c;
        char head[4096], members[128];
        int client;

        snprintf(members, sizeof members, "'retries': %d, 'health_check': "
                 "{'interval': 3600, 'unhealthy_threshold': 100}", retries);
        whole_start_scripted(&c, 3, members);
        client = ask(&c);
        for (int i = 0; i <= retries; i++)
            wire_close(lb_take(&c.lb, i, head, sizeof head));
        expect_status(client, "HTTP/1.1 502 ");
        whole_stop(&c);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(requests_wait_for_the_one_that_is_served),
        fixture_test(requests_wait_for_that_of_another_worker),
        fixture_test(who_has_waited_too_long_gets_a_503),
        fixture_test(a_request_is_given_to_so_many_others),
    };

    return fixture_run("lb: max_connections and retries", tests);
}
