#ifndef FAILING_CALLS_H
#define FAILING_CALLS_H

/* failing_calls: the system calls and allocations of the modules under test, of
 * which one can be made to fail.
 *
 * The Makefile links the suite with ld --wrap: recv() in any of our objects is
 * __wrap_recv() here, which calls __real_recv(), unless it is the turn of this
 * call to fail. Nothing fails but while it is armed: the test arms it for what
 * the load balancer does and disarms it for its own sockets. Linux only. Include
 * it after fixture.h, in one file of a suite. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#define SHORT (-1) /* no error: one byte only */
#define LOST  (-2) /* close(): it says EINTR, and the descriptor is gone */

static struct {
    int armed;
    const char *call;  /* which one ... */
    long turn;         /* ... and the how manieth of these, from 1 on */
    int error;         /* errno, SHORT or LOST */
    long seen;         /* such calls so far */
    int hit;           /* it has failed ... */
    const void *place; /* ... here: addr2line(1) tells the line */
    long live;         /* allocations that have not been freed */
} failing;

/* From now on, with everything counted from the beginning. */
static inline void failing_plan(const char *call, long turn, int error)
{
    failing.call = call;
    failing.turn = turn;
    failing.error = error;
    failing.seen = failing.hit = failing.armed = 0;
}

static inline int failing_trips(const char *call, const void *place)
{
    if (!failing.armed || strcmp(call, failing.call) != 0 ||
        ++failing.seen != failing.turn)
        return 0;
    failing.hit = 1;
    failing.place = place;
    if (failing.error > 0)
        errno = failing.error;
    return failing.error;
}

/* A connection that is said to be reset is reset: what is received later on it,
 * if anybody tries, is its end. */
static inline int failing_trips_on(const char *call, int fd, const void *place)
{
    int how = failing_trips(call, place);

    if (how == ECONNRESET || how == EPIPE) {
        shutdown(fd, SHUT_RDWR);
        errno = how;
    }
    return how;
}

#define HERE __builtin_return_address(0)

/* A call that either fails or does what it always does. */
#define WRAP(result, name, parameters, arguments, failed) \
    result __real_##name parameters;                      \
    result __wrap_##name parameters;                      \
    result __wrap_##name parameters                       \
    {                                                     \
        if (failing_trips(#name, HERE) > 0)               \
            return failed;                                \
        return __real_##name arguments;                   \
    }

/* One that may also do a little only: `len` is one of its parameters, `fd` the
 * connection. */
#define WRAP_SHORT(name, fd, parameters, arguments)    \
    ssize_t __real_##name parameters;                  \
    ssize_t __wrap_##name parameters;                  \
    ssize_t __wrap_##name parameters                   \
    {                                                  \
        int how = failing_trips_on(#name, (fd), HERE); \
                                                       \
        if (how > 0)                                   \
            return -1;                                 \
        if (how == SHORT && len > 1)                   \
            len = 1;                                   \
        return __real_##name arguments;                \
    }

int __real_getsockopt(int fd, int level, int name, void *v, socklen_t *n);

/* Of a splice(2): the other one is a pipe. */
static inline int failing_socket(int in, int out)
{
    int type;
    socklen_t len = sizeof type;

    return __real_getsockopt(in, SOL_SOCKET, SO_TYPE, &type, &len) == 0 ? in
                                                                        : out;
}

WRAP_SHORT(recv, fd, (int fd, void *to, size_t len, int flags),
           (fd, to, len, flags))
WRAP_SHORT(send, fd, (int fd, const void *from, size_t len, int flags),
           (fd, from, len, flags))
WRAP_SHORT(splice, failing_socket(in, out),
           (int in, off_t *at, int out, off_t *to, size_t len, unsigned flags),
           (in, at, out, to, len, flags))
WRAP(int, accept4, (int fd, struct sockaddr *from, socklen_t *n, int flags),
     (fd, from, n, flags), -1)
WRAP(int, connect, (int fd, const struct sockaddr *to, socklen_t n),
     (fd, to, n), -1)
WRAP(int, socket, (int family, int type, int protocol),
     (family, type, protocol), -1)
WRAP(int, setsockopt, (int fd, int level, int name, const void *v, socklen_t n),
     (fd, level, name, v, n), -1)
WRAP(int, getsockopt, (int fd, int level, int name, void *v, socklen_t *n),
     (fd, level, name, v, n), -1)
WRAP(int, pipe2, (int ends[2], int flags), (ends, flags), -1)
WRAP(int, epoll_create1, (int flags), (flags), -1)
WRAP(int, epoll_ctl, (int set, int what, int fd, struct epoll_event *event),
     (set, what, fd, event), -1)
WRAP(int, epoll_wait, (int set, struct epoll_event *out, int max, int ms),
     (set, out, max, ms), -1)

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    int how = failing_trips("close", HERE);
    int closed = __real_close(fd);

    if (how == 0)
        return closed;
    errno = EINTR;
    return -1;
}

/* ---- memory ------------------------------------------------------------- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *memory);

void *__wrap_malloc(size_t size)
{
    void *memory =
        failing_trips("malloc", HERE) != 0 ? NULL : __real_malloc(size);

    failing.live += memory != NULL;
    return memory;
}

void *__wrap_calloc(size_t count, size_t size)
{
    void *memory =
        failing_trips("calloc", HERE) != 0 ? NULL : __real_calloc(count, size);

    failing.live += memory != NULL;
    return memory;
}

void *__wrap_realloc(void *old, size_t size)
{
    void *memory =
        failing_trips("realloc", HERE) != 0 ? NULL : __real_realloc(old, size);

    failing.live += memory != NULL && old == NULL;
    return memory;
}

void __wrap_free(void *memory)
{
    failing.live -= memory != NULL;
    __real_free(memory);
}

#endif
