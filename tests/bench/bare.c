#define _GNU_SOURCE /* accept4(2) */

#include "bare.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static int control(int epoll, int how, int fd, unsigned events, void *owner)
{
    struct epoll_event event;

    memset(&event, 0, sizeof event);
    event.events = events;
    event.data.ptr = owner;
    return epoll_ctl(epoll, how, fd, &event);
}

int bare_watch(int epoll, int fd, void *owner)
{
    return control(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, owner);
}

int bare_rewatch(int epoll, int fd, int for_room, void *owner)
{
    return control(epoll, EPOLL_CTL_MOD, fd, for_room ? EPOLLOUT : EPOLLIN,
                   owner);
}

int bare_accept(int listener)
{
    const int one = 1;
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}
