#include "select_loop.h"

#include "clock.h"

#include <errno.h>
#include <string.h>

void select_loop_init(struct select_loop *loop)
{
    memset(loop, 0, sizeof *loop);
    FD_ZERO(&loop->reading);
    FD_ZERO(&loop->writing);
    loop->top = -1;
    loop->now_ms = clock_now_ms();
}

static void mark(int fd, int wanted, fd_set *set)
{
    if (wanted)
        FD_SET(fd, set);
    else
        FD_CLR(fd, set);
}

static int select_loop_set(void *self, int fd, unsigned events,
                           struct watcher *w)
{
    struct select_loop *loop = self;
    struct select_slot *slot;

    if (fd < 0 || fd >= FD_SETSIZE) {
        errno = fd < 0 ? EBADF : EMFILE;
        return -1;
    }
    slot = &loop->slots[fd];
    if (events == 0)
        w = NULL;
    if (w != slot->watcher)
        slot->since = loop->turn;
    slot->watcher = w;
    mark(fd, (events & WATCH_READ) != 0, &loop->reading);
    mark(fd, (events & WATCH_WRITE) != 0, &loop->writing);
    if (w != NULL && fd > loop->top)
        loop->top = fd;
    while (loop->top >= 0 && loop->slots[loop->top].watcher == NULL)
        loop->top--;
    return 0;
}

struct watch select_loop_watch(struct select_loop *loop)
{
    struct watch watch = {loop, select_loop_set, &loop->now_ms};

    return watch;
}

/* A watcher that came during this turn is not called in it: what select() said
 * of its descriptor was about one with the same number, closed since. */
static int dispatch(struct select_loop *loop, int fd, const fd_set *readable,
                    const fd_set *writable)
{
    struct select_slot *slot = &loop->slots[fd];
    unsigned events = (FD_ISSET(fd, readable) ? WATCH_READ : 0) |
                      (FD_ISSET(fd, writable) ? WATCH_WRITE : 0);

    if (events == 0 || slot->watcher == NULL || slot->since == loop->turn)
        return 0;
    slot->watcher->ready(slot->watcher, fd, events);
    return 1;
}

int select_loop_turn(struct select_loop *loop, int timeout_ms)
{
    fd_set readable = loop->reading, writable = loop->writing;
    struct timeval limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    int top = loop->top, calls = 0;
    int n = select(top + 1, &readable, &writable, NULL,
                   timeout_ms < 0 ? NULL : &limit);

    loop->turn++;
    loop->now_ms = clock_now_ms();
    if (n < 0)
        return errno == EINTR ? 0 : -1;
    for (int fd = 0; fd <= top && n > 0; fd++)
        calls += dispatch(loop, fd, &readable, &writable);
    return calls;
}
