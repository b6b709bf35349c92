#include "event_loop.h"

#include "clock.h"
#include "poller.h"
#include "timer_wheel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct slot { /* what we know of a descriptor: its number is the index */
    event_callback cb;
    void *data;
    uint16_t events; /* 0: it is not watched */
    uint16_t is_due; /* it is ready, and has not been called yet */
    unsigned since;  /* the turn in which this was set */
};

struct event_loop {
    uint64_t now_ms, now_us; /* of this turn: the same moment */
    unsigned turn;
    int stopped;
    void *poller;
    struct slot *slots;
    int slot_count;
    struct ready *ready; /* the batch of this turn */
    int max_events;
    struct timer_wheel wheel;
};

/* ---- opening ------------------------------------------------------------ */

/* The time of a turn is asked for once. */
static void look_at_clock(event_loop_t *loop)
{
    loop->now_us = clock_now_us();
    loop->now_ms = loop->now_us / 1000;
}

event_loop_t *event_loop_create(int max_events)
{
    event_loop_t *loop;

    if (max_events < 1) {
        errno = EINVAL;
        return NULL;
    }
    loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return NULL;
    loop->ready = calloc((size_t)max_events, sizeof *loop->ready);
    if (loop->ready == NULL)
        goto no_ready;
    loop->poller = poller_open(max_events);
    if (loop->poller == NULL)
        goto no_poller;
    loop->max_events = max_events;
    look_at_clock(loop);
    timer_wheel_init(&loop->wheel, loop->now_ms);
    return loop;
no_poller:
    free(loop->ready);
no_ready:
    free(loop);
    return NULL;
}

/* ---- descriptors -------------------------------------------------------- */

/* The slot of a descriptor, or NULL if it has none. */
static struct slot *slot_of(const event_loop_t *loop, int fd)
{
    return fd >= 0 && fd < loop->slot_count ? &loop->slots[fd] : NULL;
}

static struct slot *watched_slot(const event_loop_t *loop, int fd)
{
    struct slot *slot = slot_of(loop, fd);

    if (slot != NULL && slot->events != 0)
        return slot;
    errno = ENOENT;
    return NULL;
}

/* Makes a slot for this descriptor: the table doubles when it is too small. */
static int make_slot(event_loop_t *loop, int fd)
{
    int count = loop->slot_count > 0 ? loop->slot_count : 64;
    struct slot *slots;

    while (count <= fd)
        count *= 2;
    slots = realloc(loop->slots, (size_t)count * sizeof *slots);
    if (slots == NULL)
        return -1;
    memset(slots + loop->slot_count, 0,
           (size_t)(count - loop->slot_count) * sizeof *slots);
    loop->slots = slots;
    loop->slot_count = count;
    return 0;
}

int event_loop_add(event_loop_t *loop, int fd, uint32_t events,
                   event_callback cb, void *data)
{
    struct slot *slot;

    if (fd < 0 || events == 0) {
        errno = fd < 0 ? EBADF : EINVAL;
        return -1;
    }
    if (fd >= loop->slot_count && make_slot(loop, fd) != 0)
        return -1;
    slot = slot_of(loop, fd);
    if (slot == NULL || slot->events != 0) {
        errno = EEXIST;
        return -1;
    }
    if (poller_set(loop->poller, fd, 0, events) != 0)
        return -1;
    slot->cb = cb;
    slot->data = data;
    slot->events = (uint16_t)events;
    slot->since = loop->turn;
    return 0;
}

int event_loop_mod(event_loop_t *loop, int fd, uint32_t events)
{
    struct slot *slot = watched_slot(loop, fd);

    if (slot == NULL)
        return -1;
    if (events == 0) {
        errno = EINVAL;
        return -1;
    }
    if (events != slot->events &&
        poller_set(loop->poller, fd, slot->events, events) != 0)
        return -1;
    slot->events = (uint16_t)events;
    return 0;
}

static void forget(const event_loop_t *loop, struct slot *slot)
{
    slot->events = 0;
    slot->since = loop->turn;
}

int event_loop_del(event_loop_t *loop, int fd)
{
    struct slot *slot = watched_slot(loop, fd);

    if (slot == NULL)
        return -1;
    /* Fails only if fd was closed, and then it is out of the kernel's set. */
    poller_set(loop->poller, fd, 0, 0);
    forget(loop, slot);
    return 0;
}

