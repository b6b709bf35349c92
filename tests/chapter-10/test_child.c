/* child: a forked process has what is its own, and nothing of its parent's. */
#include "fixture.h"

#include "child.h"
#include "deadline.h"
#include "descriptors.h"
#include "signals.h"
#include "wire.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: which descriptors above 2 are open, told by exit status. */
struct seen {
    int count, expected;
    const int *keep;
    int keep_count;
};

static void see(int fd, void *data)
{
    struct seen *seen = data;

    if (fd <= STDERR_FILENO)
        return;
    seen->count++;
    for (int i = 0; i < seen->keep_count; i++)
        seen->expected += fd == seen->keep[i];
}

/* The signals' own pipe is two more. */
static int has_only(const int *keep, int count)
{
    struct seen seen = {0, 0, keep, count};

    descriptors_each(see, &seen);
    return seen.expected == count && seen.count == count + 2;
}

static void close_pair(const int fds[2])
{
    close(fds[0]);
    close(fds[1]);
}

/* Without the fixture: the signals' pipe stays for all tests. */
static void the_parent_hears_its_signals(void **state)
{
    (void)state;
    assert_int_equal(signals_open(), 0);
    assert_int_equal(raise(SIGUSR1), 0);
    assert_int_equal(signals_take_dump(), 1);
    signals_drain();
}

static void it_keeps_what_it_is_told_and_no_more(void **state)
{
    int a[2], b[2], far, keep[2];
    pid_t pid;

    (void)state;
    assert_int_equal(pipe(a), 0);
    assert_int_equal(pipe(b), 0);
    far = fcntl(a[0], F_DUPFD, 200);
    keep[0] = a[1];
    keep[1] = far;
    pid = child_fork(keep, 2);
    if (pid == 0)
        _exit(has_only(keep, 2) ? 0 : 9);
    assert_int_equal(child_reap(pid), 0);
    assert_true(fcntl(b[0], F_GETFD) >= 0); /* the parent keeps all */
    close_pair(a);
    close_pair(b);
    close(far);
}

static void it_may_keep_nothing(void **state)
{
    int fds[2];
    pid_t pid;

    (void)state;
    assert_int_equal(pipe(fds), 0);
    pid = child_fork(NULL, 0);
    if (pid == 0)
        _exit(has_only(NULL, 0) ? 0 : 9);
    assert_int_equal(child_reap(pid), 0);
    close_pair(fds);
}

/* The parent's end is not held by the child: so who reads at the other one
 * notices when the parent closes it. */
static void it_does_not_hold_the_parents_end(void **state)
{
    int fds[2];
    pid_t pid;

    (void)state;
    assert_int_equal(pipe(fds), 0);
    pid = child_fork(&fds[0], 1);
    if (pid == 0) {
        char byte;

        _exit(read(fds[0], &byte, 1) == 0 ? 0 : 9);
    }
    close(fds[1]);
    assert_int_equal(child_reap(pid), 0);
    close(fds[0]);
}

/* ---- signals ------------------------------------------------------------ */

/* In the child: waits for one signal that asks to stop. */
static void wait_for_stop(int tell)
{
    if (signals_stops() != 0 || write(tell, "r", 1) != 1)
        _exit(8);
    for (int i = 0; i < 1000 && signals_stops() == 0; i++)
        deadline_poll(signals_fd(), POLLIN, deadline_in(10));
    signals_drain();
    _exit(signals_stops() == 1 ? 0 : 9);
}

static void its_signals_are_its_own(void **state)
{
    int fds[2];
    char byte;
    pid_t pid;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    pid = child_fork(&fds[1], 1);
    if (pid == 0)
        wait_for_stop(fds[1]);
    wire_receive(fds[0], &byte, 1);
    assert_int_equal(kill(pid, SIGTERM), 0);
    assert_int_equal(child_reap(pid), 0);
    assert_int_equal(signals_stops(), 0); /* not heard here */
    close_pair(fds);
}

/* Nothing that was asked of the parent is asked of the child. */
static void what_the_parent_has_heard_the_child_has_not(void **state)
{
    pid_t pid;

    (void)state;
    assert_int_equal(raise(SIGUSR1), 0);
    pid = child_fork(NULL, 0);
    if (pid == 0)
        _exit(signals_take_dump());
    assert_int_equal(child_reap(pid), 0);
    assert_int_equal(signals_take_dump(), 1);
    signals_drain();
}

static void no_signal_is_left_blocked(void **state)
{
    sigset_t before, after;
    pid_t pid;

    (void)state;
    sigprocmask(SIG_SETMASK, NULL, &before);
    pid = child_fork(NULL, 0);
    sigprocmask(SIG_SETMASK, NULL, &after);
    if (pid == 0)
        _exit(sigismember(&after, SIGTERM) + sigismember(&after, SIGHUP));
    assert_int_equal(child_reap(pid), 0);
    for (int sig = 1; sig < 32; sig++)
        assert_int_equal(sigismember(&after, sig), sigismember(&before, sig));
}

/* ---- the end ------------------------------------------------------------ */

static void its_fate_is_told_in_words(void **state)
{
    char text[CHILD_TEXT];
    pid_t pid = child_fork(NULL, 0);

    (void)state;
    if (pid == 0)
        _exit(3);
    assert_string_equal(child_fate(child_reap(pid), text),
                        "exited with status 3");
    pid = child_fork(NULL, 0);
    if (pid == 0)
        for (;;)
            pause();
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_string_equal(child_fate(child_reap(pid), text),
                        "was killed by signal 9");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parent_hears_its_signals),
        fixture_test(it_keeps_what_it_is_told_and_no_more),
        fixture_test(it_may_keep_nothing),
        fixture_test(it_does_not_hold_the_parents_end),
        fixture_test(its_signals_are_its_own),
        fixture_test(what_the_parent_has_heard_the_child_has_not),
        fixture_test(no_signal_is_left_blocked),
        fixture_test(its_fate_is_told_in_words),
    };

    return fixture_run("child", tests);
}
