#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "deadline.h"
#include "descriptors.h"
#include "failure.h"
#include "wire.h"

#define WAIT_MS 10000
#define SHOWN   700 /* characters of wrong bytes in a message */

/* All sockets here are non-blocking: whoever waits uses deadline_poll(). */

/* ---- addresses and listeners -------------------------------------------- */

/* A loopback address of either family, ready for bind() and connect(). */
struct loopback {
    int family;
    socklen_t len;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at;
};

static struct loopback loopback(int family, int port)
{
    struct loopback a;

    memset(&a, 0, sizeof a);
    a.family = family;
    if (family == AF_INET6) {
        a.len = sizeof a.at.v6;
        a.at.v6.sin6_family = AF_INET6;
        a.at.v6.sin6_port = htons((uint16_t)port);
        a.at.v6.sin6_addr = in6addr_loopback;
    } else {
        a.len = sizeof a.at.v4;
        a.at.v4.sin_family = AF_INET;
        a.at.v4.sin_port = htons((uint16_t)port);
        a.at.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    return a;
}

static int new_socket(int family)
{
    int fd = socket(family, SOCK_STREAM, 0);

    if (fd < 0)
        failure("socket: %s", strerror(errno));
    return descriptors_nonblocking(descriptors_private(fd));
}

static int listen_on(int family, int *port, int backlog)
{
    struct loopback a = loopback(family, 0);
    int fd = new_socket(family);

    if (bind(fd, &a.at.any, a.len) != 0 || listen(fd, backlog) != 0 ||
        getsockname(fd, &a.at.any, &a.len) != 0)
        failure("listening on loopback: %s", strerror(errno));
    *port = ntohs(family == AF_INET6 ? a.at.v6.sin6_port : a.at.v4.sin_port);
    return fd;
}

/* Binds without listening. SO_REUSEADDR, as the connections of the program that
 * had the port may still be in TIME_WAIT. */
static int refuse_at(int *port)
{
    struct loopback a = loopback(AF_INET, *port);
    int fd = new_socket(AF_INET), one = 1;

    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(fd, &a.at.any, a.len) != 0 ||
        getsockname(fd, &a.at.any, &a.len) != 0)
        failure("holding port %d: %s", *port, strerror(errno));
    *port = ntohs(a.at.v4.sin_port);
    return fd;
}

int wire_refuse(int *port)
{
    *port = 0;
    return refuse_at(port);
}

int wire_refuse_at(int port)
{
    return refuse_at(&port);
}

int wire_listen(int *port)
{
    return listen_on(AF_INET, port, 128);
}

int wire_listen_backlog(int *port, int backlog)
{
    return listen_on(AF_INET, port, backlog);
}

int wire_listen6(int *port)
{
    return listen_on(AF_INET6, port, 128);
}

/* ---- connections -------------------------------------------------------- */

/* Connects fd; returns 0, or the reason why not. */
static int try_connect(int fd, struct loopback *to)
{
    int reason = 0;
    socklen_t len = sizeof reason;

    if (connect(fd, &to->at.any, to->len) == 0)
        return 0;
    if (errno != EINPROGRESS && errno != EINTR)
        return errno;
    if (deadline_poll(fd, POLLOUT, deadline_in(WAIT_MS)) == 0)
        return ETIMEDOUT;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &len);
    return reason;
}

static int connect_or_fail(int fd, struct loopback *to, int port)
{
    int reason = try_connect(fd, to);

    if (reason != 0)
        failure("connecting to port %d: %s", port, strerror(reason));
    return fd;
}

int wire_connect(int port)
{
    struct loopback to = loopback(AF_INET, port);

    return connect_or_fail(new_socket(AF_INET), &to, port);
}

int wire_connect6(int port)
{
    struct loopback to = loopback(AF_INET6, port);

    return connect_or_fail(new_socket(AF_INET6), &to, port);
}

int wire_have_ipv6(void)
{
    struct loopback a = loopback(AF_INET6, 0);
    int fd = socket(AF_INET6, SOCK_STREAM, 0), bound;

    if (fd < 0)
        return 0;
    bound = bind(fd, &a.at.any, a.len) == 0;
    close(fd);
    return bound;
}

