#include "http_check.h"

#include "wait.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "HTTP/1.1 200" and the byte behind it: so many decide. */
#define DECIDED 13

/* 0, or -1. */
static int send_request(int fd, const struct backend *b, const char *path,
                        uint64_t deadline_ms)
{
    char request[HTTP_CHECK_REQUEST];
    int len = snprintf(request, sizeof request,
                       "GET %s HTTP/1.1\r\nHost: %s\r\n"
                       "Connection: close\r\n\r\n", path, b->name);

    if (len < 0 || (size_t)len >= sizeof request)
        return -1;
    return net_send_all(fd, request, (size_t)len, deadline_ms);
}

/* Exactly so many bytes, however they come. 0; -1: it ended, broke or is late. */
static int receive_all(int fd, char *data, size_t len, uint64_t deadline_ms)
{
    size_t have = 0;

    while (have < len) {
        ssize_t n = recv(fd, data + have, len - have, 0);

        if (n > 0)
            have += (size_t)n;
        else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK &&
                            errno != EINTR))
            return -1;
        if (have < len && wait_for(fd, POLLIN, deadline_ms) != 0)
            return -1;
    }
    return 0;
}

static int is_200(const char line[DECIDED])
{
    return (memcmp(line, "HTTP/1.1 200", DECIDED - 1) == 0 ||
            memcmp(line, "HTTP/1.0 200", DECIDED - 1) == 0) &&
           memchr(" \r\n", line[DECIDED - 1], 3) != NULL;
}

int check_backend_http(struct backend *b, const char *path,
                       uint64_t deadline_ms)
{
    int fd = net_connect(&b->addresses, deadline_ms, &b->preferred), ok;
    char line[DECIDED];

    if (fd < 0)
        return 0;
    ok = send_request(fd, b, path, deadline_ms) == 0 &&
         receive_all(fd, line, sizeof line, deadline_ms) == 0 && is_200(line);
    close(fd);
    return ok;
}
