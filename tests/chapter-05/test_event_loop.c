/* event_loop on socket pairs and sockets: the same suite on every poller. Timers
 * and stale events are in suites of their own. */

#include "fixture.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loop_rig.h"

static void calls_those_who_are_ready(void **state)
{
    struct rig r = rig_open(16);
    struct call busy = {0}, quiet = {0};
    int a[2], b[2];

    (void)state;
    pair(a);
    pair(b);
    assert_int_equal(event_loop_add(r.loop, a[0], EVENT_READ, note, &busy), 0);
    assert_int_equal(event_loop_add(r.loop, b[0], EVENT_READ, note, &quiet), 0);
    assert_int_equal(event_loop_run(r.loop, 0), 0);
    fill(a[1]);
    assert_int_equal(event_loop_run(r.loop, 1000), 1);
    assert_int_equal(busy.count, 1);
    assert_int_equal(busy.fd, a[0]);
    assert_int_equal(busy.events, EVENT_READ);
    assert_int_equal(quiet.count, 0);
    rig_close(&r);
    close_pair(a);
    close_pair(b);
}

static void calls_again_until_it_has_been_dealt_with(void **state)
{
    struct rig r = rig_open(16);
    struct call call = {0};
    char byte;
    int a[2];

    (void)state;
    pair(a);
    event_loop_add(r.loop, a[0], EVENT_READ, note, &call);
    fill(a[1]);
    for (int turn = 1; turn <= 3; turn++) {
        assert_int_equal(event_loop_run(r.loop, 1000), 1);
        assert_int_equal(call.count, turn);
    }
    assert_int_equal(read(a[0], &byte, 1), 1);
    assert_int_equal(event_loop_run(r.loop, 0), 0);
    rig_close(&r);
    close_pair(a);
}

static void tells_room_to_send(void **state)
{
    struct rig r = rig_open(16);
    struct call call = {0};
    int a[2];

    (void)state;
    pair(a);
    event_loop_add(r.loop, a[0], EVENT_READ, note, &call);
    assert_int_equal(event_loop_run(r.loop, 0), 0);
    assert_int_equal(event_loop_mod(r.loop, a[0], EVENT_WRITE), 0);
    assert_int_equal(event_loop_run(r.loop, 1000), 1);
    assert_int_equal(call.events, EVENT_WRITE);
    assert_int_equal(event_loop_mod(r.loop, a[0], EVENT_READ), 0);
    assert_int_equal(event_loop_run(r.loop, 0), 0);
    rig_close(&r);
    close_pair(a);
}

static void both_events_come(void **state)
{
    struct rig r = rig_open(16);
    struct call call = {0};
    int a[2];

    (void)state;
    pair(a);
    fill(a[1]);
    event_loop_add(r.loop, a[0], EVENT_READ | EVENT_WRITE, note, &call);
    event_loop_run(r.loop, 1000);
    assert_int_equal(call.all, EVENT_READ | EVENT_WRITE);
    rig_close(&r);
    close_pair(a);
}

static void a_half_close_is_readable(void **state)
{
    struct rig r = rig_open(16);
    struct call call = {0};
    int a[2];

    (void)state;
    pair(a);
    event_loop_add(r.loop, a[0], EVENT_READ, note, &call);
    shutdown(a[1], SHUT_WR);
    assert_true(event_loop_run(r.loop, 1000) > 0);
    assert_true(call.all & EVENT_READ);
    rig_close(&r);
    close_pair(a);
}

static void a_refused_connect_is_told(void **state)
{
    struct rig r = rig_open(16);
    struct call call = {0};
    int fd = refused_connect();

    (void)state;
    event_loop_add(r.loop, fd, EVENT_WRITE, note, &call);
    assert_true(event_loop_run(r.loop, 5000) > 0);
    assert_true(call.all & EVENT_WRITE);
    assert_int_equal(net_connect_result(fd), ECONNREFUSED);
    rig_close(&r);
    close(fd);
}

/* A pipe says that its other end has gone, and nothing else: there is nothing to
 * read, and no room to write. */
