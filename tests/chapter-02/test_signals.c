/* signals and wait: what a loop that sleeps in poll(2) is told, and when.
 *
 * Handlers and the count of stops belong to a process, so each test that
 * installs them does it in a child. The child returns the number of the line
 * that found something wrong, or 0. */

#include "clock.h"
#include "deadline.h"
#include "descriptor.h"
#include "failure.h"
#include "fixture.h"
#include "server.h"
#include "signals.h"
#include "wait.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition)     \
    do {                     \
        if (!(condition))    \
            return __LINE__; \
    } while (0)

static void default_actions(void)
{
    static const int all[] = {SIGINT,  SIGTERM, SIGUSR1,
                              SIGPIPE, SIGHUP,  SIGALRM};
    struct sigaction action = {.sa_handler = SIG_DFL};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        sigaction(all[i], &action, NULL);
    alarm(30); /* a child that hangs ends by itself */
}

static void in_a_child(int (*body)(void))
{
    int report[2], line = -1, status;
    pid_t pid;

    assert_int_equal(pipe(report), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        default_actions();
        line = body();
        _exit(write(report[1], &line, sizeof line) < 0);
    }
    close(report[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (read(report[0], &line, sizeof line) < 0)
        line = -1;
    close(report[0]);
    if (line != 0)
        failure("line %d of %s (wait status %d)", line, __FILE__, status);
}

static int is_readable(int fd)
{
    struct pollfd on = {fd, POLLIN, 0};

    return poll(&on, 1, 0) == 1;
}

/* ---- signals ------------------------------------------------------------ */

static int count_stops(void)
{
    CHECK(signals_open() == 0);
    CHECK(signals_stops() == 0);
    CHECK(!is_readable(signals_fd()));
    raise(SIGTERM);
    CHECK(signals_stops() == 1);
    CHECK(is_readable(signals_fd()));
    signals_drain();
    CHECK(!is_readable(signals_fd()));
    CHECK(signals_stops() == 1); /* draining the pipe forgets nothing */
    raise(SIGINT);
    CHECK(signals_stops() == 2);
    CHECK(is_readable(signals_fd()));
    return 0;
}

static void counts_how_often_it_shall_stop(void **state)
{
    (void)state;
    in_a_child(count_stops);
}

static int take_dump(void)
{
    CHECK(signals_open() == 0);
    CHECK(!signals_take_dump());
    raise(SIGUSR1);
    raise(SIGUSR1);
    CHECK(is_readable(signals_fd()));
    CHECK(signals_take_dump());
    CHECK(!signals_take_dump()); /* asked for twice, told once */
    CHECK(signals_stops() == 0);
    return 0;
}

static int ask_to_reload(void)
{
    CHECK(signals_open() == 0);
    CHECK(signals_want_reload() == 0);
    CHECK(!signals_take_reload());
    raise(SIGHUP);
    CHECK(is_readable(signals_fd()));
    CHECK(signals_take_reload());
    CHECK(!signals_take_reload());
    CHECK(signals_stops() == 0);
    return 0;
}

static void a_hangup_asks_to_reload_where_that_is_wanted(void **state)
{
    (void)state;
    in_a_child(ask_to_reload);
}

static int renew(void)
{
    int before;

    CHECK(signals_open() == 0);
    raise(SIGTERM);
    before = dup(signals_fd());
    CHECK(before >= 0);
    CHECK(signals_renew() == 0);
    CHECK(signals_stops() == 0);
    CHECK(!is_readable(signals_fd()));
    CHECK(is_readable(before)); /* whoever else has it keeps what is in it */
    signals_drain();
    raise(SIGTERM);
    CHECK(signals_stops() == 1);
    CHECK(is_readable(signals_fd()));
    return 0;
}

static void a_renewed_pipe_is_empty_and_ones_own(void **state)
{
    (void)state;
    in_a_child(renew);
}

static void statistics_are_asked_for_until_taken(void **state)
{
    (void)state;
    in_a_child(take_dump);
}

static int flood(void)
{
    CHECK(signals_open() == 0);
    errno = EDOM;
    for (int i = 0; i < 100000; i++) /* more than a pipe can hold */
        raise(SIGUSR1);
    CHECK(errno == EDOM); /* the handler leaves no trace */
    CHECK(is_readable(signals_fd()));
    signals_drain();
    CHECK(!is_readable(signals_fd()));
    return 0;
}

static void a_flood_neither_blocks_nor_disturbs(void **state)
{
    (void)state;
    in_a_child(flood);
}

static int prepared(int fd)
{
    return (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0 &&
           (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

static int write_to_a_closed_pipe(void)
{
    int ends[2];

    CHECK(signals_open() == 0);
    CHECK(prepared(signals_fd()));
    CHECK(pipe(ends) == 0);
    close(ends[0]);
    CHECK(write(ends[1], "", 1) == -1); /* would have ended us by SIGPIPE */
    CHECK(errno == EPIPE);
    return 0;
}

static void a_closed_connection_is_an_error_not_a_death(void **state)
{
    (void)state;
    in_a_child(write_to_a_closed_pipe);
}

/* ---- waiting ------------------------------------------------------------ */

/* The trap: the signal comes after the last look and before poll(2). */
static int signal_before_the_wait(void)
{
    uint64_t began = clock_now_ms();

    CHECK(signals_open() == 0);
    raise(SIGTERM);
    CHECK(wait_for(-1, 0, began + 20000) == -1);
    CHECK(errno == EINTR);
    /* Nor does a later wait sleep, though the pipe is empty by now. */
    CHECK(wait_for(-1, 0, began + 20000) == -1);
    CHECK(errno == EINTR);
    CHECK(clock_now_ms() - began < 10000);
    return 0;
}

static void a_signal_before_the_wait_is_not_slept_over(void **state)
{
    (void)state;
    in_a_child(signal_before_the_wait);
}

static int signal_during_the_wait(void)
{
    uint64_t began = clock_now_ms();
    pid_t parent = getpid(), pid;

    CHECK(signals_open() == 0);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        struct pollfd nothing = {-1, 0, 0};

        poll(&nothing, 1, 50); /* most likely the parent sleeps by now */
        kill(parent, SIGTERM);
        _exit(0);
    }
    CHECK(wait_for(-1, 0, began + 20000) == -1);
    CHECK(errno == EINTR);
    CHECK(clock_now_ms() - began < 10000);
    CHECK(waitpid(pid, NULL, 0) == pid);
    return 0;
}

static void a_signal_ends_the_wait(void **state)
{
    (void)state;
    in_a_child(signal_during_the_wait);
}

/* A request for statistics is not one to stop: the wait goes on. */
static int statistics_during_the_wait(void)
{
    uint64_t began = clock_now_ms();

    CHECK(signals_open() == 0);
    raise(SIGUSR1);
    CHECK(wait_for(-1, 0, began + 60) == -1);
    CHECK(errno == ETIMEDOUT);
    CHECK(clock_now_ms() >= began + 60);
    CHECK(signals_take_dump());
    return 0;
}

static void a_request_for_statistics_does_not(void **state)
{
    (void)state;
    in_a_child(statistics_during_the_wait);
}

/* server_next() returns for it, so that the program can print them at once. */
static int statistics_while_no_client_comes(void)
{
    struct net_address peer;
    int listener;

    CHECK((listener = server_open("test", 0)) >= 0);
    raise(SIGUSR1);
    CHECK(server_next(listener, CLOCK_NEVER, &peer) == -1);
    CHECK(errno == EINTR);
    CHECK(signals_take_dump());
    CHECK(server_next(listener, clock_now_ms() + 20, &peer) == -1);
    CHECK(errno == ETIMEDOUT);
    raise(SIGTERM);
    CHECK(server_next(listener, CLOCK_NEVER, &peer) == -1);
    CHECK(errno == EINTR);
    return 0;
}

static void the_server_hears_signals_while_it_waits(void **state)
{
    (void)state;
    in_a_child(statistics_while_no_client_comes);
}

static void waits_until_ready_or_too_late(void **state)
{
    uint64_t began = clock_now_ms();
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(wait_for(pair[0], POLLOUT, CLOCK_NEVER), 0);
    assert_int_equal(wait_for(pair[0], POLLIN, began + 30), -1);
    assert_int_equal(errno, ETIMEDOUT);
    assert_true(clock_now_ms() >= began + 30);
    wire_send_text(pair[1], "x");
    assert_int_equal(wait_for(pair[0], POLLIN, CLOCK_NEVER), 0);
    /* What is ready counts even if the time is up. */
    assert_int_equal(wait_for(pair[0], POLLIN, 0), 0);
    close(pair[1]);
    assert_int_equal(wait_for(pair[0], 0, CLOCK_NEVER), 0); /* hung up */
    close(pair[0]);
}

static void tells_which_of_two_is_ready(void **state)
{
    const short in[2] = {POLLIN, POLLIN};
    int a[2], b[2];
    short ready[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, b), 0);
    wire_send_text(b[1], "x");
    assert_int_equal(wait_for_either((int[]){a[0], b[0]}, in, ready,
                                     CLOCK_NEVER), 0);
    assert_int_equal(ready[0], 0);
    assert_int_equal(ready[1], POLLIN);
    wire_send_text(a[1], "x");
    assert_int_equal(wait_for_either((int[]){a[0], -1}, in, ready,
                                     CLOCK_NEVER), 0);
    assert_int_equal(ready[0], POLLIN);
    assert_int_equal(ready[1], 0);
    for (int i = 0; i < 2; i++) {
        close(a[i]);
        close(b[i]);
    }
}

/* ---- descriptors -------------------------------------------------------- */

static void preparing_keeps_the_other_flags(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_APPEND), 0);
    assert_int_equal(descriptor_prepare(ends[1]), 0);
    assert_true(prepared(ends[1]));
    assert_true(fcntl(ends[1], F_GETFL) & O_APPEND);
    assert_int_equal(descriptor_prepare(-1), -1);
    assert_int_equal(errno, EBADF);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(counts_how_often_it_shall_stop),
        fixture_test(statistics_are_asked_for_until_taken),
        fixture_test(a_hangup_asks_to_reload_where_that_is_wanted),
        fixture_test(a_renewed_pipe_is_empty_and_ones_own),
        fixture_test(a_flood_neither_blocks_nor_disturbs),
        fixture_test(a_closed_connection_is_an_error_not_a_death),
        fixture_test(a_signal_before_the_wait_is_not_slept_over),
        fixture_test(a_signal_ends_the_wait),
        fixture_test(a_request_for_statistics_does_not),
        fixture_test(the_server_hears_signals_while_it_waits),
        fixture_test(waits_until_ready_or_too_late),
        fixture_test(tells_which_of_two_is_ready),
        fixture_test(preparing_keeps_the_other_flags),
    };

    return fixture_run("signals", tests);
}
