/* lb: how long connections to backends are kept. */
#include "fixture.h"

#include "whole_lb.h"

/* One exchange; the backend's connection. */
static int serve(struct whole *c, const char *answer)
{
    int client = wire_connect(c->lb.port), backend;
    char head[4096];

    wire_send_text(client, LB_GET);
    backend = lb_take(&c->lb, 0, head, sizeof head);
    wire_send_text(backend, answer);
    wire_expect_text(client, "HTTP/1.1 200 OK\r\n");
    wire_close(client);
    return backend;
}

static void expect_closed_by(const char *members, const char *answer)
{
    struct whole c;
    int backend;

    whole_start_scripted(&c, 1, members);
    backend = serve(&c, answer);
    wire_expect_end(backend);
    wire_close(backend);
    whole_stop(&c);
}

static void the_time_to_live_ends_it(void **state)
{
    (void)state;
    expect_closed_by("'pool': {'ttl': 1.2}", LB_YES);
}

/* Both would be kept for an hour otherwise. */
static void a_backend_can_shorten_it(void **state)
{
    (void)state;
    expect_closed_by("'pool': {'ttl': 3600}",
                     "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2, max=100\r\n"
                     "Content-Length: 3\r\n\r\nyes");
    expect_closed_by("'pool': {'ttl': 3600}",
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