int wire_connect_from(const char *source_ip, int port)
{
    struct loopback from = loopback(AF_INET, 0), to = loopback(AF_INET, port);
    int fd = new_socket(AF_INET);

    if (inet_pton(AF_INET, source_ip, &from.at.v4.sin_addr) != 1)
        failure("%s is no IPv4 address", source_ip);
    if (bind(fd, &from.at.any, from.len) != 0) {
        close(fd);
        print_message("%s cannot be had here: %s\n", source_ip,
                      strerror(errno));
        skip();
    }
    return connect_or_fail(fd, &to, port);
}

int wire_refused(int port)
{
    struct loopback to = loopback(AF_INET, port);
    int fd = new_socket(AF_INET);
    int reason = try_connect(fd, &to);

    close(fd);
    if (reason == ECONNRESET)
        return 0; /* it was in the queue of a listener that closed just then */
    if (reason != 0 && reason != ECONNREFUSED)
        failure("connecting to port %d: %s", port, strerror(reason));
    return reason != 0;
}

int wire_accept(int listener)
{
    deadline_t deadline = deadline_in(WAIT_MS);
    int fd;

    do {
        if (deadline_poll(listener, POLLIN, deadline) == 0)
            failure("nobody connected within the time");
        fd = accept(listener, NULL, NULL);
    } while (fd < 0 &&
             (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED));
    if (fd < 0)
        failure("accept: %s", strerror(errno));
    return descriptors_nonblocking(descriptors_private(fd));
}

void wire_accept_nobody(int listener, int ms)
{
    if (deadline_poll(listener, POLLIN, deadline_in(ms)) != 0)
        failure("somebody connected who should not have");
}

/* ---- sending ------------------------------------------------------------ */

size_t wire_send_some(int fd, const void *data, size_t len)
{
    const char *at = data;
    size_t sent = 0;

    while (sent < len) {
        ssize_t n = send(fd, at + sent, len - sent, 0);

        if (n >= 0)
            sent += (size_t)n;
        else if (errno == EAGAIN)
            break;
        else if (errno != EINTR)
            failure("sending: %s, after %zu of %zu bytes", strerror(errno),
                    sent, len);
    }
    return sent;
}

void wire_send(int fd, const void *data, size_t len)
{
    const char *at = data;
    size_t sent = 0;

    for (;;) {
        sent += wire_send_some(fd, at + sent, len - sent);
        if (sent == len)
            return;
        if (deadline_poll(fd, POLLOUT, deadline_in(WAIT_MS)) == 0)
            failure("the peer takes no more after %zu of %zu bytes", sent, len);
    }
}

void wire_send_text(int fd, const char *text)
{
    wire_send(fd, text, strlen(text));
}

/* ---- receiving ---------------------------------------------------------- */

/* recv() that waits. Returns 0 at the end of the stream, -1 after a reset, and
 * -2 when nothing came in time. */
static ssize_t receive_some(int fd, void *out, size_t len, int flags,
                            deadline_t deadline)
{
    for (;;) {
        ssize_t n = recv(fd, out, len, flags);

        if (n >= 0)
            return n;
        if (errno == ECONNRESET || errno == EPIPE)
            return -1;
        if (errno != EAGAIN && errno != EINTR)
            failure("receiving: %s", strerror(errno));
        if (errno == EAGAIN && deadline_poll(fd, POLLIN, deadline) == 0)
            return -2;
    }
}

static const char *why(ssize_t n)
{
    static const char *const text[] = { "the peer ended the stream",
                                        "the peer reset the connection",
                                        "nothing more came in time" };
    return text[-n];
}

void wire_receive(int fd, void *out, size_t len)
{
    char *at = out, shown[SHOWN];
    size_t have = 0;

    while (have < len) {
        ssize_t n = receive_some(fd, at + have, len - have, 0,
                                 deadline_in(WAIT_MS));
        if (n <= 0)
            failure("%s after %zu of %zu bytes: %s", why(n), have, len,
                    escaped(at, have, shown, sizeof shown));
        have += (size_t)n;
    }
}

/* How many of the n bytes at text + have belong to what ends with `end`. */
static size_t up_to(const char *text, size_t have, size_t n, const char *end,
                    int *found)
{
    size_t len = strlen(end);

    for (size_t i = have; i < have + n; i++)
        if (i + 1 >= len && memcmp(text + i + 1 - len, end, len) == 0) {
            *found = 1;
            return i + 1 - have;
        }
    return n;
}

