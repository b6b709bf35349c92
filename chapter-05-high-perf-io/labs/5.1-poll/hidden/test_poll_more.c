/* The poller on poll(): its table, what was closed, and small batches. */
#include "fixture.h"
#include "poller_rig.h"

#include <fcntl.h>

static void the_last_takes_the_place_of_the_one_that_goes(void **state)
{
    struct rig *r = rig_open();

    (void)state;
    for (int i = 0; i < 4; i++) {
        watch(r, i, EVENT_READ);
        fill(r, i);
    }
    set(r, 1, EVENT_READ, 0);
    set(r, 3, EVENT_READ, EVENT_WRITE);
    wait_up_to(r, 16, 5000);
    expect_int("descriptors told, one of four is removed", r->count, 3);
    expect_told("the events of the first", r, 0, EVENT_READ);
    expect_told("the events of the last, which was moved", r, 3, EVENT_WRITE);
    set(r, 3, EVENT_WRITE, 0);
    wait_up_to(r, 16, 5000);
    expect_int("descriptors told, the moved one is removed, too", r->count, 2);
    watch(r, 1, EVENT_READ);
    wait_up_to(r, 16, 5000);
    expect_told("the events of one that is watched again", r, 1, EVENT_READ);
    rig_close(r);
}

static void what_was_closed_is_dropped(void **state)
{
    struct rig *r = rig_open();

    (void)state;
    for (int i = 0; i < 3; i++)
        watch(r, i, EVENT_READ);
    fill(r, 2);
    shut(&r->ends[0][0]);
    shut(&r->ends[1][0]);
    wait_up_to(r, 16, 5000);
    expect_int("descriptors told, two of three are closed", r->count, 1);
    expect_told("the events of the one that is open", r, 2, EVENT_READ);
    set(r, 2, EVENT_READ, 0);
    expect_quiet("descriptors told after that", r);
    rig_close(r);
}

static void a_closed_number_can_be_watched_again(void **state)
{
    struct rig *r = rig_open();
    int fd = r->ends[0][0];

    (void)state;
    watch(r, 0, EVENT_READ);
    close(fd);
    expect_int("descriptors told of a closed one",
               poller_wait(r->poller, r->ready, 16, 0), 0);
    assert_int_equal(fcntl(r->ends[1][0], F_DUPFD, fd), fd);
    watch(r, 0, EVENT_READ);
    fill(r, 1);
    wait_up_to(r, 16, 5000);
    expect_told("the events of the same number, opened again", r, 0,
                EVENT_READ);
    rig_close(r);
}

static void a_small_batch_starves_nobody(void **state)
{
    struct rig *r = rig_open();
    int seen[4] = {0};

    (void)state;
    for (int i = 0; i < 4; i++) {
        watch(r, i, EVENT_READ);
        fill(r, i);
    }
    for (int turn = 0; turn < 8; turn++) {
        wait_up_to(r, 1, 5000);
        expect_int("descriptors told with room for one", r->count, 1);
        for (int i = 0; i < 4; i++)
            seen[i] += told(r, i) != 0;
    }
    for (int i = 0; i < 4; i++)
        expect_int(about("times that pair %d was told, in 8 waits of one", i),
                   seen[i], 2);
    rig_close(r);
}

static void many_and_high_numbers_are_watched(void **state)
{
    struct rig *r = rig_open();
    int high[300], ready = 0;

    (void)state;
    for (int i = 0; i < 300; i++) {
        high[i] = fcntl(r->ends[0][0], F_DUPFD, 700);
        assert_true(high[i] >= 700);
        expect_int(about("poller_set() of descriptor %d", high[i]),
                   poller_set(r->poller, high[i], 0, EVENT_READ), 0);
    }
    fill(r, 0);
    for (int turn = 0; turn < 30; turn++) {
        wait_up_to(r, 10, 5000);
        ready += r->count;
    }
    for (int i = 0; i < 300; i++)
        close(high[i]);
    expect_int("descriptors told in 30 waits of ten", ready, 300);
    rig_close(r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_last_takes_the_place_of_the_one_that_goes),
        fixture_test(what_was_closed_is_dropped),
        fixture_test(a_closed_number_can_be_watched_again),
        fixture_test(a_small_batch_starves_nobody),
        fixture_test(many_and_high_numbers_are_watched),
    };

    return fixture_run("poll_more", tests);
}
