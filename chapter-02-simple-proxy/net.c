#if defined(__linux__)
#define _GNU_SOURCE /* accept4(2) */
#endif

#include "net.h"

#include "clock.h"
#include "descriptor.h"
#include "wait.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void close_keeping_errno(int fd)
{
    int saved = errno;

    close(fd);
    errno = saved;
}

static int set_option(int fd, int level, int name, int value)
{
    return setsockopt(fd, level, name, &value, sizeof value);
}

static int open_socket(int family)
{
#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC)
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
    int fd = socket(family, SOCK_STREAM, 0);

    if (fd >= 0 && descriptor_prepare(fd) != 0) {
        close_keeping_errno(fd);
        return -1;
    }
    return fd;
#endif
}

int net_resolve(const char *host, int port, struct net_addresses *out)
{
    struct addrinfo hints, *found;
    char service[8];
    int error;

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    snprintf(service, sizeof service, "%d", port);
    error = getaddrinfo(host, service, &hints, &found);
    if (error != 0)
        return error;

    out->count = 0;
    for (struct addrinfo *a = found; a != NULL; a = a->ai_next) {
        struct net_address *to = &out->at[out->count];

        if (out->count == NET_ADDRESSES_MAX ||
            a->ai_addrlen > (socklen_t)sizeof to->storage)
            continue;
        memset(to, 0, sizeof *to);
        memcpy(&to->storage, a->ai_addr, a->ai_addrlen);
        to->len = a->ai_addrlen;
        out->count++;
    }
    freeaddrinfo(found);
    return out->count > 0 ? 0 : EAI_NONAME;
}

/* The address "any interface" of a family. */
static struct net_address any_address(int family, int port)
{
    struct net_address any;

    memset(&any, 0, sizeof any);
    if (family == AF_INET6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&any.storage;

        in6->sin6_family = AF_INET6;
        in6->sin6_addr = in6addr_any;
        in6->sin6_port = htons((uint16_t)port);
        any.len = sizeof *in6;
    } else {
        struct sockaddr_in *in = (struct sockaddr_in *)&any.storage;

        in->sin_family = AF_INET;
        in->sin_addr.s_addr = htonl(INADDR_ANY);
        in->sin_port = htons((uint16_t)port);
        any.len = sizeof *in;
    }
    return any;
}

static int listen_on(const struct net_address *address, int backlog)
{
    int family = address->storage.ss_family, fd = open_socket(family);

    if (fd < 0)
        return -1;
    /* SO_REUSEADDR: a restart need not wait for connections in TIME_WAIT. */
    if (set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) == 0 &&
        (family != AF_INET6 ||
         set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0) == 0) &&
        /* Accepted sockets inherit it: one call for all of them. */
        set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1) == 0 &&
        bind(fd, (const struct sockaddr *)&address->storage, address->len) ==
            0 &&
        listen(fd, backlog) == 0)
        return fd;
    close_keeping_errno(fd);
    return -1;
}

int net_listen(int port, int backlog)
{
    struct net_address any = any_address(AF_INET6, port);
    int fd = listen_on(&any, backlog);

    if (fd < 0 && errno != EADDRINUSE && errno != EACCES) {
        any = any_address(AF_INET, port);
        fd = listen_on(&any, backlog);
    }
    return fd;
}

/* The address that an IP literal says. 0, or -1. */
static int parse_literal(const char *ip, int port, struct net_address *out)
{
    struct sockaddr_in *in = (struct sockaddr_in *)&out->storage;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&out->storage;

    *out = any_address(AF_INET, port);
    if (inet_pton(AF_INET, ip, &in->sin_addr) == 1)
        return 0;
    *out = any_address(AF_INET6, port);
    return inet_pton(AF_INET6, ip, &in6->sin6_addr) == 1 ? 0 : -1;
}

int net_listen_at(const char *ip, int port, int backlog)
{
    struct net_address at;

    if (parse_literal(ip, port, &at) == 0)
        return listen_on(&at, backlog);
    errno = EINVAL;
    return -1;
}

