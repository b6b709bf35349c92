#ifndef CHANNEL_ENDS_H
#define CHANNEL_ENDS_H

/* channel_ends: the channel under test, and both its ends in the test's hands.
 *
 *     source ==== in [ channel ] out ==== sink
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. Include it after fixture.h. */

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "deadline.h"
#include "descriptors.h"
#include "failure.h"
#include "wire.h"

#define CAPACITY 64

static struct channel c;
static char memory[CAPACITY + CHANNEL_GROWTH];
static int source, sink;

static inline void pair(int *a, int *b)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    *a = descriptors_nonblocking(ends[0]);
    *b = descriptors_nonblocking(ends[1]);
}

static inline void open_channel(size_t capacity)
{
    int in, out;

    pair(&source, &in);
    pair(&out, &sink);
    channel_open(&c, in, out, memory, capacity, &mover_copy);
}

static inline void close_channel(void)
{
    c.mover->drop(&c);
    close(c.in);
    close(c.out);
    close(source);
    close(sink);
}

/* What the loop would do: tells what is ready, then pumps. */
static inline enum moved pump(void)
{
    c.can_read = c.can_write = 1;
    return channel_pump(&c);
}

static inline void say(const char *text)
{
    wire_send_text(source, text);
}

/* Nothing but this has come out since the last time. */
static inline void expect(const char *text)
{
    char got[4096], shown[512];
    ssize_t n = recv(sink, got, sizeof got, 0);
    size_t len = n > 0 ? (size_t)n : 0;

    if (len != strlen(text) || memcmp(got, text, len) != 0)
        failure("expected \"%s\", got %s", text,
                escaped(got, len, shown, sizeof shown));
}

static inline void expect_end(void)
{
    char byte;

    assert_int_equal(recv(sink, &byte, 1, 0), 0);
}

static inline int is_open(void)
{
    char byte;

    return recv(sink, &byte, 1, MSG_PEEK) < 0 && errno == EAGAIN;
}

/* Makes `out` refuse: fills its socket. Returns how many bytes are in it. */
static inline size_t block_sink(void)
{
    static const char zeros[4096];
    size_t total = 0;
    ssize_t n;

    while ((n = send(c.out, zeros, sizeof zeros, 0)) > 0 ||
           (n = send(c.out, zeros, 1, 0)) > 0)
        total += (size_t)n;
    return total;
}

static inline void unblock_sink(size_t total)
{
    char dropped[4096];

    while (total > 0) {
        size_t len = total < sizeof dropped ? total : sizeof dropped;

        wire_receive(sink, dropped, len);
        total -= len;
    }
}

/* TCP, because a socket pair knows no reset. */
static inline void open_tcp(int *near, int *far)
{
    int port, listener = wire_listen(&port);

    *far = wire_connect(port);
    *near = wire_accept(listener);
    close(listener);
}

#endif
