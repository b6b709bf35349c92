/* event_loop: callbacks that close, remove, add and change descriptors, their own
 * and others, while a batch is being dispatched. */

#include "fixture.h"

#include <errno.h>

#include "loop_rig.h"

struct plan { /* what a callback is to do, once */
    struct call call; /* first: note() is handed this */
    void (*act)(event_loop_t *loop, struct plan *p);
    int other; /* a descriptor for `act` */
    struct plan *next;
};

static void follow(event_loop_t *loop, int fd, uint32_t events, void *data)
{
    struct plan *p = data;

    note(loop, fd, events, &p->call);
    if (p->act != NULL)
        p->act(loop, p);
    p->act = NULL;
}

/* Two descriptors that are both ready; the first one called does `act` with the
 * other. Returns how often they were called in one turn, in all. */
static int two_ready(struct rig *r, struct plan plans[2], int pairs[2][2],
                     void (*act)(event_loop_t *loop, struct plan *p))
{
    memset(plans, 0, 2 * sizeof *plans);
    for (int i = 0; i < 2; i++) {
        pair(pairs[i]);
        fill(pairs[i][1]);
    }
    for (int i = 0; i < 2; i++) {
        plans[i].act = act;
        plans[i].other = pairs[1 - i][0];
        plans[i].next = &plans[1 - i];
        assert_int_equal(event_loop_add(r->loop, pairs[i][0], EVENT_READ,
                                        follow, &plans[i]), 0);
    }
    event_loop_run(r->loop, 1000);
    return plans[0].call.count + plans[1].call.count;
}

static void end(struct rig *r, int pairs[2][2])
{
    rig_close(r);
    close_pair(pairs[0]);
    close_pair(pairs[1]);
}

static void remove_other(event_loop_t *loop, struct plan *p)
{
    assert_int_equal(event_loop_del(loop, p->other), 0);
    p->next->act = NULL;
}

static void one_that_was_removed_is_not_called(void **state)
{
    struct rig r = rig_open(16);
    struct plan plans[2];
    int pairs[2][2];

    (void)state;
    assert_int_equal(two_ready(&r, plans, pairs, remove_other), 1);
    end(&r, pairs);
}

/* Closes the other one and opens a descriptor of the same number. */
static void reopen_other(event_loop_t *loop, struct plan *p)
{
    int ends[2], fresh;

    assert_int_equal(event_loop_del(loop, p->other), 0);
    pair(ends);
    fresh = dup2(ends[0], p->other);
    assert_int_equal(fresh, p->other);
    close_pair(ends);
    p->next->act = NULL;
    assert_int_equal(event_loop_add(loop, fresh, EVENT_READ, follow, p->next),
                     0);
}

static void a_new_one_does_not_get_the_old_ones_event(void **state)
{
    struct rig r = rig_open(16);
    struct plan plans[2];
    int pairs[2][2];

    (void)state;
    assert_int_equal(two_ready(&r, plans, pairs, reopen_other), 1);
    event_loop_run(r.loop, 1000); /* its own: the other end is closed */
    assert_true(plans[0].call.count >= 1 && plans[1].call.count >= 1);
    end(&r, pairs);
}

static void remove_self(event_loop_t *loop, struct plan *p)
{
    assert_int_equal(event_loop_del(loop, p->call.fd), 0);
}

static void each_may_remove_itself(void **state)
{
    struct rig r = rig_open(16);
    struct plan plans[2];
    int pairs[2][2];

    (void)state;
    assert_int_equal(two_ready(&r, plans, pairs, remove_self), 2);
    event_loop_run(r.loop, 0);
    assert_int_equal(event_loop_run(r.loop, 0), 0);
    assert_int_equal(plans[0].call.count + plans[1].call.count, 2);
    end(&r, pairs);
}

static void mute_other(event_loop_t *loop, struct plan *p)
{
    assert_int_equal(event_loop_mod(loop, p->other, EVENT_WRITE), 0);
    p->next->act = NULL;
}

static void a_change_counts_from_the_next_turn(void **state)
{
    struct rig r = rig_open(16);
    struct plan plans[2];
    int pairs[2][2];

    (void)state;
    two_ready(&r, plans, pairs, mute_other);
    for (int i = 0; i < 2; i++)
        plans[i].call.all = 0;
    event_loop_run(r.loop, 1000);
    assert_int_equal(plans[0].call.all | plans[1].call.all,
                     EVENT_READ | EVENT_WRITE);
    end(&r, pairs);
}

static void add_closed(event_loop_t *loop, struct plan *p)
{
    static struct call never;

    assert_int_equal(event_loop_add(loop, 1000, EVENT_READ, note, &never), -1);
    p->next->act = NULL;
}

