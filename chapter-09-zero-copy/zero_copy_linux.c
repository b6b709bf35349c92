/* The system's part of zero_copy on Linux, which has both calls. */
#define _GNU_SOURCE /* splice(2), F_SETPIPE_SZ */

#include "zero_copy_system.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>

const char zero_copy_system[] = "linux";

ssize_t zero_copy_sendfile(int socket_fd, int file_fd, off_t offset,
                           size_t count)
{
    ssize_t n;

    do /* with an offset of ours, that of the file stays as it is */
        n = sendfile(socket_fd, file_fd, &offset, count);
    while (n < 0 && errno == EINTR);
    return n;
}

/* A larger pipe than the usual 16 pages may be refused, by a limit for all pipes
 * of a user (pipe(7)): then that is what it has. */
int zero_copy_pipe(int ends[2], size_t size)
{
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0)
        return -1;
    fcntl(ends[1], F_SETPIPE_SZ, (int)size);
    return 0;
}

ssize_t zero_copy_splice(int to_fd, int from_fd, size_t count)
{
    ssize_t n;

    do
        n = splice(from_fd, NULL, to_fd, NULL, count,
                   SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    while (n < 0 && errno == EINTR);
    return n;
}
