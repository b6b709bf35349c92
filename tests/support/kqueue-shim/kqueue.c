/* kqueue over epoll: see sys/event.h here. Which filters a descriptor has is kept
 * in a table of the process; one queue at a time is all that tests need, and a
 * new queue begins with an empty table. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/event.h>

#define TABLE 65536
#define BATCH 1024

static unsigned char filters[TABLE]; /* bit 0: reading, bit 1: writing */

int kqueue(void)
{
    memset(filters, 0, sizeof filters);
    return epoll_create1(EPOLL_CLOEXEC);
}

static unsigned bit_of(const struct kevent *change)
{
    return change->filter == EVFILT_READ ? 1 : 2;
}

static int control(int kq, int op, int fd, unsigned bits)
{
    struct epoll_event event = {0, {.fd = fd}};

    event.events = (bits & 1 ? EPOLLIN | EPOLLRDHUP : 0) |
                   (bits & 2 ? EPOLLOUT : 0);
    return epoll_ctl(kq, op, fd, &event);
}

/* The table may be about a descriptor of this number that was closed since: the
 * kernel, as a real kqueue, has forgotten that one. */
static int tell(int kq, int fd, unsigned bits)
{
    if (bits == 0)
        return control(kq, EPOLL_CTL_DEL, fd, 0);
    if (control(kq, EPOLL_CTL_MOD, fd, bits) == 0)
        return 0;
    return errno == ENOENT ? control(kq, EPOLL_CTL_ADD, fd, bits) : -1;
}

/* 0, or the errno value. */
static int apply(int kq, const struct kevent *change)
{
    int fd = (int)change->ident;
    unsigned bit = bit_of(change), bits;

    if (fd < 0 || fd >= TABLE || fcntl(fd, F_GETFD) < 0)
        return EBADF;
    bits = filters[fd];
    if (bits != 0 && control(kq, EPOLL_CTL_MOD, fd, bits) != 0)
        bits = 0;
    if (change->flags & EV_DELETE) {
        if ((bits & bit) == 0)
            return ENOENT;
        bits &= ~bit;
    } else {
        bits |= bit;
    }
    if (tell(kq, fd, bits) != 0)
        return errno;
    filters[fd] = (unsigned char)bits;
    return 0;
}

static int put(struct kevent *out, int fd, int filter, uint32_t seen)
{
    int ended = (seen & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0;

    EV_SET(out, fd, filter, ended ? EV_EOF : 0, 0, 0, 0);
    return 1;
}

/* One epoll event is up to two of kqueue. What finds no room comes again. */
static int split(const struct epoll_event *from, struct kevent *out, int room)
{
    uint32_t broken = EPOLLHUP | EPOLLERR, seen = from->events;
    unsigned bits = filters[from->data.fd];
    int n = 0;

    if ((bits & 1) && (seen & (EPOLLIN | EPOLLRDHUP | broken)) && n < room)
        n += put(&out[n], from->data.fd, EVFILT_READ, seen);
    if ((bits & 2) && (seen & (EPOLLOUT | broken)) && n < room)
        n += put(&out[n], from->data.fd, EVFILT_WRITE,
                 seen & (EPOLLHUP | EPOLLERR));
    return n;
}

int kevent(int kq, const struct kevent *changes, int change_count,
           struct kevent *events, int event_count,
           const struct timespec *timeout)
{
    static struct epoll_event batch[BATCH];
    int n = 0, count, ms;

    for (int i = 0; i < change_count; i++) {
        int error = apply(kq, &changes[i]);

        if (error == 0)
            continue;
        if (n == event_count) {
            errno = error;
            return -1;
        }
        events[n] = changes[i];
        events[n].flags = EV_ERROR;
        events[n++].data = error;
    }
    if (n > 0 || event_count == 0)
        return n;
    ms = timeout == NULL ? -1
                         : (int)(timeout->tv_sec * 1000 +
                                 timeout->tv_nsec / 1000000);
    count = epoll_wait(kq, batch, event_count < BATCH ? event_count : BATCH,
                       ms);
    for (int i = 0; i < count && n < event_count; i++)
        n += split(&batch[i], events + n, event_count - n);
    return count < 0 ? -1 : n;
}
