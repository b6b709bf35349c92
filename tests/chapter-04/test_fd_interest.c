/* fd_interest: what is set, what is refused, and what a wait finds. */
#include "fixture.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "fd_interest.h"
#include "watch.h"

static struct fd_interest interest, ready;

static void nothing_at_first(void **state)
{
    (void)state;
    fd_interest_init(&interest);
    assert_int_equal(interest.top, -1);
    for (int fd = 0; fd < FD_SETSIZE; fd++)
        assert_int_equal(fd_interest_get(&interest, fd), 0);
}

static void exactly_these_events_from_now_on(void **state)
{
    static const unsigned events[] = {WATCH_READ, WATCH_READ | WATCH_WRITE,
                                      WATCH_WRITE, 0, WATCH_WRITE, WATCH_READ};

    (void)state;
    fd_interest_init(&interest);
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        assert_int_equal(fd_interest_set(&interest, 7, events[i]), 0);
        assert_int_equal(fd_interest_get(&interest, 7), events[i]);
        assert_int_equal(fd_interest_get(&interest, 6), 0);
        assert_int_equal(fd_interest_get(&interest, 8), 0);
        assert_int_equal(interest.top, events[i] != 0 ? 7 : -1);
    }
}

static void what_has_no_bit_is_refused(void **state)
{
    static const struct {
        int fd, error;
    } cases[] = {{-1, EBADF}, {-1000000, EBADF}, {FD_SETSIZE, EMFILE},
                 {FD_SETSIZE + 1, EMFILE}, {1000000, EMFILE}};
    struct fd_interest before;

    (void)state;
    fd_interest_init(&interest);
    fd_interest_set(&interest, 3, WATCH_READ);
    before = interest;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned events = 0; events <= 3; events++) {
            errno = 0;
            assert_int_equal(fd_interest_set(&interest, cases[i].fd, events),
                             -1);
            assert_int_equal(errno, cases[i].error);
        }
    assert_memory_equal(&interest, &before, sizeof before);
}

static void the_top_is_always_the_highest(void **state)
{
    static unsigned model[FD_SETSIZE];
    uint32_t seed = random_seed();

    (void)state;
    memset(model, 0, sizeof model);
    fd_interest_init(&interest);
    for (int step = 0; step < 5000; step++) {
        int top = FD_SETSIZE - 1;
        int fd = step % 2 ? (int)(random_next(&seed) % FD_SETSIZE)
                          : (int)(random_next(&seed) % 8); /* often the top */

        model[fd] = random_next(&seed) % 4 * (random_next(&seed) % 2);
        if (step % 50 == 49) /* now and then nearly all go */
            for (int other = 8; other < FD_SETSIZE; other++)
                assert_int_equal(
                    fd_interest_set(&interest, other, model[other] = 0), 0);
        assert_int_equal(fd_interest_set(&interest, fd, model[fd]), 0);
        while (top >= 0 && model[top] == 0)
            top--;
        assert_int_equal(interest.top, top);
        assert_int_equal(fd_interest_get(&interest, fd), model[fd]);
    }
}

/* ---- waiting ------------------------------------------------------------- */

static void a_wait_tells_what_is_ready_and_changes_nothing(void **state)
{
    struct fd_interest before;
    int a[2], b[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, b), 0);
    fd_interest_init(&interest);
    fd_interest_set(&interest, a[0], WATCH_READ | WATCH_WRITE);
    fd_interest_set(&interest, a[1], WATCH_WRITE);
    fd_interest_set(&interest, b[0], WATCH_READ);
    assert_int_equal(write(a[1], "x", 1), 1);
    before = interest;
    assert_int_equal(fd_interest_wait(&interest, &ready, 1000), 3);
    assert_int_equal(fd_interest_get(&ready, a[0]), WATCH_READ | WATCH_WRITE);
    assert_int_equal(fd_interest_get(&ready, a[1]), WATCH_WRITE);
    assert_int_equal(fd_interest_get(&ready, b[0]), 0);
    assert_int_equal(ready.top, interest.top);
    assert_memory_equal(&interest, &before, sizeof before);
    for (int i = 0; i < 2; i++) {
        close(a[i]);
        close(b[i]);
    }
}

static void a_wait_ends_when_its_time_is_over(void **state)
{
    static const int limits_ms[] = {0, 1, 30, 1020};

    (void)state;
    fd_interest_init(&interest);
    for (size_t i = 0; i < sizeof limits_ms / sizeof *limits_ms; i++) {
        uint64_t began = clock_now_ms();

        assert_int_equal(fd_interest_wait(&interest, &ready, limits_ms[i]), 0);
        assert_in_range(clock_now_ms() - began, limits_ms[i], 20000);
    }
}

static void one_without_limit_waits_for_the_event(void **state)
{
    int a[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, a), 0);
    fd_interest_init(&interest);
    fd_interest_set(&interest, a[0], WATCH_READ);
    close(a[1]); /* the end of a stream can be read, too */
    assert_int_equal(fd_interest_wait(&interest, &ready, -1), 1);
    assert_int_equal(fd_interest_get(&ready, a[0]), WATCH_READ);
    close(a[0]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(nothing_at_first),
        fixture_test(exactly_these_events_from_now_on),
        fixture_test(what_has_no_bit_is_refused),
        fixture_test(the_top_is_always_the_highest),
        fixture_test(a_wait_tells_what_is_ready_and_changes_nothing),
        fixture_test(a_wait_ends_when_its_time_is_over),
        fixture_test(one_without_limit_waits_for_the_event),
    };
    return fixture_run("fd_interest", tests);
}
