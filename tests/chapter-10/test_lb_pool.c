/* lb: how long connections to backends are kept. */
#include "fixture.h"

#include "configured_lb.h"

/* One exchange; the backend's connection. */
static int serve(struct configured_lb *lb, const char *answer)
{
    int client = wire_connect(lb->port), backend;
    char head[4096];

    wire_send_text(client, CONFIGURED_GET);
    backend = configured_take(lb, 0, head, sizeof head);
    wire_send_text(backend, answer);
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n");
    wire_close(client);
    return backend;
}

static void expect_closed_by(const char *pool, const char *answer)
{
    struct configured_lb lb;
    int backend;

    configured_listen(&lb, 1);
    configured_start(&lb, "\"backends\": [{\"host\": \"127.0.0.1\", "
                     "\"port\": %d}], \"pool\": %s", lb.ports[0], pool);
    backend = serve(&lb, answer);
    wire_expect_end(backend);
    wire_close(backend);
    configured_stop(&lb);
}

static void the_time_to_live_ends_it(void **state)
{
    (void)state;
    expect_closed_by("{\"ttl\": 1.2}", CONFIGURED_YES);
}

/* Both would be kept for an hour otherwise. */
static void a_backend_can_shorten_it(void **state)
{
    (void)state;
    expect_closed_by("{\"ttl\": 3600}",
                     "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2, max=100\r\n"
                     "Content-Length: 3\r\n\r\nyes");
    expect_closed_by("{\"ttl\": 3600}",
                     "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\n"
                     "Content-Length: 3\r\n\r\nyes");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_time_to_live_ends_it),
        fixture_test(a_backend_can_shorten_it),
    };

    return fixture_run("lb: pool", tests);
}
