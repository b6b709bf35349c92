/* Whom engine_http waits for, and whose fault it is: the queue of chapter 4 where
 * connections are kept; a client that stops in the middle of its body. */
#include "fixture.h"

#include "http_rig.h"
#include "queue.h"

/* The place becomes free with the answer's last byte, and the connection with it:
 * both are his who waits. */
static void who_has_waited_gets_the_kept_connection(void **state)
{
    struct http_rig h;
    struct rig *rig = http_rig_open(&h, 1);
    int backend, one, two;

    (void)state;
    rig->set.backends[0].max_connections = 1;
    rig->service.timeouts.queue_ms = 1000;
    one = http_rig_ask(rig, 0, HTTP_GET, &backend);
    two = rig_client(rig, HTTP_GET);
    rig_until(rig, !queue_is_empty(&rig->service));
    wire_send_text(backend, HTTP_YES);
    http_rig_take(rig, backend);
    http_rig_expect(rig, one, HTTP_YES);
    wire_send_text(backend, HTTP_YES);
    http_rig_expect(rig, two, HTTP_YES);
    rig_until(rig, rig_idle(rig) == 2);
    wire_close(one);
    wire_close(two);
    http_rig_close(&h);
    wire_close(backend);
}

/* A client that has asked for more than one thing waits with each. */
static void a_503_is_the_end_of_the_connection(void **state)
{
    struct http_rig h;
    struct rig *rig = http_rig_open(&h, 1);
    int client;

    (void)state;
    rig->set.backends[0].max_connections = 1;
    rig->set.backends[0].active_elsewhere = 1;
    rig->service.timeouts.queue_ms = 1000;
    client = rig_client(rig, HTTP_GET HTTP_GET);
    rig_until(rig, !queue_is_empty(&rig->service));
    rig_pass(rig, 1000);
    rig_expect_status(rig, client, 503);
    assert_string_equal(rig->last.failure, QUEUE_TOO_LONG);
    wire_close(client);
    rig_settle(rig);
    assert_int_equal(rig->finished, 1);
    http_rig_close(&h);
}

/* The backend can't answer what it has not got: it is not to blame. */
static void a_client_that_stops_in_its_body_is_a_408(void **state)
{
    struct http_rig h;
    struct rig *rig = http_rig_open(&h, 1);
    int backend, client = http_rig_ask(rig, 0, "PUT / HTTP/1.1\r\nHost: h\r\n"
                                       "Content-Length: 5\r\n\r\nabc",
                                       &backend);

    (void)state;
    http_rig_expect(rig, backend, "abc");
    rig_pass(rig, 30000);
    rig_expect_status(rig, client, 408);
    assert_int_equal(rig->set.backends[0].stats.failures[BACKEND_TIMEOUT], 0);
    wire_close(client);
    rig_settle(rig);
    http_rig_close(&h);
    wire_close(backend);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(who_has_waited_gets_the_kept_connection),
        fixture_test(a_503_is_the_end_of_the_connection),
        fixture_test(a_client_that_stops_in_its_body_is_a_408),
    };

    return fixture_run("engine_http: waiting", tests);
}
