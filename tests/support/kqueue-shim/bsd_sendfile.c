#include "bsd_sendfile.h"
#undef sendfile

#include <errno.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

int bsd_sendfile(int file_fd, int socket_fd, off_t offset, size_t n,
                 void *headers, off_t *sent, int flags)
{
    struct stat file;
    ssize_t done;

    (void)headers;
    (void)flags;
    *sent = 0;
    if (fstat(file_fd, &file) != 0)
        return -1;
    if (n == 0 && file.st_size > offset)
        n = (size_t)(file.st_size - offset);
    done = sendfile(socket_fd, file_fd, &offset, n);
    if (done < 0)
        return -1;
    *sent = done;
    if ((size_t)done == n || offset >= file.st_size)
        return 0;
    errno = EAGAIN;
    return -1;
}
