/* lb: max_connections, timeouts.queue and retries, as they are in the file. */
#include "fixture.h"

#include "configured_lb.h"

#define ONE_AT_A_TIME \
    "\"backends\": [{\"host\": \"127.0.0.1\", \"port\": %d," \
    " \"max_connections\": 1}], \"health_check\": {\"interval\": 3600}, "

static int ask(const struct configured_lb *lb)
{
    int client = wire_connect(lb->port);

    wire_send_text(client, CONFIGURED_GET);
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
    struct configured_lb lb;
    int clients[CLIENTS], backend;
    char head[4096];

    configured_listen(&lb, 1);
    configured_start(&lb, ONE_AT_A_TIME "\"workers\": %d, "
                     "\"pool\": {\"max_size\": 0}, "
                     "\"timeouts\": {\"queue\": 60}", lb.ports[0], workers);
    clients[0] = ask(&lb);
    backend = configured_take(&lb, 0, head, sizeof head);
    wire_accept_nobody(lb.at[0], 100);
    for (int i = 1; i < CLIENTS; i++)
        clients[i] = ask(&lb);
    wire_accept_nobody(lb.at[0], 100);
    for (int i = 0; i < CLIENTS; i++) {
        wire_send_text(backend, CONFIGURED_YES);
        wire_expect_gone(backend);
        wire_close(backend);
        if (i < CLIENTS - 1)
            backend = configured_take(&lb, 0, head, sizeof head);
    }
    for (int i = 0; i < CLIENTS; i++) {
        wire_expect_text(clients[i], CONFIGURED_YES);
        wire_close(clients[i]);
    }
    configured_stop(&lb);
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
    struct configured_lb lb;
    char head[4096];
    int client, backend;

    (void)state;
    configured_listen(&lb, 1);
    configured_start(&lb, ONE_AT_A_TIME "\"timeouts\": {\"queue\": 0.2}",
                     lb.ports[0]);
    client = ask(&lb);
    backend = configured_take(&lb, 0, head, sizeof head);
    expect_status(ask(&lb), "HTTP/1.1 503 ");
    program_expect(lb.program, "503: all backends are busy");
    wire_send_text(backend, CONFIGURED_YES);
    wire_expect_text(client, CONFIGURED_YES);
    wire_close(client);
    configured_stop(&lb);
    wire_close(backend);
}

/* All three break off: the request goes to the first and to as many others as is
 * said, no more. */
static void a_request_is_given_to_so_many_others(void **state)
{
    (void)state;
    for (int retries = 0; retries <= 2; retries++) {
        struct configured_lb lb;
        char head[4096];
        int client;

        configured_listen(&lb, 3);
        configured_start(&lb, "\"backends\": ["
                         "{\"host\": \"127.0.0.1\", \"port\": %d},"
                         "{\"host\": \"127.0.0.1\", \"port\": %d},"
                         "{\"host\": \"127.0.0.1\", \"port\": %d}], "
                         "\"health_check\": {\"interval\": 3600, "
                         "\"unhealthy_threshold\": 100}, \"retries\": %d",
                         lb.ports[0], lb.ports[1], lb.ports[2], retries);
        client = ask(&lb);
        for (int i = 0; i <= retries; i++)
            wire_close(configured_take(&lb, i, head, sizeof head));
        expect_status(client, "HTTP/1.1 502 ");
        configured_stop(&lb);
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
