/* socket_options: what some options of a TCP socket are, and what they do.
 *
 *     cc -o socket_options socket_options.c && ./socket_options
 *
 * The experiment of operating-system.md, on two connected sockets of its own.
 * It stops at the first call that fails. Sources: socket(7), tcp(7). */

#define _DEFAULT_SOURCE 1 /* SO_REUSEPORT, where POSIX 2008 hides it */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { ASKED = 65536, PATIENCE_MS = 200 };

static int must(int result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "socket_options: %s: %s\n", what, strerror(errno));
        exit(1);
    }
    return result;
}

static int get(int fd, int level, int name)
{
    int value = 0;
    socklen_t len = sizeof value;

    must(getsockopt(fd, level, name, &value, &len), "getsockopt");
    return value;
}

static void set(int fd, int level, int name, int value)
{
    must(setsockopt(fd, level, name, &value, sizeof value), "setsockopt");
}

/* ---- two sockets, connected ---------------------------------------------- */

static struct sockaddr_in loopback(void)
{
    struct sockaddr_in a;

    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a; /* port 0: the kernel chooses */
}

/* Listens at *a, and writes down there which port it is. Option 0 is none.
 * The listener, or -1 and errno. */
static int listen_at(struct sockaddr_in *a, int option)
{
    int fd = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    socklen_t len = sizeof *a;

    if (option != 0)
        set(fd, SOL_SOCKET, option, 1);
    if (bind(fd, (struct sockaddr *)a, sizeof *a) < 0 || listen(fd, 8) < 0) {
        close(fd);
        return -1;
    }
    must(getsockname(fd, (struct sockaddr *)a, &len), "getsockname");
    return fd;
}

static void connect_two(int *client, int *server)
{
    struct sockaddr_in a = loopback();
    int listener = must(listen_at(&a, 0), "listen");

    *client = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
    must(connect(*client, (struct sockaddr *)&a, sizeof a), "connect");
    *server = must(accept(listener, NULL, NULL), "accept");
    close(listener);
}

/* ---- the experiments ----------------------------------------------------- */

static void show_buffer(int fd, int option, const char *name)
{
    int before = get(fd, SOL_SOCKET, option);

    set(fd, SOL_SOCKET, option, ASKED);
    printf("%-12s  was %d, asked for %d, is %d\n", name, before, ASKED,
           get(fd, SOL_SOCKET, option));
}

static void show_nodelay(int fd)
{
    int before = get(fd, IPPROTO_TCP, TCP_NODELAY);

    set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    printf("TCP_NODELAY   was %s, is %s\n", before ? "on" : "off",
           get(fd, IPPROTO_TCP, TCP_NODELAY) ? "on" : "off");
}

static long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A blocking recv() with a limit, and nobody who sends. */
static void show_patience(int fd)
{
    const struct timeval limit = {0, PATIENCE_MS * 1000};
    long began = now_ms();
    char byte;

    must(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit),
         "SO_RCVTIMEO");
    if (recv(fd, &byte, 1, 0) < 0)
        printf("SO_RCVTIMEO   recv gave up after %ld ms: %s\n",
               now_ms() - began, strerror(errno));
}

/* How much goes into the two buffers, ours for sending and the peer's for
 * receiving, when nobody reads. */
static void show_room(int fd)
{
    static const char piece[1024];
    long taken = 0;
    ssize_t n;

    while ((n = send(fd, piece, sizeof piece, MSG_DONTWAIT)) > 0)
        taken += (long)n;
    printf("nobody reads  %ld KiB were taken, then: %s\n", taken / 1024,
           strerror(errno));
}

/* Two listeners on one port, both with the option. */
static void show_sharing(int option, const char *name)
{
    struct sockaddr_in a = loopback();
    int first = must(listen_at(&a, option), "listen");
    int second = listen_at(&a, option);

    printf("%-12s  a second listener: %s\n", name,
           second < 0 ? strerror(errno) : "yes");
    if (second >= 0)
        close(second);
    close(first);
}

int main(void)
{
    int client, server;

    connect_two(&client, &server);
    show_buffer(client, SO_SNDBUF, "SO_SNDBUF");
    show_buffer(server, SO_RCVBUF, "SO_RCVBUF");
    show_nodelay(client);
    show_patience(server);
    show_room(client);
    show_sharing(SO_REUSEADDR, "SO_REUSEADDR");
#ifdef SO_REUSEPORT
    show_sharing(SO_REUSEPORT, "SO_REUSEPORT");
#endif
    close(client);
    close(server);
    return 0;
}
