/* load_balancer: backends that come and go, and names with several addresses.
 */
#include "balancer.h"
#include "blackhole.h"
#include "deadline.h"
#include "fixture.h"
#include "program.h"
#include "wire.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEXT_CHECK_MS 15000 /* ten seconds, and some for a busy machine */

/* ---- coming and going --------------------------------------------------- */

/* b1 dies without any request to notice it; b2 dies, a request notices, and it
 * is started again on its old port. The next check finds out both. */
static void the_next_check_finds_the_dead_and_the_living(void **state)
{
    struct program *backends[3], *lb;
    char *output;
    int ports[3];

    (void)state;
    start_backends(backends, ports, 3);
    lb = start_balancer(ports, 3);
    program_kill(backends[1]);
    expect_backends(lb, "b1 b3 b1");
    expect_marked(lb, ports[1], "UNHEALTHY", 1000);
    backends[1] = start_backend("b2-again", ports[1]);
    program_kill(backends[0]);
    expect_marked(lb, ports[1], "HEALTHY", NEXT_CHECK_MS);
    expect_marked(lb, ports[0], "UNHEALTHY", 1000);
    expect_backends(lb, "b2-again b3 b2-again");
    expect_totals(lb, 7, 1);
    output = end_balancer(lb, SIGTERM);
    assert_int_equal(times(output, "marked"), 3);
    expect_line(output, ports[0], "Requests: 2, Failed: 0, ");
    expect_line(output, ports[1], "Requests: 3, Failed: 1, ");
    free(output);
    stop_all(backends + 1, 2);
}

/* ---- silence ------------------------------------------------------------ */

/* The trap that this chapter shows on purpose: a check that waits makes all
 * wait. The first round of checks comes before the ready line. */
static void a_silent_backend_stops_everything_for_two_seconds(void **state)
{
    struct blackhole hole;
    struct program *backend, *lb;
    int ports[2], left;
    deadline_t deadline = deadline_in(60000);

    (void)state;
    start_backends(&backend, ports, 1);
    blackhole_open(&hole);
    ports[1] = hole.port;
    left = deadline_left(deadline);
    lb = start_balancer(ports, 2);
    assert_in_range(left - deadline_left(deadline), 1990, 60000);
    expect_marked(lb, hole.port, "UNHEALTHY", 0);
    expect_backends(lb, "b1 b1");
    program_stop(lb);
    program_stop(backend);
    blackhole_close(&hole);
}

/* ---- names -------------------------------------------------------------- */

/* One request through load_balancer to a backend given in words. */
static void expect_reached(int listener, const char *backend)
{
    const char *argv[] = {LOAD_BALANCER, "0", backend, NULL};
    struct program *lb = program_start_args(argv);
    int client, fd;
    char head[1024];

    expect_health_check(listener);
    client = wire_connect(program_port(lb));
    wire_send_text(client, GET_CLOSE);
    fd = wire_accept(listener);
    wire_receive_until(fd, "\r\n\r\n", head, sizeof head);
    wire_send_text(fd, OK_CLOSE);
    wire_close(fd);
    wire_expect_text(client, OK_CLOSE);
    wire_close(client);
    program_stop(lb);
}

static void a_name_is_reached_at_the_address_that_listens(void **state)
{
    int port, listener = wire_listen(&port);
    char backend[32];

    (void)state;
    snprintf(backend, sizeof backend, "localhost:%d", port);
    expect_reached(listener, backend);
    wire_close(listener);
}

static int have_ipv6(void)
{
    struct sockaddr_in6 own;
    int fd = socket(AF_INET6, SOCK_STREAM, 0), bound;

    if (fd < 0)
        return 0;
    memset(&own, 0, sizeof own);
    own.sin6_family = AF_INET6;
    own.sin6_addr = in6addr_loopback;
    bound = bind(fd, (struct sockaddr *)&own, sizeof own) == 0;
    close(fd);
    return bound;
}

static void an_ipv6_backend_is_written_in_brackets(void **state)
{
    int port, listener;
    char backend[32];

    (void)state;
    if (!have_ipv6())
        skip();
    listener = wire_listen6(&port);
    snprintf(backend, sizeof backend, "[::1]:%d", port);
    expect_reached(listener, backend);
    wire_close(listener);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_next_check_finds_the_dead_and_the_living),
        fixture_test(a_silent_backend_stops_everything_for_two_seconds),
        fixture_test(a_name_is_reached_at_the_address_that_listens),
        fixture_test(an_ipv6_backend_is_written_in_brackets),
    };

    return fixture_run("load_balancer_health", tests);
}
