#ifndef BLACKHOLE_H
#define BLACKHOLE_H

/* blackhole: a port on which a connection is neither accepted nor refused.
 *
 * A listener whose queue is full drops further handshakes (on Linux, and on the
 * BSDs in most configurations). It is the only silent peer that loopback has.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "deadline.h"
#include "descriptors.h"
#include "fixture.h"
#include "wire.h"

#define BLACKHOLE_FILL 16 /* connections that a queue of 1 may still swallow */

struct blackhole {
    int listener, port;
    int fill[BLACKHOLE_FILL], count;
};

static inline struct sockaddr_in blackhole_at(int port)
{
    struct sockaddr_in at;

    memset(&at, 0, sizeof at);
    at.sin_family = AF_INET;
    at.sin_port = htons((uint16_t)port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return at;
}

/* Opens connections until one is left hanging; skips the test where the system
 * refuses instead. */
static inline void blackhole_open(struct blackhole *hole)
{
    int hangs = 0;

    hole->listener = wire_listen_backlog(&hole->port, 0);
    hole->count = 0;
    while (!hangs && hole->count < BLACKHOLE_FILL) {
        struct sockaddr_in at = blackhole_at(hole->port);
        int fd = socket(AF_INET, SOCK_STREAM, 0);

        assert_true(fd >= 0);
        hole->fill[hole->count++] =
            descriptors_nonblocking(descriptors_private(fd));
        if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0 &&
            errno != EINPROGRESS)
            break;
        hangs = deadline_poll(fd, POLLOUT, deadline_in(50)) == 0;
    }
    if (!hangs) {
        print_message("a full queue is no black hole here\n");
        skip();
    }
}

/* Gives up the connection that hangs, and makes room for one more: the next
 * that comes is accepted, those behind it hang again. */
static inline void blackhole_let_in_one(struct blackhole *hole)
{
    close(hole->fill[--hole->count]);
    wire_close(wire_accept(hole->listener));
}

static inline void blackhole_close(struct blackhole *hole)
{
    for (int i = 0; i < hole->count; i++)
        close(hole->fill[i]);
    close(hole->listener);
}

#endif
