/* select_loop: descriptors without a bit, time, signals, errors. */
#include "fixture.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "deadline.h"
#include "spy.h"

static void allow_descriptors(rlim_t wanted)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = wanted;
    if (limit.rlim_max < wanted || setrlimit(RLIMIT_NOFILE, &limit) != 0)
        skip();
}

static void a_descriptor_that_has_no_bit_is_refused(void **state)
{
    static struct select_loop before;
    struct spy spy = new_spy();
    int a[2], high = FD_SETSIZE + 476;

    (void)state;
    allow_descriptors((rlim_t)high + 1);
    open_loop();
    pair(a);
    assert_int_equal(dup2(a[0], high), high);
    set(a[1], WATCH_READ, &spy);
    before = loop;
    for (int fd = FD_SETSIZE; fd <= high; fd += high - FD_SETSIZE) {
        errno = 0;
        assert_int_equal(set(fd, WATCH_READ | WATCH_WRITE, &spy), -1);
        assert_int_equal(errno, EMFILE);
        assert_int_equal(set(fd, 0, &spy), -1);
    }
    errno = 0;
    assert_int_equal(set(-1, WATCH_READ, &spy), -1);
    assert_int_equal(errno, EBADF);
    assert_memory_equal(&loop, &before, sizeof loop); /* no bit was written */
    close(high);
    close_pair(a);
}

static void the_last_descriptor_with_a_bit_works(void **state)
{
    struct spy spy = new_spy();
    int a[2], last = FD_SETSIZE - 1;

    (void)state;
    allow_descriptors(FD_SETSIZE);
    open_loop();
    pair(a);
    assert_int_equal(dup2(a[0], last), last);
    assert_int_equal(set(last, WATCH_READ, &spy), 0);
    fill(a[1]);
    assert_int_equal(select_loop_turn(&loop, 1000), 1);
    assert_int_equal(spy.fd, last);
    close(last);
    close_pair(a);
}

static void a_turn_ends_when_its_time_is_over(void **state)
{
    uint64_t began;

    (void)state;
    open_loop();
    began = clock_now_ms();
    assert_int_equal(select_loop_turn(&loop, 30), 0);
    assert_in_range(clock_now_ms() - began, 30, 5000);
    assert_int_equal(select_loop_turn(&loop, 0), 0);
}

static void the_time_is_that_of_the_turn(void **state)
{
    uint64_t before = clock_now_ms();

    (void)state;
    open_loop();
    assert_ptr_equal(watch.now_ms, &loop.now_ms);
    assert_in_range(*watch.now_ms, before, clock_now_ms());
    select_loop_turn(&loop, 5);
    assert_true(*watch.now_ms >= before + 5);
    assert_true(*watch.now_ms <= clock_now_ms());
}

static void on_signal(int sig)
{
    (void)sig;
}

/* Sends us SIGUSR1 again and again: one of them comes while we wait. */
static pid_t start_pest(void)
{
    struct sigaction action;
    deadline_t deadline = deadline_in(10000);
    pid_t pid, parent = getpid();

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigaction(SIGUSR1, &action, NULL);
    pid = fork();
    assert_true(pid >= 0);
    while (pid == 0 && deadline_pause(deadline))
        kill(parent, SIGUSR1);
    if (pid == 0)
        _exit(0);
    return pid;
}

static void a_signal_is_no_error(void **state)
{
    uint64_t began = clock_now_ms();
    pid_t pest = start_pest();

    (void)state;
    open_loop();
    assert_int_equal(select_loop_turn(&loop, 60000), 0);
    assert_in_range(clock_now_ms() - began, 0, 30000);
    kill(pest, SIGKILL);
    assert_int_equal(waitpid(pest, NULL, 0), pest);
}

static void a_descriptor_closed_too_early_is_an_error(void **state)
{
    struct spy spy = new_spy();
    int a[2];

    (void)state;
    open_loop();
    pair(a);
    set(a[0], WATCH_READ, &spy);
    close_pair(a); /* without having been forgotten */
    assert_int_equal(select_loop_turn(&loop, 0), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(spy.calls, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_descriptor_that_has_no_bit_is_refused),
        fixture_test(the_last_descriptor_with_a_bit_works),
        fixture_test(a_turn_ends_when_its_time_is_over),
        fixture_test(the_time_is_that_of_the_turn),
        fixture_test(a_signal_is_no_error),
        fixture_test(a_descriptor_closed_too_early_is_an_error),
    };
    return fixture_run("select_limits", tests);
}