static void an_error_alone_is_told(void **state)
{
    struct rig r = rig_open(16);
    struct call reader = {0}, writer = {0};
    int empty[2], full[2];

    (void)state;
    assert_int_equal(pipe(empty), 0);
    assert_int_equal(pipe(full), 0);
    assert_int_equal(descriptor_prepare(full[1]), 0);
    while (write(full[1], "x", 1) == 1)
        continue;
    event_loop_add(r.loop, empty[0], EVENT_READ, note, &reader);
    event_loop_add(r.loop, full[1], EVENT_WRITE, note, &writer);
    assert_int_equal(event_loop_run(r.loop, 0), 0);
    close(empty[1]);
    close(full[0]);
    assert_int_equal(event_loop_run(r.loop, 1000), 2);
    assert_true(reader.all & EVENT_READ);
    assert_true(writer.all & EVENT_WRITE);
    rig_close(&r);
    close(empty[0]);
    close(full[1]);
}

/* A descriptor that was removed is in no one's way, though its peer has hung up:
 * the loop waits. */
static void what_is_removed_is_silent(void **state)
{
    struct rig r = rig_open(16);
    struct call call = {0};
    int a[2];

    (void)state;
    pair(a);
    event_loop_add(r.loop, a[0], EVENT_READ, note, &call);
    fill(a[1]);
    close(a[1]);
    event_loop_run(r.loop, 1000);
    assert_int_equal(event_loop_del(r.loop, a[0]), 0);
    call.count = 0;
    event_loop_run(r.loop, 0); /* what is left in the kernel goes now */
    expect_quiet(&r);
    assert_int_equal(call.count, 0);
    rig_close(&r);
    close(a[0]);
}

static void can_be_added_again_after_removal(void **state)
{
    struct rig r = rig_open(16);
    struct call call = {0};
    int a[2];

    (void)state;
    pair(a);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(
            event_loop_add(r.loop, a[0], EVENT_WRITE, note, &call), 0);
        assert_int_equal(event_loop_run(r.loop, 1000), 1);
        assert_int_equal(call.count, i);
        assert_int_equal(event_loop_del(r.loop, a[0]), 0);
    }
    rig_close(&r);
    close_pair(a);
}

