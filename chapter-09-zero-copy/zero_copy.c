#include "zero_copy.h"

#include "clock.h"
#include "net.h"
#include "wait.h"
#include "zero_copy_system.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define COPY_BUFFER 16384
#define COUNT_MAX   0x7ffff000 /* what Linux moves in one call */
#define PIPE_SIZE   (1 << 16)

static size_t at_most(size_t count, size_t max)
{
    return count < max ? count : max;
}

/* Whether the call is not to be had for these descriptors, while read() and
 * send() may well be. */
static int is_refusal(int error)
{
    return error == EINVAL || error == ENOSYS || error == EOPNOTSUPP ||
           error == ENOTSOCK;
}

/* ---- file to socket ----------------------------------------------------- */

/* pread(2) takes nothing away, so what the socket does not take is not lost. */
static ssize_t copy_piece(int socket_fd, int file_fd, off_t offset,
                          size_t count)
{
    char bytes[COPY_BUFFER];
    ssize_t n, sent;

    do
        n = pread(file_fd, bytes, at_most(count, sizeof bytes), offset);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return n;
    do
        sent = send(socket_fd, bytes, (size_t)n, 0);
    while (sent < 0 && errno == EINTR);
    return sent;
}

static ssize_t copy_file(int socket_fd, int file_fd, off_t offset,
                         size_t count)
{
    size_t done = 0;

    while (done < count) {
        ssize_t n = copy_piece(socket_fd, file_fd, offset + (off_t)done,
                               count - done);

        if (n <= 0)
            return done > 0 ? (ssize_t)done : n;
        done += (size_t)n;
        if ((size_t)n < at_most(count, COPY_BUFFER))
            break; /* the socket is full, or the file ends */
    }
    return (ssize_t)done;
}

ssize_t zero_copy_file_to_socket(int socket_fd, int file_fd, off_t *offset,
                                 size_t count)
{
    ssize_t n;

    if (count == 0)
        return 0;
    count = at_most(count, COUNT_MAX);
    n = zero_copy_sendfile(socket_fd, file_fd, *offset, count);
    if (n < 0 && is_refusal(errno))
        n = copy_file(socket_fd, file_fd, *offset, count);
    if (n > 0)
        *offset += (off_t)n;
    return n;
}

/* ---- socket to socket --------------------------------------------------- */

static int send_all(int fd, const char *bytes, size_t len)
{
    return net_send_all(fd, bytes, len,
                        clock_now_ms() + ZERO_COPY_PATIENCE_MS);
}

static ssize_t copy_some(int dest_fd, int src_fd, size_t count)
{
    char bytes[COPY_BUFFER];
    ssize_t n;

    do
        n = read(src_fd, bytes, at_most(count, sizeof bytes));
    while (n < 0 && errno == EINTR);
    return n > 0 && send_all(dest_fd, bytes, (size_t)n) != 0 ? -1 : n;
}

/* One step of emptying the pipe: as write(2), after having waited. */
static ssize_t deliver_some(int dest_fd, int pipe_fd, size_t count)
{
    ssize_t n = zero_copy_splice(dest_fd, pipe_fd, count);

    if (n >= 0)
        return n;
    if (is_refusal(errno))
        return copy_some(dest_fd, pipe_fd, count);
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return -1;
    return wait_for(dest_fd, POLLOUT, clock_now_ms() + ZERO_COPY_PATIENCE_MS);
}

static int deliver(int dest_fd, int pipe_fd, size_t count)
{
    while (count > 0) {
        ssize_t n = deliver_some(dest_fd, pipe_fd, count);

        if (n < 0)
            return -1;
        count -= (size_t)n;
    }
    return 0;
}

static ssize_t relay_through(const int ends[2], int dest_fd, int src_fd,
                             size_t count)
{
    ssize_t n = zero_copy_splice(ends[1], src_fd, count);

    if (n < 0 && is_refusal(errno))
        return copy_some(dest_fd, src_fd, count);
    return n > 0 && deliver(dest_fd, ends[0], (size_t)n) != 0 ? -1 : n;
}

ssize_t zero_copy_socket_relay(int dest_fd, int src_fd, size_t count)
{
    int ends[2], saved;
    ssize_t n;

    if (count == 0)
        return 0;
    if (zero_copy_pipe(ends, PIPE_SIZE) != 0)
        return copy_some(dest_fd, src_fd, count);
    n = relay_through(ends, dest_fd, src_fd, at_most(count, COUNT_MAX));
    saved = errno;
    close(ends[0]);
    close(ends[1]);
    errno = saved;
    return n;
}
