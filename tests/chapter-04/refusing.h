#ifndef REFUSING_H
#define REFUSING_H

/* refusing: a port of 127.0.0.1 at which connections are refused. A socket has
 * it without listening, so that nobody else on this machine can get it as long
 * as the test lasts. Include it after fixture.h. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* The descriptor that holds the port: close it. */
static inline int refusing(int *port)
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    memset(&at, 0, sizeof at);
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

#endif
