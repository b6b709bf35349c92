/* time_server: later, with a client that does not stop, and its own end. */
#include "fixture.h"
#include "times.h"

#include <poll.h>
#include <signal.h>

static void the_time_goes_on(void **state)
{
    struct program *p = start_server();
    char first[TIME_LEN + 1], line[TIME_LEN + 1];
    int same = 1;

    (void)state;
    for (int i = 0; i < 40 && same; i++) {
        int fd = wire_connect(program_port(p));

        expect_line(fd, line);
        if (i == 0)
            memcpy(first, line, sizeof first);
        same = strcmp(first, line) == 0;
        wire_close(fd);
        if (same)
            poll(NULL, 0, 50);
    }
    expect_that("the time, two seconds later", !same, "another one");
    program_stop(p);
}

static void a_client_that_trickles_is_ended_too(void **state)
{
    struct program *p = start_server();
    int trickles = wire_connect(program_port(p)), next;
    struct pollfd wait = {-1, POLLIN, 0};
    char line[TIME_LEN + 1];

    (void)state;
    expect_line(trickles, line);
    next = wait.fd = wire_connect(program_port(p));
    for (int i = 0; i < 40 && wait.revents == 0; i++) {
        wire_send_some(trickles, "x", 1);
        poll(&wait, 1, 100);
    }
    expect_that("the next client, while the first sends a byte each 100 ms",
                wait.revents != 0, "served within 4 seconds");
    expect_line(next, line);
    wire_close(trickles);
    wire_close(next);
    program_stop(p);
}

static void a_signal_ends_it_while_a_client_stays(void **state)
{
    struct program *p = start_server();
    int fd = wire_connect(program_port(p));
    char line[TIME_LEN + 1];

    (void)state;
    expect_line(fd, line);
    program_signal(p, SIGTERM);
    expect_int("exit status after SIGTERM", program_wait(p), 0);
    wire_close(fd);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_time_goes_on),
        fixture_test(a_client_that_trickles_is_ended_too),
        fixture_test(a_signal_ends_it_while_a_client_stays),
    };

    return fixture_run("time_server_more", tests);
}
