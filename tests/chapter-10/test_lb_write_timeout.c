/* lb: timeouts.write is not timeouts.read. */
#include "fixture.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "deadline.h"
#include "failure.h"
#include "whole_lb.h"

/* As long as lb takes it: the kernel's buffers grow, to some megabytes. */
static void send_until_it_closes(int backend)
{
    static const char bytes[65536];
    deadline_t limit = deadline_in(20000);

    while (!(deadline_poll(backend, POLLIN | POLLOUT, limit) & ~POLLOUT)) {
        if (deadline_left(limit) == 0)
            failure("it takes bytes, or waits, for ever");
        if (send(backend, bytes, sizeof bytes, 0) < 0 && errno != EAGAIN)
            return; /* it has closed just now */
    }
}

static void a_client_that_takes_nothing_is_given_up(void **state)
{
    struct whole c;
    char head[4096];
    int client, backend;

    (void)state;
    whole_start_scripted(&c, 1, "'timeouts': {'read': 600, 'write': 0.3}");
    client = wire_connect(c.lb.port);
    wire_send_text(client, LB_GET);
    backend = lb_take(&c.lb, 0, head, sizeof head);
    wire_send_text(backend, "HTTP/1.1 200 OK\r\n\r\n");
    send_until_it_closes(backend);
    wire_expect_gone(backend);
    wire_close(backend);
    wire_expect_gone(client);
    wire_close(client);
    whole_stop(&c);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_client_that_takes_nothing_is_given_up),
    };

    return fixture_run("lb: timeouts.write", tests);
}
