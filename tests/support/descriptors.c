#include <dirent.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "descriptors.h"

/* Descriptors from the soft limit on are not ours (valgrind keeps its own
 * there, and warns about everybody who touches them). */
static int upper_bound(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
        limit.rlim_cur > DESCRIPTORS_MAX)
        return DESCRIPTORS_MAX;
    return (int)limit.rlim_cur;
}

#ifdef __linux__
/* Asking for each possible number, as below, is 20,000 system calls where that
 * is the limit; the kernel has a list. */
void descriptors_each(void (*visit)(int fd, void *data), void *data)
{
    int bound = upper_bound();
    DIR *list = opendir("/proc/self/fd");
    struct dirent *entry;

    while (list != NULL && (entry = readdir(list)) != NULL) {
        char *end;
        long fd = strtol(entry->d_name, &end, 10);

        if (end != entry->d_name && *end == '\0' && fd < bound &&
            fd != dirfd(list))
            visit((int)fd, data);
    }
    if (list != NULL)
        closedir(list);
}
#else
void descriptors_each(void (*visit)(int fd, void *data), void *data)
{
    int bound = upper_bound();

    for (int fd = 0; fd < bound; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            visit(fd, data);
}
#endif

int descriptors_private(int fd)
{
    int flags = fcntl(fd, F_GETFD);

    if (flags >= 0)
        fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    return fd;
}

int descriptors_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags >= 0)
        fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    return fd;
}
