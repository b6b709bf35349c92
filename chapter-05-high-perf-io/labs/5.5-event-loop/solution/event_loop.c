#include "event_loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "poller.h"
#include "timer_wheel.h"

/* What is known of a descriptor. `due`: so many events of this batch are for
 * it. Whatever changes who is to be called makes that 0, so what is left of the
 * batch is nobody's: it was about the one before. */
struct entry {
    event_callback cb; /* NULL: it is not watched */
    void *data;
    uint32_t events;
    int due;
};

struct event_loop {
    void *poller;
    struct ready *batch;
    int batch_max;
    struct entry *table; /* by descriptor */
    int room;
    struct timer_wheel wheel;
    uint64_t now_ms, now_us;
    int is_stopped;
};

/* ---- making and ending -----------------------------------------------------
 */

static void look_at_the_clock(event_loop_t *loop)
{
    loop->now_us = clock_now_us();
    loop->now_ms = loop->now_us / 1000;
}

event_loop_t *event_loop_create(int max_events)
{
    event_loop_t *loop = NULL;
    int error;

    if (max_events < 1)
        errno = EINVAL;
    else
        loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return NULL;
    loop->batch_max = max_events;
    loop->batch = calloc((size_t)max_events, sizeof *loop->batch);
    if (loop->batch != NULL)
        loop->poller = poller_open(max_events);
    if (loop->poller == NULL) {
        error = errno;
        free(loop->batch);
        free(loop);
        errno = error;
        return NULL;
    }
    look_at_the_clock(loop);
    timer_wheel_init(&loop->wheel, loop->now_ms);
    return loop;
}

void event_loop_destroy(event_loop_t *loop)
{
    if (loop == NULL)
        return;
    poller_close(loop->poller);
    free(loop->batch);
    free(loop->table);
    free(loop);
}

/* ---- the table
 * --------------------------------------------------------------- */

/* The entry if it is watched, else NULL and ENOENT. */
static struct entry *watched(const event_loop_t *loop, int fd)
{
    if (fd >= 0 && fd < loop->room && loop->table[fd].cb != NULL)
        return &loop->table[fd];
    errno = ENOENT;
    return NULL;
}

static int grow(event_loop_t *loop, int fd)
{
    int room = fd + 1 > 2 * loop->room ? fd + 64 : 2 * loop->room;
    struct entry *table;

    if (fd < loop->room)
        return 0;
    table = realloc(loop->table, (size_t)room * sizeof *table);
    if (table == NULL)
        return -1;
    memset(table + loop->room, 0, (size_t)(room - loop->room) * sizeof *table);
    loop->table = table;
    loop->room = room;
    return 0;
}

static int fail(int error)
{
    errno = error;
    return -1;
}

int event_loop_add(event_loop_t *loop, int fd, uint32_t events,
                   event_callback cb, void *data)
{
    if (fd < 0)
        return fail(EBADF);
    if (events == 0)
        return fail(EINVAL);
    if (watched(loop, fd) != NULL)
        return fail(EEXIST);
    if (grow(loop, fd) != 0 || poller_set(loop->poller, fd, 0, events) != 0)
        return -1;
    loop->table[fd] = (struct entry){cb, data, events, 0};
    return 0;
}

int event_loop_mod(event_loop_t *loop, int fd, uint32_t events)
{
    struct entry *e = watched(loop, fd);

    if (e == NULL)
        return -1;
    if (events == 0)
        return fail(EINVAL);
    if (events != e->events &&
        poller_set(loop->poller, fd, e->events, events) != 0)
        return -1;
    e->events = events;
    return 0;
}

/* `before`: what the poller is told that was watched. */
static int forget(event_loop_t *loop, int fd, uint32_t before)
{
    struct entry *e = watched(loop, fd);

    if (e == NULL)
        return -1;
    poller_set(loop->poller, fd, before, 0);
    memset(e, 0, sizeof *e);
    return 0;
}

int event_loop_del(event_loop_t *loop, int fd)
{
    return forget(loop, fd, 0); /* at once, see poller.h */
}

/* ---- a turn
 * ------------------------------------------------------------------ */

void event_loop_timer(event_loop_t *loop, struct timer *t, uint64_t at_ms)
{
    timer_wheel_set(&loop->wheel, t, at_ms);
}

uint64_t event_loop_now(const event_loop_t *loop)
{
    return loop->now_ms;
}

void event_loop_stop(event_loop_t *loop)
{
    loop->is_stopped = 1;
}

int event_loop_is_stopped(const event_loop_t *loop)
{
    return loop->is_stopped;
}

/* -1: for ever; so that is more than any other. */
static int sooner(int a, int b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a < b ? a : b;
}

/* Returns whether somebody was called. */
static int tell(event_loop_t *loop, const struct ready *ready)
{
    struct entry *e = watched(loop, ready->fd);
    struct entry now;

    if (e == NULL) { /* the kernel has not forgotten it yet */
        poller_set(loop->poller, ready->fd, 0, 0);
        return 0;
    }
    if (e->due == 0)
        return 0;
    e->due--;
    now = *e; /* the table may move meanwhile */
    now.cb(loop, ready->fd, ready->events, now.data);
    return 1;
}

int event_loop_run(event_loop_t *loop, int timeout_ms)
{
    int timer_ms = clock_left_ms(timer_wheel_next(&loop->wheel), loop->now_ms);
    int wait_ms = loop->is_stopped ? 0 : sooner(timeout_ms, timer_ms);
    int n = poller_wait(loop->poller, loop->batch, loop->batch_max, wait_ms);
    int calls = 0;

    if (n < 0 && errno != EINTR)
        return -1;
    look_at_the_clock(loop);
    for (int i = 0; i < n; i++)
        if (watched(loop, loop->batch[i].fd) != NULL)
            loop->table[loop->batch[i].fd].due++;
    for (int i = 0; i < n; i++)
        calls += tell(loop, &loop->batch[i]);
    return calls + timer_wheel_advance(&loop->wheel, loop->now_ms);
}

/* ---- the seam `watch`
 * -------------------------------------------------------- */

static void tell_watcher(event_loop_t *loop, int fd, uint32_t events,
                         void *data)
{
    struct watcher *w = data;

    (void)loop;
    w->ready(w, fd, events);
}

/* Most are closed next, and the kernel then forgets them by itself; but not one
 * that others have, too. */
static void watch_no_more(event_loop_t *loop, int fd)
{
    const struct entry *e = watched(loop, fd);

    if (e != NULL)
        forget(loop, fd, e->events & WATCH_SHARED ? 0 : e->events);
}

static int watch_set(void *self, int fd, unsigned events, struct watcher *w)
{
    event_loop_t *loop = self;
    struct entry *e = watched(loop, fd);

    if (events == 0) {
        watch_no_more(loop, fd);
        return 0;
    }
    if (e == NULL)
        return event_loop_add(loop, fd, events, tell_watcher, w);
    if (event_loop_mod(loop, fd, events) != 0)
        return -1;
    if (e->data != w)
        e->due = 0;
    e->data = w;
    return 0;
}

static void watch_set_timer(void *self, struct timer *t, uint64_t at_ms)
{
    event_loop_timer(self, t, at_ms);
}

static int watch_is_due(void *self, int fd)
{
    const struct entry *e = watched(self, fd);

    return e != NULL && e->due > 0;
}

struct watch event_loop_watch(event_loop_t *loop)
{
    return (struct watch){
        .loop = loop,
        .set = watch_set,
        .set_timer = watch_set_timer,
        .now_ms = &loop->now_ms,
        .now_us = &loop->now_us,
        .is_due = watch_is_due,
    };
}