/* An add that fails in a callback leaves the loop as it was. */
static void a_failed_add_changes_nothing(void **state)
{
    struct rig r = rig_open(16);
    struct plan plans[2];
    int pairs[2][2];

    (void)state;
    if (strcmp(poller_name, "epoll") != 0) {
        print_message("%s finds out later\n", poller_name);
        rig_close(&r);
        return;
    }
    assert_int_equal(two_ready(&r, plans, pairs, add_closed), 2);
    assert_int_equal(event_loop_run(r.loop, 1000), 2);
    end(&r, pairs);
}

/* Adds one that is ready, and is to be called in the next turn. */
static int added[2];
static struct call added_call;

static void add_ready(event_loop_t *loop, struct plan *p)
{
    pair(added);
    fill(added[1]);
    memset(&added_call, 0, sizeof added_call);
    assert_int_equal(event_loop_add(loop, added[0], EVENT_READ, note,
                                    &added_call), 0);
    p->next->act = NULL;
}

static void one_that_is_added_is_called_from_the_next_turn_on(void **state)
{
    struct rig r = rig_open(16);
    struct plan plans[2];
    int pairs[2][2];

    (void)state;
    assert_int_equal(two_ready(&r, plans, pairs, add_ready), 2);
    assert_int_equal(added_call.count, 0);
    assert_int_equal(event_loop_run(r.loop, 1000), 3);
    assert_int_equal(added_call.count, 1);
    end(&r, pairs);
    close_pair(added);
}

/* As many as make the table of descriptors move, while a slot is in use. */
static int hundreds[500];

static void add_hundreds(event_loop_t *loop, struct plan *p)
{
    for (int i = 0; i < 500; i++) {
        hundreds[i] = dup(p->other);
        assert_true(hundreds[i] >= 0);
        assert_int_equal(event_loop_add(loop, hundreds[i], EVENT_READ, note,
                                        &added_call), 0);
        assert_int_equal(event_loop_del(loop, hundreds[i]), 0);
    }
    p->next->act = NULL;
}

static void a_callback_may_add_hundreds(void **state)
{
    struct rig r = rig_open(16);
    struct plan plans[2];
    int pairs[2][2];

    (void)state;
    memset(&added_call, 0, sizeof added_call);
    assert_int_equal(two_ready(&r, plans, pairs, add_hundreds), 2);
    assert_int_equal(event_loop_run(r.loop, 1000), 2);
    assert_int_equal(added_call.count, 0);
    for (int i = 0; i < 500; i++)
        close(hundreds[i]);
    end(&r, pairs);
}

/* Takes what both of them were called for: two descriptors of one socket. */
static void read_once(event_loop_t *loop, int fd, uint32_t events, void *data)
{
    int *refused = data;
    char byte;

    (void)loop;
    assert_int_equal(events, EVENT_READ);
    if (read(fd, &byte, 1) < 0) {
        assert_int_equal(errno, EAGAIN);
        ++*refused;
    }
}

static void ready_may_be_over_when_it_is_told(void **state)
{
    struct rig r = rig_open(16);
    int ends[2], again, refused = 0;

    (void)state;
    pair(ends);
    again = dup(ends[0]);
    event_loop_add(r.loop, ends[0], EVENT_READ, read_once, &refused);
    event_loop_add(r.loop, again, EVENT_READ, read_once, &refused);
    for (int i = 1; i <= 3; i++) {
        fill(ends[1]);
        assert_int_equal(event_loop_run(r.loop, 1000), 2);
        assert_int_equal(refused, i);
        assert_int_equal(event_loop_run(r.loop, 0), 0);
    }
    rig_close(&r);
    close(again);
    close_pair(ends);
}

/* A descriptor is closed here, but not in another process (here: under another
 * number), and then it is ready. epoll goes on about it, under a number that
 * nobody can name any more, unless it was taken out before. */
static void one_that_is_open_elsewhere_is_forgotten(void **state)
{
    struct rig r = rig_open(16);
    struct call call = {0};
    int ends[2], elsewhere;

    (void)state;
    pair(ends);
    elsewhere = dup(ends[0]);
    event_loop_add(r.loop, ends[0], EVENT_READ, note, &call);
    assert_int_equal(event_loop_del(r.loop, ends[0]), 0);
    close(ends[0]);
    fill(ends[1]);
    expect_quiet(&r);
    rig_close(&r);
    close(ends[1]);
    close(elsewhere);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(one_that_was_removed_is_not_called),
        fixture_test(a_new_one_does_not_get_the_old_ones_event),
        fixture_test(each_may_remove_itself),
        fixture_test(a_change_counts_from_the_next_turn),
        fixture_test(a_failed_add_changes_nothing),
        fixture_test(one_that_is_added_is_called_from_the_next_turn_on),
        fixture_test(a_callback_may_add_hundreds),
        fixture_test(ready_may_be_over_when_it_is_told),
        fixture_test(one_that_is_open_elsewhere_is_forgotten),
    };

    return fixture_run("event_loop_stale", tests);
}
