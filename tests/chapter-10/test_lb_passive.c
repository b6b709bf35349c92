/* lb: a backend that its checks find well, and its requests do not. */
#include "fixture.h"

#include <poll.h>
#include <stdio.h>

#include "deadline.h"
#include "failure.h"
#include "whole_lb.h"

static struct whole c;
static char head[4096];

/* The next request, to either of the two: its connection. */
static int take(int *which)
{
    deadline_t limit = deadline_in(20000);

    for (int i = 0;; i = !i) {
        int fd;

        if (deadline_left(limit) == 0)
            failure("no request comes");
        if (deadline_poll(c.lb.listener[i], POLLIN, deadline_in(10)) == 0)
            continue;
        fd = wire_accept(c.lb.listener[i]);
        if (!lb_is_request(fd))
            continue;
        wire_receive_until(fd, "\r\n\r\n", head, sizeof head);
        *which = i;
        return fd;
    }
}

/* One request: what the first backend says is no answer, what the other one says
 * comes back. Whether the first was asked. */
static int ask(void)
{
    int client = wire_connect(c.lb.port), backend, which, asked = 0;

    wire_send_text(client, LB_GET);
    while (backend = take(&which), which == 0) {
        wire_send_text(backend, "what?\r\n\r\n");
        wire_expect_end(backend);
        wire_close(backend);
        asked = 1;
    }
    wire_send_text(backend, "HTTP/1.1 204 \r\nConnection: close\r\n\r\n");
    wire_receive_until(client, "\r\n\r\n", head, sizeof head);
    assert_memory_equal(head, "HTTP/1.1 204", 12);
    wire_close(backend);
    wire_close(client);
    return asked;
}

/* Until that has been so once more: its turn may not have come yet. */
static void misbehave(void)
{
    deadline_t limit = deadline_in(20000);

    while (!ask())
        assert_true(deadline_left(limit) > 0);
}

static void expect_marked(const char *how)
{
    char line[128];

    snprintf(line, sizeof line, "Backend 127.0.0.1:%d marked %s\n",
             c.lb.backend_port[0], how);
    program_expect(c.lb.program, line);
}

/* Three in a row take it down, and its good checks bring it back; then one is
 * enough. No request is lost. */
static void requests_may_take_it_down(void **state)
{
    (void)state;
    whole_start_scripted(&c, 2, "'health_check': {'interval': 0.2}");
    for (int i = 0; i < 3; i++)
        misbehave();
    expect_marked("UNHEALTHY");
    expect_marked("HEALTHY");
    misbehave();
    expect_marked("UNHEALTHY");
    expect_marked("HEALTHY");
    whole_stop(&c);
}

/* Without it there would be nobody: so it stays, however bad it is. */
static void the_last_one_stays(void **state)
{
    (void)state;
    whole_start_scripted(&c, 1, "");
    for (int i = 0; i < 6; i++) {
        int client = wire_connect(c.lb.port), backend;

        wire_send_text(client, LB_GET);
        backend = lb_take(&c.lb, 0, head, sizeof head);
        wire_send_text(backend, "what?\r\n\r\n");
        wire_receive_until(client, "\r\n\r\n", head, sizeof head);
        assert_memory_equal(head, "HTTP/1.1 502", 12);
        wire_close(backend);
        wire_close(client);
    }
    whole_stop(&c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(requests_may_take_it_down),
        fixture_test(the_last_one_stays),
    };

    return fixture_run("lb: passive health", tests);
}
