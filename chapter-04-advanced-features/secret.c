#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int secret_bytes(void *out, size_t len)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        return -1;
    n = read(fd, out, len); /* up to 256 bytes come in one piece: random(4) */
    close(fd);
    if (n == (ssize_t)len)
        return 0;
    if (n >= 0)
        errno = EIO;
    return -1;
}
