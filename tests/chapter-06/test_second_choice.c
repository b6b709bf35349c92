/* LB_NAME: the backend that a failed request goes to next has a kept
 * connection. There is no connect to wait for then: the request must go out at
 * once, though no event will come. */
#include "fixture.h"
#include "lb_fixture.h"
#include "wire.h"

#define KEPT "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkept"

/* The client asks, and it is backend i that answers. Returns the
 * backend's connection, which stays. */
static int keep(struct lb *lb, int client, int i)
{
    char head[4096];
    int backend;

    wire_send_text(client, LB_GET);
    backend = lb_take(lb, i, head, sizeof head);
    wire_send_text(backend, KEPT);
    wire_expect_text(client, KEPT);
    return backend;
}

static void a_kept_connection_is_asked_at_once(void **state)
{
    struct lb lb;
    char head[4096];
    int client, first, second, fresh;

    (void)state;
    lb_start_scripted(&lb, 2);
    client = wire_connect(lb.port);
    first = keep(&lb, client, 0);
    second = keep(&lb, client, 1);

    wire_send_text(client, LB_GET);
    wire_receive_until(first, "\r\n\r\n", head, sizeof head);
    wire_close(first); /* a kept one may; so a fresh one is tried ... */
    fresh = lb_take(&lb, 0, head, sizeof head);
    wire_close(fresh); /* ... which may not: it is the other's turn */
    wire_receive_until(second, "\r\n\r\n", head, sizeof head);
    wire_send_text(second, KEPT);
    wire_expect_text(client, KEPT);

    wire_close(client);
    wire_close(second);
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_kept_connection_is_asked_at_once),
    };

    return fixture_run("second_choice", tests);
}
