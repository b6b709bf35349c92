#ifndef KQUEUE_SHIM_SYS_EVENT_H
#define KQUEUE_SHIM_SYS_EVENT_H

#include <stdint.h>
#include <time.h>

/* As much of kqueue(2) as event_loop_kqueue.c uses, over epoll(7), so that the
 * poller of macOS and the BSDs is compiled and tested on Linux, too. For tests:
 * a program for people is linked with the real thing. */

#define EVFILT_READ  (-1)
#define EVFILT_WRITE (-2)
#define EV_ADD       0x0001
#define EV_DELETE    0x0002
#define EV_ERROR     0x4000
#define EV_EOF       0x8000

struct kevent {
    uintptr_t ident;
    short filter;
    unsigned short flags;
    unsigned fflags;
    intptr_t data;
    void *udata;
};

#define EV_SET(event, id, filt, flag, ff, dat, ud)            \
    do {                                                      \
        (event)->ident = (uintptr_t)(id);                     \
        (event)->filter = (short)(filt);                      \
        (event)->flags = (unsigned short)(flag);              \
        (event)->fflags = (ff);                               \
        (event)->data = (dat);                                \
        (event)->udata = (void *)(ud);                        \
    } while (0)

int kqueue(void);

/* Applies the changes, then waits. A change that fails is an event with EV_ERROR
 * and the errno value in `data`, if there is room for events; otherwise the call
 * fails with that errno. */
int kevent(int kq, const struct kevent *changes, int change_count,
           struct kevent *events, int event_count,
           const struct timespec *timeout);

#endif