static void says_what_is_wrong(void **state)
{
    struct rig r = rig_open(16);
    struct call call = {0};
    int a[2];

    (void)state;
    pair(a);
    errno = 0;
    assert_null(event_loop_create(0));
    assert_int_equal(errno, EINVAL);
    assert_int_equal(event_loop_add(r.loop, -1, EVENT_READ, note, &call), -1);
    assert_int_equal(errno, EBADF);
    assert_int_equal(event_loop_add(r.loop, a[0], 0, note, &call), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(event_loop_mod(r.loop, a[0], EVENT_READ), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(event_loop_del(r.loop, a[0]), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(event_loop_add(r.loop, a[0], EVENT_READ, note, &call), 0);
    assert_int_equal(event_loop_add(r.loop, a[0], EVENT_READ, note, &call), -1);
    assert_int_equal(errno, EEXIST);
    assert_int_equal(event_loop_mod(r.loop, a[0], 0), -1);
    assert_int_equal(errno, EINVAL);
    rig_close(&r);
    close_pair(a);
}

static void waits_no_longer_than_it_may(void **state)
{
    struct rig r = rig_open(16);
    uint64_t before = clock_now_ms();

    (void)state;
    assert_int_equal(event_loop_run(r.loop, 30), 0);
    assert_true(clock_now_ms() - before >= 25);
    assert_true(event_loop_now(r.loop) >= before + 25);
    rig_close(&r);
}

static void on_signal(int signal_number)
{
    (void)signal_number;
}

static void a_signal_ends_the_wait(void **state)
{
    struct rig r = rig_open(16);
    struct sigaction action, old;
    pid_t child;

    (void)state;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    assert_int_equal(sigaction(SIGUSR1, &action, &old), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) { /* again and again: the first may come before the wait */
        for (int i = 0; i < 1000 && kill(getppid(), SIGUSR1) == 0; i++)
            poll(NULL, 0, 10);
        _exit(0);
    }
    assert_int_equal(event_loop_run(r.loop, 20000), 0);
    assert_int_equal(kill(child, SIGKILL), 0);
    while (waitpid(child, NULL, 0) < 0)
        assert_int_equal(errno, EINTR);
    assert_int_equal(sigaction(SIGUSR1, &old, NULL), 0);
    rig_close(&r);
}

static void stop_does_not_wait(void **state)
{
    struct rig r = rig_open(16);

    (void)state;
    assert_false(event_loop_is_stopped(r.loop));
    event_loop_stop(r.loop);
    assert_true(event_loop_is_stopped(r.loop));
    assert_int_equal(event_loop_run(r.loop, -1), 0);
    rig_close(&r);
}

static void a_small_batch_starves_nobody(void **state)
{
    struct rig r = rig_open(1);
    struct call calls[20] = {{0}};
    int pairs[20][2], missing = 20;

    (void)state;
    for (int i = 0; i < 20; i++) {
        pair(pairs[i]);
        fill(pairs[i][1]);
        event_loop_add(r.loop, pairs[i][0], EVENT_READ, note, &calls[i]);
    }
    for (int turn = 0; turn < 200 && missing > 0; turn++) {
        assert_true(event_loop_run(r.loop, 1000) <= 1);
        missing = 0;
        for (int i = 0; i < 20; i++)
            missing += calls[i].count == 0;
    }
    assert_int_equal(missing, 0);
    rig_close(&r);
    for (int i = 0; i < 20; i++)
        close_pair(pairs[i]);
}

static struct call calls[15000];
static int fds[15000];

/* As many as the limits allow, up to 15,000. Returns how many; those for which
 * there is no bit in a set are refused. */
static int add_many(struct rig *r, int model)
{
    struct rlimit limit;
    int count = 0;

    descriptor_want(15100);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    memset(calls, 0, sizeof calls);
    while (count < 15000 && (rlim_t)count + 64 < limit.rlim_cur) {
        int fd = dup(model);

        assert_true(fd >= 0);
        fds[count] = fd;
        if (event_loop_add(r->loop, fd, EVENT_READ, note, &calls[count]) != 0) {
            assert_int_equal(errno, EMFILE); /* select */
            assert_true(fd >= FD_SETSIZE);
            calls[count].count = -1;
        }
        count++;
    }
    return count;
}

/* Each of them can be heard. */
static void many_descriptors(void **state)
{
    struct rig r = rig_open(MAX_EVENTS);
    int ends[2], count, missing = 1;

    (void)state;
    pair(ends);
    count = add_many(&r, ends[0]);
    fill(ends[1]);
    for (int turn = 0; turn < 1000 && missing > 0; turn++) {
        event_loop_run(r.loop, 1000);
        missing = 0;
        for (int i = 0; i < count; i++)
            missing += calls[i].count == 0;
    }
    print_message("%s: %d descriptors\n", poller_name, count);
    assert_int_equal(missing, 0);
    rig_close(&r);
    while (count > 0)
        close(fds[--count]);
    close_pair(ends);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(calls_those_who_are_ready),
        fixture_test(calls_again_until_it_has_been_dealt_with),
        fixture_test(tells_room_to_send),
        fixture_test(both_events_come),
        fixture_test(a_half_close_is_readable),
        fixture_test(a_refused_connect_is_told),
        fixture_test(an_error_alone_is_told),
        fixture_test(what_is_removed_is_silent),
        fixture_test(can_be_added_again_after_removal),
        fixture_test(says_what_is_wrong),
        fixture_test(waits_no_longer_than_it_may),
        fixture_test(a_signal_ends_the_wait),
        fixture_test(stop_does_not_wait),
        fixture_test(a_small_batch_starves_nobody),
        fixture_test(many_descriptors),
    };

    return fixture_run("event_loop", tests);
}
