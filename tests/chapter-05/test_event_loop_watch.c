/* event_loop through the seam `watch`: watchers, what is forgotten, timers. */

#include "fixture.h"

#include "loop_rig.h"

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

/* Once is enough for one that stays open: if it is ready, the kernel may say so
 * once more, and then the loop waits. */
static void what_is_forgotten_is_silent(void **state)
{
    struct rig r = rig_open(16);
    struct watch watch = event_loop_watch(r.loop);
    struct spy spy = {{spy_ready}, 0};
    int a[2];

    (void)state;
    pair(a);
    watch.set(watch.loop, a[0], WATCH_READ, &spy.watcher);
    assert_int_equal(watch.set(watch.loop, a[0], 0, NULL), 0);
    fill(a[1]);
    close(a[1]);
    event_loop_run(r.loop, 0);
    expect_quiet(&r);
    assert_int_equal(spy.count, 0);
    rig_close(&r);
    close(a[0]);
}

static void what_is_forgotten_can_be_watched_again(void **state)
{
    struct rig r = rig_open(16);
    struct watch watch = event_loop_watch(r.loop);
    struct spy spy = {{spy_ready}, 0};
    int a[2];

    (void)state;
    pair(a);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(watch.set(watch.loop, a[0], WATCH_WRITE, &spy.watcher),
                         0);
        assert_int_equal(event_loop_run(r.loop, 1000), 1);
        assert_int_equal(spy.count, i);
        assert_int_equal(watch.set(watch.loop, a[0], 0, NULL), 0);
    }
    rig_close(&r);
    close_pair(a);
}

struct usurper { /* gives both descriptors another watcher, when called */
    struct watcher watcher; /* first */
    struct watch watch;
    const int *fds;
    struct watcher *heir;
    int count;
};

static void usurper_ready(struct watcher *w, int fd, unsigned events)
{
    struct usurper *u = (struct usurper *)w;

    (void)fd;
    (void)events;
    u->count++;
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            u->watch.set(u->watch.loop, u->fds[i], WATCH_READ, u->heir), 0);
}

static void a_new_watcher_is_called_from_the_next_turn_on(void **state)
{
    struct rig r = rig_open(16);
    struct watch watch = event_loop_watch(r.loop);
    struct spy heir = {{spy_ready}, 0};
    int a[2], b[2], fds[2];
    struct usurper u = {{usurper_ready}, watch, fds, &heir.watcher, 0};

    (void)state;
    pair(a);
    pair(b);
    fds[0] = a[0];
    fds[1] = b[0];
    fill(a[1]);
    fill(b[1]);
    for (int i = 0; i < 2; i++)
        watch.set(watch.loop, fds[i], WATCH_READ, &u.watcher);
    assert_int_equal(event_loop_run(r.loop, 1000), 1);
    assert_int_equal(u.count, 1);
    assert_int_equal(event_loop_run(r.loop, 1000), 2);
    assert_int_equal(heir.count, 2);
    rig_close(&r);
    close_pair(a);
    close_pair(b);
}

static void what_is_said_to_be_shared_is_forgotten_at_once(void **state)
{
    struct rig r = rig_open(16);
    struct watch watch = event_loop_watch(r.loop);
    struct spy spy = {{spy_ready}, 0};
    int ends[2], elsewhere;

    (void)state;
    pair(ends);
    elsewhere = dup(ends[0]);
    watch.set(watch.loop, ends[0], WATCH_READ | WATCH_SHARED, &spy.watcher);
    assert_int_equal(watch.set(watch.loop, ends[0], 0, &spy.watcher), 0);
    close(ends[0]);
    fill(ends[1]);
    expect_quiet(&r);
    assert_int_equal(spy.count, 0);
    rig_close(&r);
    close(ends[1]);
    close(elsewhere);
}

static void count_ring(void *owner)
{
    ++*(int *)owner;
}

/* Two are ready; whoever is called asks about himself and about the other. */
static struct {
    struct watcher watcher; /* first */
    struct watch watch;
    int ends[2], calls, others_due;
} asking;

static void ask_ready(struct watcher *w, int fd, unsigned events)
{
    void *loop = asking.watch.loop;
    int other = asking.ends[0] == fd ? asking.ends[1] : asking.ends[0];

    (void)w;
    (void)events;
    asking.calls++;
    assert_false(asking.watch.is_due(loop, fd));
    asking.others_due += asking.watch.is_due(loop, other);
}

static void what_is_ready_is_due_until_it_is_told(void **state)
{
    struct rig r = rig_open(16);
    int a[2], b[2];

    (void)state;
    pair(a);
    pair(b);
    asking.watcher.ready = ask_ready;
    asking.watch = event_loop_watch(r.loop);
    asking.ends[0] = a[0];
    asking.ends[1] = b[0];
    asking.watch.set(r.loop, a[0], WATCH_READ, &asking.watcher);
    asking.watch.set(r.loop, b[0], WATCH_READ, &asking.watcher);
    fill(a[1]);
    fill(b[1]);
    assert_int_equal(event_loop_run(r.loop, 1000), 2);
    assert_int_equal(asking.calls, 2);
    assert_int_equal(asking.others_due, 1); /* the first one saw the second */
    for (int fd = -1; fd < 70000; fd++)
        assert_false(asking.watch.is_due(r.loop, fd));
    rig_close(&r);
    close_pair(a);
    close_pair(b);
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
        fixture_test(a_watcher_may_be_replaced),
        fixture_test(what_is_forgotten_is_silent),
        fixture_test(what_is_forgotten_can_be_watched_again),
        fixture_test(a_new_watcher_is_called_from_the_next_turn_on),
        fixture_test(what_is_said_to_be_shared_is_forgotten_at_once),
        fixture_test(what_is_ready_is_due_until_it_is_told),
        fixture_test(a_timer_ends_the_wait),
    };

    return fixture_run("event_loop_watch", tests);
}
