/* The system's part of zero_copy where there is neither call: OpenBSD, NetBSD,
 * and whatever else is POSIX. Everything is copied. (make ZERO_COPY=portable runs
 * the tests like that anywhere.) */
#include "zero_copy_system.h"

#include <errno.h>

const char zero_copy_system[] = "portable";

static int none(void)
{
    errno = ENOSYS;
    return -1;
}

ssize_t zero_copy_sendfile(int socket_fd, int file_fd, off_t offset,
                           size_t count)
{
    (void)socket_fd;
    (void)file_fd;
    (void)offset;
    (void)count;
    return none();
}

int zero_copy_pipe(int ends[2], size_t size)
{
    (void)size;
    ends[0] = ends[1] = -1;
    return none();
}

ssize_t zero_copy_splice(int to_fd, int from_fd, size_t count)
{
    (void)to_fd;
    (void)from_fd;
    (void)count;
    return none();
}
