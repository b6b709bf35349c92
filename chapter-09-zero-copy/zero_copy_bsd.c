/* The system's part of zero_copy on FreeBSD, DragonFly and macOS: sendfile goes
 * from a file to a socket, and there is no splice.
 *
 * Their sendfile(2) returns 0 or -1 and says through a pointer how much was sent,
 * also when it fails with EAGAIN or EINTR; and a length of 0 means "up to the end
 * of the file". How the length goes in differs between them. */
#include "zero_copy_system.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#if defined(__linux__)
#include "bsd_sendfile.h" /* a shim, for the tests */
#endif

const char zero_copy_system[] = "bsd";

/* One call: 0, or -1 and errno; *sent is right in both cases. */
static int send_once(int socket_fd, int file_fd, off_t offset, size_t count,
                     off_t *sent)
{
#if defined(__APPLE__)
    *sent = (off_t)count;
    return sendfile(file_fd, socket_fd, offset, sent, NULL, 0);
#else
    *sent = 0;
    return sendfile(file_fd, socket_fd, offset, count, NULL, sent, 0);
#endif
}

ssize_t zero_copy_sendfile(int socket_fd, int file_fd, off_t offset,
                           size_t count)
{
    off_t sent;
    int status;

    do
        status = send_once(socket_fd, file_fd, offset, count, &sent);
    while (status != 0 && errno == EINTR && sent == 0);
    return sent > 0 || status == 0 ? (ssize_t)sent : -1;
}

int zero_copy_pipe(int ends[2], size_t size)
{
    (void)size;
    ends[0] = ends[1] = -1;
    errno = ENOSYS;
    return -1;
}

ssize_t zero_copy_splice(int to_fd, int from_fd, size_t count)
{
    (void)to_fd;
    (void)from_fd;
    (void)count;
    errno = ENOSYS;
    return -1;
}