/* Looks first (MSG_PEEK), and takes only what is wanted: what follows stays. */
size_t wire_receive_until(int fd, const char *end, char *out, size_t size)
{
    size_t have = 0;
    int found = 0;
    char shown[SHOWN], wanted[SHOWN];

    while (!found && have + 1 < size) {
        ssize_t n = receive_some(fd, out + have, size - 1 - have, MSG_PEEK,
                                 deadline_in(WAIT_MS));
        if (n <= 0)
            failure("%s before %s came, only %s", why(n),
                    escaped(end, strlen(end), wanted, sizeof wanted),
                    escaped(out, have, shown, sizeof shown));
        n = (ssize_t)up_to(out, have, (size_t)n, end, &found);
        wire_receive(fd, out + have, (size_t)n);
        have += (size_t)n;
    }
    if (!found)
        failure("no %s within %zu bytes: %s",
                escaped(end, strlen(end), wanted, sizeof wanted), have,
                escaped(out, have, shown, sizeof shown));
    out[have] = '\0';
    return have;
}

size_t wire_receive_all(int fd, char *out, size_t size)
{
    size_t have = wire_receive_up_to(fd, out, size);

    if (have == size)
        failure("more than %zu bytes came", size - 1);
    out[have] = '\0';
    return have;
}

size_t wire_receive_up_to(int fd, void *out, size_t len)
{
    char *at = out, shown[SHOWN];
    size_t have = 0;
    ssize_t n = 1;

    while (have < len && n > 0) {
        n = receive_some(fd, at + have, len - have, 0, deadline_in(WAIT_MS));
        if (n < 0)
            failure("%s after %zu bytes: %s", why(n), have,
                    escaped(at, have, shown, sizeof shown));
        have += (size_t)n;
    }
    return have;
}

/* Tells what came instead, with what is already there behind it. */
static void not_as_told(int fd, const char *text, char *got, size_t have,
                        size_t size, const char *reason)
{
    char shown[SHOWN], wanted[SHOWN];
    ssize_t more = recv(fd, got + have, size - have, 0);

    if (more > 0)
        have += (size_t)more;
    failure("%s\n  expected %s\n  received %s", reason,
            escaped(text, strlen(text), wanted, sizeof wanted),
            escaped(got, have, shown, sizeof shown));
}

void wire_expect_text(int fd, const char *text)
{
    static char got[65536];
    size_t len = strlen(text), have = 0;

    if (len > sizeof got - SHOWN)
        failure("wire_expect_text takes texts below 64 KiB");
    while (have < len) {
        ssize_t n = receive_some(fd, got + have, len - have, 0,
                                 deadline_in(WAIT_MS));
        if (n <= 0)
            not_as_told(fd, text, got, have, sizeof got, why(n));
        have += (size_t)n;
        if (memcmp(got, text, have) != 0)
            not_as_told(fd, text, got, have, sizeof got, "other bytes came");
    }
}

void wire_expect_end(int fd)
{
    char got[SHOWN / 4], shown[SHOWN];
    ssize_t n = receive_some(fd, got, sizeof got, 0, deadline_in(WAIT_MS));

    if (n > 0)
        failure("expected the end of the stream, received %s",
                escaped(got, (size_t)n, shown, sizeof shown));
    if (n < 0)
        failure("expected the end of the stream, but %s", why(n));
}

void wire_expect_gone(int fd)
{
    char dropped[65536];
    ssize_t n;

    while ((n = receive_some(fd, dropped, sizeof dropped, 0,
                             deadline_in(WAIT_MS))) > 0)
        continue;
    if (n == -2)
        failure("the peer keeps the connection");
}

void wire_expect_silence(int fd, int ms)
{
    char got[SHOWN / 4], shown[SHOWN];
    ssize_t n = receive_some(fd, got, sizeof got, 0, deadline_in(ms));

    if (n > 0)
        failure("expected silence, received %s",
                escaped(got, (size_t)n, shown, sizeof shown));
    if (n != -2)
        failure("expected silence, but %s", why(n));
}

/* ---- the end ------------------------------------------------------------ */

void wire_shut(int fd)
{
    if (shutdown(fd, SHUT_WR) != 0)
        failure("shutdown: %s", strerror(errno));
}

void wire_close(int fd)
{
    if (close(fd) != 0)
        failure("close: %s", strerror(errno));
}

void wire_reset(int fd)
{
    struct linger now = { .l_onoff = 1, .l_linger = 0 };

    if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now) != 0)
        failure("SO_LINGER: %s", strerror(errno));
    wire_close(fd);
}
