#include "errand.h"

#include "descriptor.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

int errand_pair(int ends[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return -1;
    if (descriptor_prepare(ends[0]) == 0 && descriptor_prepare(ends[1]) == 0)
        return 0;
    close(ends[0]);
    close(ends[1]);
    return -1;
}

int errand_send(int fd, enum errand_kind kind, int value)
{
    struct errand errand = {(int)kind, value};
    ssize_t n;

    do
        n = send(fd, &errand, sizeof errand, 0);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof errand ? 0 : -1;
}

int errand_receive(int fd, struct errand *out)
{
    ssize_t n;

    do
        n = recv(fd, out, sizeof *out, 0);
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)sizeof *out)
        return 1;
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : -1;
}
