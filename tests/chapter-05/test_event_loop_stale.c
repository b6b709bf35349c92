/* event_loop: callbacks that close, remove, add and change descriptors, their own
 * and others, while a batch is being dispatched; and the same through the seam
 * `watch`. */

#include "fixture.h"

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

static void add_another(event_loop_t *loop, struct plan *p)
{
    static struct plan added;

    memset(&added, 0, sizeof added);
    p->next->act = NULL;
    p->next = &added;
    assert_int_equal(event_loop_add(loop, p->call.fd == p->other
                                              ? p->other + 1
                                              : 1000, EVENT_READ, follow,
                                    &added), -1); /* not open: EBADF */
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
    assert_int_equal(two_ready(&r, plans, pairs, add_another), 2);
    assert_int_equal(event_loop_run(r.loop, 1000), 2);
    end(&r, pairs);
}

/* ---- through the seam --------------------------------------------------- */

struct spy {
    struct watcher watcher; /* first */
    int count;
};

static void spy_ready(struct watcher *w, int fd, unsigned events)
{
    (void)fd;
    (void)events;
    ((struct spy *)w)->count++;
}

static void a_watcher_may_be_replaced(void **state)
{
    struct rig r = rig_open(16);
    struct watch watch = event_loop_watch(r.loop);
    struct spy first = {{spy_ready}, 0}, second = {{spy_ready}, 0};
    int a[2];

    (void)state;
    pair(a);
    fill(a[1]);
    assert_int_equal(watch.set(watch.loop, a[0], 0, NULL), 0);
    assert_int_equal(watch.set(watch.loop, a[0], WATCH_READ, &first.watcher),
                     0);
    event_loop_run(r.loop, 1000);
    assert_int_equal(first.count, 1);
    assert_int_equal(watch.set(watch.loop, a[0], WATCH_READ, &second.watcher),
                     0);
    for (int i = 0; i < 2; i++)
        event_loop_run(r.loop, 0);
    assert_int_equal(first.count, 1);
    assert_true(second.count >= 1);
    assert_int_equal(watch.set(watch.loop, a[0], 0, NULL), 0);
    event_loop_run(r.loop, 0);
    assert_int_equal(event_loop_run(r.loop, 0), 0);
    rig_close(&r);
    close_pair(a);
}

/* ---- timers ------------------------------------------------------------- */

static void count_ring(void *owner)
{
    ++*(int *)owner;
}

static void a_timer_ends_the_wait(void **state)
{
    struct rig r = rig_open(16);
    struct watch watch = event_loop_watch(r.loop);
    struct timer t;
    uint64_t at_ms = clock_now_ms() + 40;
    int rung = 0;

    (void)state;
    timer_init(&t, count_ring, &rung);
    watch.set_timer(watch.loop, &t, at_ms);
    for (int turn = 0; turn < 100 && rung == 0; turn++)
        event_loop_run(r.loop, 10000);
    assert_int_equal(rung, 1);
    assert_true(clock_now_ms() >= at_ms);
    assert_true(*watch.now_ms >= at_ms);
    event_loop_timer(r.loop, &t, clock_now_ms() + 10);
    event_loop_timer(r.loop, &t, CLOCK_NEVER);
    assert_int_equal(event_loop_run(r.loop, 50), 0);
    assert_int_equal(rung, 1);
    rig_close(&r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(one_that_was_removed_is_not_called),
        fixture_test(a_new_one_does_not_get_the_old_ones_event),
        fixture_test(each_may_remove_itself),
        fixture_test(a_change_counts_from_the_next_turn),
        fixture_test(a_failed_add_changes_nothing),
        fixture_test(a_watcher_may_be_replaced),
        fixture_test(a_timer_ends_the_wait),
    };

    return fixture_run("event_loop_stale", tests);
}