int net_accept(int listener, struct net_address *peer)
{
    int fd;

    memset(peer, 0, sizeof *peer);
    peer->len = sizeof peer->storage;
    do {
#if defined(__linux__)
        fd = accept4(listener, (struct sockaddr *)&peer->storage, &peer->len,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
        fd = accept(listener, (struct sockaddr *)&peer->storage, &peer->len);
#endif
    } while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return -1;
#if !defined(__linux__)
    if (descriptor_prepare(fd) != 0) {
        close_keeping_errno(fd);
        return -1;
    }
#endif
    return fd;
}

int net_connect_start(const struct net_address *to)
{
    int fd = open_socket(to->storage.ss_family);

    if (fd < 0)
        return -1;
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    /* EINTR does not stop a connect: it goes on, as with EINPROGRESS. */
    if (connect(fd, (const struct sockaddr *)&to->storage, to->len) == 0 ||
        errno == EINPROGRESS || errno == EINTR)
        return fd;
    close_keeping_errno(fd);
    return -1;
}

int net_connect_result(int fd)
{
    int error = 0;
    socklen_t len = sizeof error;

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
        return errno;
    return error;
}

int net_is_shortage(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS ||
           error == ENOMEM;
}

static int connect_one(const struct net_address *to, uint64_t deadline_ms)
{
    int fd = net_connect_start(to);

    if (fd < 0)
        return -1;
    if (wait_for(fd, POLLOUT, deadline_ms) == 0) {
        errno = net_connect_result(fd);
        if (errno == 0)
            return fd;
    }
    close_keeping_errno(fd);
    return -1;
}

int net_connect(const struct net_addresses *to, uint64_t deadline_ms,
                int *which)
{
    int fd = -1;

    for (int i = 0; i < to->count && fd < 0; i++) {
        uint64_t left = (uint64_t)(to->count - i), now_ms = clock_now_ms();
        uint64_t share = deadline_ms > now_ms ? (deadline_ms - now_ms) / left
                                              : 0;

        fd = connect_one(&to->at[i], now_ms + share);
        if (fd >= 0 && which != NULL)
            *which = i;
        if (fd < 0 && errno == EINTR)
            break;
    }
    return fd;
}

int net_send_all(int fd, const void *bytes, size_t len, uint64_t deadline_ms)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t n = send(fd, at, len, 0);

        if (n >= 0) {
            at += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (wait_for(fd, POLLOUT, deadline_ms) != 0)
                return -1;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return 0;
}

void net_close_gently(int fd, uint64_t deadline_ms)
{
    char ignored[4096];
    ssize_t n = 1;

    if (shutdown(fd, SHUT_WR) == 0)
        while (n > 0 && clock_now_ms() < deadline_ms &&
               wait_for(fd, POLLIN, deadline_ms) == 0)
            n = recv(fd, ignored, sizeof ignored, 0);
    close(fd);
}

int net_local_address(int fd, struct net_address *out)
{
    memset(out, 0, sizeof *out);
    out->len = sizeof out->storage;
    return getsockname(fd, (struct sockaddr *)&out->storage, &out->len);
}

static char *put_octet(char *at, unsigned value)
{
    if (value >= 100)
        *at++ = (char)('0' + value / 100);
    if (value >= 10)
        *at++ = (char)('0' + value / 10 % 10);
    *at++ = (char)('0' + value % 10);
    return at;
}

/* inet_ntop(3) does the same by way of printf, at ten times the cost, and this is
 * done for each client that connects. */
static void put_ipv4(char *text, const unsigned char octets[4])
{
    for (int i = 0; i < 4; i++) {
        text = put_octet(text, octets[i]);
        *text++ = i < 3 ? '.' : '\0';
    }
}

/* Writes the IP; returns the port, and whether the IP is an IPv6 one. */
static int ip_and_port(const struct net_address *address,
                       char text[NET_IP_TEXT], int *is_ipv6)
{
    const struct sockaddr_in *in =
        (const struct sockaddr_in *)&address->storage;
    const struct sockaddr_in6 *in6 =
        (const struct sockaddr_in6 *)&address->storage;

    text[0] = '?';
    text[1] = '\0';
    *is_ipv6 = 0;
    if (address->storage.ss_family == AF_INET) {
        put_ipv4(text, (const unsigned char *)&in->sin_addr);
        return ntohs(in->sin_port);
    }
    if (address->storage.ss_family != AF_INET6)
        return 0;
    if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
        put_ipv4(text, &in6->sin6_addr.s6_addr[12]);
    } else {
        *is_ipv6 = 1;
        inet_ntop(AF_INET6, &in6->sin6_addr, text, NET_IP_TEXT);
    }
    return ntohs(in6->sin6_port);
}

const char *net_text(const struct net_address *address, char text[NET_TEXT])
{
    char ip[NET_IP_TEXT];
    int is_ipv6;
    int port = ip_and_port(address, ip, &is_ipv6);

    snprintf(text, NET_TEXT, is_ipv6 ? "[%s]:%d" : "%s:%d", ip, port);
    return text;
}

const char *net_ip_text(const struct net_address *address,
                        char text[NET_IP_TEXT])
{
    int is_ipv6;

    ip_and_port(address, text, &is_ipv6);
    return text;
}
