#include "fd_interest.h"

#include "watch.h"

#include <errno.h>
#include <stddef.h>

void fd_interest_init(struct fd_interest *interest)
{
    FD_ZERO(&interest->reading);
    FD_ZERO(&interest->writing);
    interest->top = -1;
}

static void mark(int fd, int wanted, fd_set *set)
{
    if (wanted)
        FD_SET(fd, set);
    else
        FD_CLR(fd, set);
}

int fd_interest_set(struct fd_interest *interest, int fd, unsigned events)
{
    if (fd < 0 || fd >= FD_SETSIZE) {
        errno = fd < 0 ? EBADF : EMFILE;
        return -1;
    }
    mark(fd, (events & WATCH_READ) != 0, &interest->reading);
    mark(fd, (events & WATCH_WRITE) != 0, &interest->writing);
    if (events != 0 && fd > interest->top)
        interest->top = fd;
    while (interest->top >= 0 && fd_interest_get(interest, interest->top) == 0)
        interest->top--;
    return 0;
}

int fd_interest_wait(const struct fd_interest *interest,
                     struct fd_interest *ready, int timeout_ms)
{
    struct timeval limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000};

    *ready = *interest;
    return select(ready->top + 1, &ready->reading, &ready->writing, NULL,
                  timeout_ms < 0 ? NULL : &limit);
}

unsigned fd_interest_get(const struct fd_interest *interest, int fd)
{
    return (FD_ISSET(fd, &interest->reading) ? WATCH_READ : 0) |
           (FD_ISSET(fd, &interest->writing) ? WATCH_WRITE : 0);
}
