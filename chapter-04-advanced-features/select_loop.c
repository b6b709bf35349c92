#include "select_loop.h"

#include "clock.h"

#include <errno.h>
#include <string.h>

void select_loop_init(struct select_loop *loop)
{
    memset(loop, 0, sizeof *loop);
    fd_interest_init(&loop->interest);
    loop->now_ms = clock_now_ms();
}

/* ---- descriptors -------------------------------------------------------- */

static int select_loop_set(void *self, int fd, unsigned events,
                           struct watcher *w)
{
    struct select_loop *loop = self;
    struct select_slot *slot;

    if (fd_interest_set(&loop->interest, fd, events) != 0)
        return -1;
    slot = &loop->slots[fd];
    if (events == 0)
        w = NULL;
    if (w != slot->watcher)
        slot->since = loop->turn;
    slot->watcher = w;
    return 0;
}

/* A watcher that came during this turn is not called in it: what select() said
 * of its descriptor was about one with the same number, closed since. */
static int dispatch(struct select_loop *loop, int fd, unsigned events)
{
    struct select_slot *slot = &loop->slots[fd];

    if (events == 0 || slot->watcher == NULL || slot->since == loop->turn)
        return 0;
    slot->watcher->ready(slot->watcher, fd, events);
    return 1;
}

/* ---- timers ------------------------------------------------------------- */

static void select_loop_set_timer(void *self, struct timer *t, uint64_t at_ms)
{
    struct select_loop *loop = self;

    timer_unlink(t); /* it may be in the list of those that ring right now */
    t->at_ms = at_ms;
    if (at_ms != CLOCK_NEVER)
        timer_link(t, &loop->timers);
}

/* Two passes, because a timer that rings may change the list. */
static int ring_due(struct select_loop *loop)
{
    struct timer *due = NULL, *next;

    for (struct timer *t = loop->timers; t != NULL; t = next) {
        next = t->next;
        if (t->at_ms <= loop->now_ms) {
            timer_unlink(t);
            timer_link(t, &due);
        }
    }
    return timer_ring_all(&due);
}

/* How long select() may wait. */
static int limit(const struct select_loop *loop, int timeout_ms)
{
    uint64_t first_ms = CLOCK_NEVER;
    int left;

    for (const struct timer *t = loop->timers; t != NULL; t = t->next)
        if (t->at_ms < first_ms)
            first_ms = t->at_ms;
    left = clock_left_ms(first_ms, loop->now_ms);
    return left < 0 || (timeout_ms >= 0 && timeout_ms < left) ? timeout_ms
                                                              : left;
}

/* ---- the loop ----------------------------------------------------------- */

struct watch select_loop_watch(struct select_loop *loop)
{
    struct watch watch = {loop, select_loop_set, select_loop_set_timer,
                          &loop->now_ms, NULL, NULL};

    return watch;
}

int select_loop_turn(struct select_loop *loop, int timeout_ms)
{
    struct fd_interest ready;
    int calls = 0, n = fd_interest_wait(&loop->interest, &ready,
                                        limit(loop, timeout_ms));

    if (n < 0 && errno != EINTR)
        return -1;
    loop->turn++;
    loop->now_ms = clock_now_ms();
    for (int fd = 0; fd <= ready.top && n > 0; fd++)
        calls += dispatch(loop, fd, fd_interest_get(&ready, fd));
    return calls + ring_due(loop);
}
