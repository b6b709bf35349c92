#include "descriptor.h"

#include <fcntl.h>
#include <sys/resource.h>

int descriptor_prepare(int fd)
{
    int status = fcntl(fd, F_GETFL);
    int flags = fcntl(fd, F_GETFD);

    if (status < 0 || flags < 0)
        return -1;
    if (fcntl(fd, F_SETFL, status | O_NONBLOCK) < 0)
        return -1;
    return fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0 ? -1 : 0;
}

void descriptor_want(int count)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)count;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    setrlimit(RLIMIT_NOFILE, &limit);
}