/* ---- timers ------------------------------------------------------------- */

void event_loop_timer(event_loop_t *loop, struct timer *t, uint64_t at_ms)
{
    timer_wheel_set(&loop->wheel, t, at_ms);
}

uint64_t event_loop_now(const event_loop_t *loop)
{
    return loop->now_ms;
}

/* ---- a turn ------------------------------------------------------------- */

/* What is said of a descriptor whose watching began or ended in this very turn is
 * about one of the same number that is gone. One that nobody watches and that
 * reports all the same has been left in the kernel's set. */
static int dispatch(event_loop_t *loop, const struct ready *ready)
{
    struct slot *slot = slot_of(loop, ready->fd);

    if (slot != NULL)
        slot->is_due = 0;
    if (slot != NULL && slot->since == loop->turn)
        return 0;
    if (slot == NULL || slot->events == 0) {
        poller_set(loop->poller, ready->fd, 0, 0);
        return 0;
    }
    slot->cb(loop, ready->fd, ready->events, slot->data);
    return 1;
}

/* How long the poller may wait. */
static int limit(const event_loop_t *loop, int timeout_ms)
{
    int left = clock_left_ms(timer_wheel_next(&loop->wheel), loop->now_ms);

    if (loop->stopped)
        return 0;
    return left < 0 || (timeout_ms >= 0 && timeout_ms < left) ? timeout_ms
                                                              : left;
}

/* Who is called first may ask about those that come after him: is_due. */
static void note_ready(event_loop_t *loop, int count)
{
    for (int i = 0; i < count; i++) {
        struct slot *slot = slot_of(loop, loop->ready[i].fd);

        if (slot != NULL)
            slot->is_due = 1;
    }
}

int event_loop_run(event_loop_t *loop, int timeout_ms)
{
    int calls = 0, n = poller_wait(loop->poller, loop->ready, loop->max_events,
                                   limit(loop, timeout_ms));

    if (n < 0 && errno != EINTR)
        return -1;
    loop->turn++;
    look_at_clock(loop);
    note_ready(loop, n);
    for (int i = 0; i < n; i++)
        calls += dispatch(loop, &loop->ready[i]);
    return calls + timer_wheel_advance(&loop->wheel, loop->now_ms);
}

void event_loop_stop(event_loop_t *loop)
{
    loop->stopped = 1;
}

int event_loop_is_stopped(const event_loop_t *loop)
{
    return loop->stopped;
}

/* ---- the loop as chapter 4 sees it -------------------------------------- */

static void call_watcher(event_loop_t *loop, int fd, uint32_t events,
                         void *data)
{
    struct watcher *w = data;

    (void)loop;
    w->ready(w, fd, events);
}

/* The poller may take its time, for most are closed next; but not with what will
 * be open elsewhere even then. */
static void watch_nothing(const event_loop_t *loop, int fd)
{
    struct slot *slot = slot_of(loop, fd);

    if (slot == NULL || slot->events == 0)
        return;
    poller_set(loop->poller, fd,
               slot->events & WATCH_SHARED ? 0 : slot->events, 0);
    forget(loop, slot);
}

static int watch_set(void *self, int fd, unsigned events, struct watcher *w)
{
    event_loop_t *loop = self;
    struct slot *slot = slot_of(loop, fd);

    if (events == 0) {
        watch_nothing(loop, fd);
        return 0;
    }
    if (slot == NULL || slot->events == 0)
        return event_loop_add(loop, fd, events, call_watcher, w);
    if (event_loop_mod(loop, fd, events) != 0)
        return -1;
    if (slot->data != w)
        slot->since = loop->turn;
    slot->cb = call_watcher;
    slot->data = w;
    return 0;
}

static void watch_set_timer(void *self, struct timer *t, uint64_t at_ms)
{
    event_loop_timer(self, t, at_ms);
}

static int watch_is_due(void *self, int fd)
{
    const struct slot *slot = slot_of(self, fd);

    return slot != NULL && slot->is_due;
}

struct watch event_loop_watch(event_loop_t *loop)
{
    struct watch watch = {loop, watch_set, watch_set_timer, &loop->now_ms,
                          &loop->now_us, watch_is_due};

    return watch;
}

void event_loop_destroy(event_loop_t *loop)
{
    if (loop == NULL)
        return;
    poller_close(loop->poller);
    free(loop->slots);
    free(loop->ready);
    free(loop);
}
