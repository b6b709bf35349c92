/* lb: timeouts.write is not timeouts.read. */
#include "fixture.h"

#include "configured_lb.h"

static void a_client_that_takes_nothing_is_given_up(void **state)
{
    static const char bytes[65536];
    struct configured_lb lb;
    char head[4096];
    int client, backend;

    (void)state;
    configured_listen(&lb, 1);
    configured_start(&lb, "\"backends\": [{\"host\": \"127.0.0.1\", \"port\": "
                     "%d}], \"timeouts\": {\"read\": 600, \"write\": 0.3}",
                     lb.ports[0]);
    client = wire_connect(lb.port);
    wire_send_text(client, CONFIGURED_GET);
    backend = configured_take(&lb, 0, head, sizeof head);
    wire_send_text(backend, "HTTP/1.1 200 OK\r\n\r\n");
    while (wire_send_some(backend, bytes, sizeof bytes) > 0)
        ;
    wire_expect_gone(backend);
    wire_close(backend);
    wire_expect_gone(client);
    wire_close(client);
    configured_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_client_that_takes_nothing_is_given_up),
    };

    return fixture_run("lb: timeouts.write", tests);
}
