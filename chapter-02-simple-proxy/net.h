#ifndef NET_H
#define NET_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* net: TCP sockets and their addresses.
 *
 * The thirty lines that every server and every client of chapter 1 began with,
 * once. Every socket made here is prepared as descriptor.h says (non-blocking,
 * close-on-exec) and, when it carries data, has TCP_NODELAY: a proxy passes on
 * what it has, it does not wait for more. The caller closes what he is given.
 * Sources: socket(2), ip(7), ipv6(7), tcp(7), getaddrinfo(3). */

#define NET_ADDRESSES_MAX 8                         /* of one host name */
#define NET_IP_TEXT       INET6_ADDRSTRLEN          /* "::1" */
#define NET_TEXT          (INET6_ADDRSTRLEN + 8)    /* "[::1]:65535" */

struct net_address {
    struct sockaddr_storage storage;
    socklen_t len;
};

struct net_addresses {
    int count; /* at least 1 after net_resolve() */
    struct net_address at[NET_ADDRESSES_MAX];
};

/* The addresses of a name or an IP literal, in the resolver's order. Blocks for
 * as long as the resolver takes. 0, or what getaddrinfo(3) returned:
 * gai_strerror() has the words for it. */
int net_resolve(const char *host, int port, struct net_addresses *out);

/* Listens on a port of all interfaces, by IPv6 and IPv4 (by IPv4 alone where
 * there is no IPv6). Port 0: the kernel chooses. `backlog` is how many accepted
 * handshakes may wait. The descriptor, or -1 and errno. */
int net_listen(int port, int backlog);

/* The same on one address of ours: an IP literal without brackets. "0.0.0.0" is
 * all of IPv4, "::" is everything. -1 and errno (EINVAL: no literal). */
int net_listen_at(const char *ip, int port, int backlog);

/* Takes a client off the listener's queue. The descriptor, or -1 and errno:
 * EAGAIN if there is none, ECONNABORTED if it left again (try the next), EMFILE
 * or ENFILE if no descriptor is to be had (it stays in the queue). */
int net_accept(int listener, struct net_address *peer);

/* Begins to connect. The descriptor is writable when the answer is there; then
 * ask net_connect_result(). -1 and errno if it fails at once. */
int net_connect_start(const struct net_address *to);

/* 0 if connected, else the errno value why not. Asking takes the error away. */
int net_connect_result(int fd);

/* Whether an errno value says that descriptors or memory have run out, here or
 * in the system: nothing is wrong with the peer, and later it may work. */
int net_is_shortage(int error);

/* Connects to the first of the addresses that answers, and waits for it until
 * the deadline (see wait.h); each address gets an equal share of what is left,
 * so that a silent one does not use up the time of the next. `which`, if not
 * NULL, is set to the index of the address. The descriptor, or -1 and the errno
 * of the last try. */
int net_connect(const struct net_addresses *to, uint64_t deadline_ms,
                int *which);

/* Sends everything, waiting as long as the deadline allows. 0, or -1, errno. */
int net_send_all(int fd, const void *bytes, size_t len, uint64_t deadline_ms);

/* Says goodbye and waits, until the deadline, for the other side to have read
 * it; then closes. What still arrives is thrown away. Without this, closing a
 * socket that holds unread bytes sends a reset, and the reset can destroy the
 * answer that is still on its way (RFC 9112, section 9.6). */
void net_close_gently(int fd, uint64_t deadline_ms);

/* The local address of a socket. 0, or -1 and errno. */
int net_local_address(int fd, struct net_address *out);

/* "127.0.0.1:80", "[::1]:80"; and the IP alone. IPv4 in IPv6's clothes
 * (::ffff:127.0.0.1) is written as IPv4. Both return `text`. */
const char *net_text(const struct net_address *address, char text[NET_TEXT]);
const char *net_ip_text(const struct net_address *address,
                        char text[NET_IP_TEXT]);

#endif
