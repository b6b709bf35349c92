/* The poller on epoll(7): Linux. The kernel keeps the set; a wait costs what has
 * happened, not what is watched.
 *
 * Removing is lazy. Most descriptors are removed because they will be closed, and
 * the kernel forgets a closed one by itself, so a system call for it would be
 * wasted. One that stays open is removed when it reports what nobody waits for. */

#include "event_loop.h"
#include "poller.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

const char poller_name[] = "epoll";

struct epoll {
    int fd;
    struct epoll_event *events;
};

void *poller_open(int max_events)
{
    struct epoll *p = malloc(sizeof *p);

    if (p == NULL)
        return NULL;
    p->events = calloc((size_t)max_events, sizeof *p->events);
    if (p->events == NULL)
        goto no_events;
    p->fd = epoll_create1(EPOLL_CLOEXEC);
    if (p->fd < 0)
        goto no_epoll;
    return p;
no_epoll:
    free(p->events);
no_events:
    free(p);
    return NULL;
}

static int control(const struct epoll *p, int op, int fd, uint32_t events)
{
    struct epoll_event event = {0, {.fd = fd}};

    event.events = (events & EVENT_READ ? EPOLLIN | EPOLLRDHUP : 0) |
                   (events & EVENT_WRITE ? EPOLLOUT : 0);
    return epoll_ctl(p->fd, op, fd, &event);
}

int poller_set(void *poller, int fd, uint32_t before, uint32_t after)
{
    const struct epoll *p = poller;

    if (before == 0 && after == 0)
        return control(p, EPOLL_CTL_DEL, fd, 0);
    if (after == 0)
        return 0; /* lazily */
    if (before != 0)
        return control(p, EPOLL_CTL_MOD, fd, after);
    if (control(p, EPOLL_CTL_ADD, fd, after) == 0)
        return 0;
    return errno == EEXIST ? control(p, EPOLL_CTL_MOD, fd, after) : -1;
}

/* An error or a hang-up comes unasked, and may be all that comes: it is said to
 * be both, so that whoever waits for either looks. */
static uint32_t translate(uint32_t events)
{
    if (events & (EPOLLERR | EPOLLHUP))
        return EVENT_READ | EVENT_WRITE;
    return (events & (EPOLLIN | EPOLLRDHUP) ? EVENT_READ : 0) |
           (events & EPOLLOUT ? EVENT_WRITE : 0);
}

int poller_wait(void *poller, struct ready *out, int max, int timeout_ms)
{
    const struct epoll *p = poller;
    int n = epoll_wait(p->fd, p->events, max, timeout_ms);

    for (int i = 0; i < n; i++) {
        out[i].fd = p->events[i].data.fd;
        out[i].events = translate(p->events[i].events);
    }
    return n;
}

void poller_close(void *poller)
{
    struct epoll *p = poller;

    close(p->fd);
    free(p->events);
    free(p);
}
