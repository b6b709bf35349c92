#include "http_check.h"

#include <unistd.h>

int check_backend_http(struct backend *b, const char *path,
                       uint64_t deadline_ms)
{
    int fd = net_connect(&b->addresses, deadline_ms, &b->preferred);

    if (fd < 0)
        return 0;
    /* YOUR CODE. This one is content with somebody who accepts. */
    (void)path;
    close(fd);
    return 1;
}
