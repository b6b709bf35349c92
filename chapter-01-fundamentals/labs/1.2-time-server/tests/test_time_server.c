/* time_server over a socket: one line, the end, and the next client. */
#include "fixture.h"
#include "times.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define MUCH 100000

static void listens_and_says_so(void **state)
{
    struct program *p = start_server();

    (void)state;
    program_expect(p, "time_server listening on ");
    wire_close(wire_connect(program_port(p)));
    program_stop(p);
}

static void each_client_gets_one_line_and_the_end(void **state)
{
    struct program *p = start_server();
    char line[TIME_LEN + 1];

    (void)state;
    for (int i = 0; i < 3; i++) {
        int fd = wire_connect(program_port(p));

        if (i == 1)
            wire_shut(fd);
        expect_line(fd, line);
        wire_close(fd);
    }
    program_stop(p);
}

/* The server lives elsewhere: five hours and a half before UTC. */
static void the_time_is_that_of_utc(void **state)
{
    char line[TIME_LEN + 1], least[TIME_LEN + 1], most[TIME_LEN + 1];
    struct program *p;
    time_t now;
    int fd;

    (void)state;
    setenv("TZ", "XYZ5:30", 1);
    p = start_server();
    fd = wire_connect(program_port(p));
    now = time(NULL) - 2;
    strftime(least, sizeof least, "%Y-%m-%dT%H:%M:%SZ\n", gmtime(&now));
    expect_line(fd, line);
    now = time(NULL) + 2;
    strftime(most, sizeof most, "%Y-%m-%dT%H:%M:%SZ\n", gmtime(&now));
    expect_that(about("the time %.20s", line),
                strcmp(least, line) <= 0 && strcmp(line, most) <= 0,
                about("%.20s to %.20s", least, most));
    wire_close(fd);
    program_stop(p);
}

/* All of it is there before the server sees the client. */
static void a_client_that_says_something_gets_its_line(void **state)
{
    static char much[MUCH];
    struct program *p = start_server();
    char line[TIME_LEN + 1];

    (void)state;
    for (int i = 0; i < 10; i++) {
        int fd;

        program_freeze(p);
        fd = wire_connect(program_port(p));
        wire_send(fd, much, sizeof much);
        program_signal(p, SIGCONT);
        expect_line(fd, line);
        wire_close(fd);
    }
    program_stop(p);
}

static void the_next_client_need_not_wait_for_ever(void **state)
{
    struct program *p = start_server();
    int stays = wire_connect(program_port(p)), next;
    char line[TIME_LEN + 1];

    (void)state;
    expect_line(stays, line);
    next = wire_connect(program_port(p));
    expect_line(next, line);
    wire_close(stays);
    wire_close(next);
    program_stop(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(listens_and_says_so),
        fixture_test(each_client_gets_one_line_and_the_end),
        fixture_test(the_time_is_that_of_utc),
        fixture_test(a_client_that_says_something_gets_its_line),
        fixture_test(the_next_client_need_not_wait_for_ever),
    };

    return fixture_run("time_server", tests);
}
