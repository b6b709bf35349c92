/* answer: a backend that costs next to nothing. Linux only.
 *
 *     answer PORT...
 *
 * One process for all its ports. Every request without a body, and a POST when
 * its body is there, gets the same small answer, of the size that a usual
 * server gives; `Connection: close`, written so, is obeyed on those without a
 * body. GET /accepted says how many connections there have been; GET /bytes/N
 * gives N bytes (at most BYTES_MAX), by sendfile. It says when it was asked for
 * the first time: who starts it anew sees when a balancer trusts it again. It
 * reads no more of a request than measuring needs: it is no server. */
#define _GNU_SOURCE /* memmem(3), memfd_create(2), strcasestr(3) */

#include "authority.h"
#include "bare.h"
#include "clock.h"
#include "descriptor.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "server.h"
#include "signals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#define PORTS_MAX   16
#define EVENTS_MAX  512
#define PIECE_MAX   65536
#define ACCEPTS_MAX 64 /* in one turn */
#define DESCRIPTORS 40000
#define BYTES_MAX   (64L << 20)

static const char PROGRAM[] = "answer";
static const char USAGE[] = "usage: answer PORT...\n"
                            "Gives every request the same small answer.\n";

#define ANSWER(connection)                                                     \
    "HTTP/1.1 200 OK\r\n"                                                      \
    "Server: answer\r\n"                                                       \
    "Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT\r\n"                         \
    "Content-Type: text/plain\r\n"                                             \
    "Content-Length: 23\r\n"                                                   \
    "Connection: " connection "\r\n"                                           \
    "\r\n"                                                                     \
    "hello from the backend\n"
static const struct slice KEPT = {ANSWER("keep-alive"),
                                  sizeof ANSWER("keep-alive") - 1};
static const struct slice LAST = {ANSWER("close"), sizeof ANSWER("close") - 1};

struct peer {
    int fd;
    int is_listener;
    int is_full; /* it takes no more of a large body: waited for */
    size_t matched; /* bytes of the end of a head, "\r\n\r\n", that were last */
    size_t body;    /* bytes of a POST's body that are still to come */
    off_t at, end;  /* of the zeros, that are still to be sent */
};

struct answer {
    int port_count, epoll;
    int zeros; /* a file of BYTES_MAX bytes, in memory */
    int ports[PORTS_MAX];
    struct peer listeners[PORTS_MAX], signal;
    unsigned long accepted;
    uint64_t began_ms; /* 0: it has been asked */
    char piece[PIECE_MAX];
};

static const char *take_argument(void *self, int what, int n,
                                 const char *value)
{
    struct answer *a = self;

    (void)what; /* there are no options */
    if (n > PORTS_MAX)
        return "one port too many";
    a->port_count = n;
    return authority_port(slice_of(value), &a->ports[n - 1]) == 0
               ? NULL
               : "not a port (0 to 65535)";
}

static void accept_peers(struct answer *a, int listener)
{
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        int fd = bare_accept(listener);
        struct peer *p;

        if (fd < 0)
            return;
        a->accepted++;
        p = calloc(1, sizeof *p);
        if (p == NULL || bare_watch(a->epoll, fd, p) != 0) {
            log_error(PROGRAM, "watch a connection: %s", strerror(errno));
            free(p);
            close(fd);
            continue;
        }
        p->fd = fd;
    }
}

/* How many heads end in the piece; the first one may have begun earlier. */
static int heads_ending(struct peer *p, const char *piece, size_t len)
{
    static const char end[] = "\r\n\r\n";
    int n = 0;

    for (size_t i = 0; i < len; i++) {
        if (piece[i] == end[p->matched])
            p->matched++;
        else
            p->matched = piece[i] == '\r';
        if (p->matched == sizeof end - 1) {
            p->matched = 0;
            n++;
        }
    }
    return n;
}

static int send_count(const struct answer *a, int fd)
{
    char body[32], text[128];
    int len = snprintf(body, sizeof body, "%lu\n", a->accepted);

    len = snprintf(text, sizeof text,
                   "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len,
                   body);
    return send(fd, text, (size_t)len, 0) == len ? 0 : -1;
}

static int begins_with(const struct answer *a, size_t len, const char *text)
{
    return len >= strlen(text) && memcmp(a->piece, text, strlen(text)) == 0;
}

/* Sends on what there is of a large body, and waits for what is possible. */
static int send_zeros(const struct answer *a, struct peer *p)
{
    int was_full = p->is_full;

    while (p->at < p->end) {
        ssize_t n = sendfile(p->fd, a->zeros, &p->at, (size_t)(p->end - p->at));

        if (n <= 0 && errno != EINTR)
            break;
    }
    p->is_full = p->at < p->end;
    if (p->is_full && errno != EAGAIN)
        return -1;
    if (p->is_full == was_full)
        return 0;
    return bare_rewatch(a->epoll, p->fd, p->is_full, p);
}

static int begin_zeros(const struct answer *a, struct peer *p)
{
    long size = strtol(a->piece + strlen("GET /bytes/"), NULL, 10);
    char text[128];
    int len;

    if (size < 0 || size > BYTES_MAX || p->at < p->end)
        return -1;
    len = snprintf(text, sizeof text,
                   "HTTP/1.1 200 OK\r\nContent-Length: %ld\r\n\r\n", size);
    if (send(p->fd, text, (size_t)len, MSG_MORE) != len)
        return -1;
    p->at = 0;
    p->end = size;
    return send_zeros(a, p);
}

/* 0 to go on; -1: the connection is to be closed. */
static int take_body(struct peer *p, size_t len)
{
    if (len > p->body) /* nobody sends the next request before the answer */
        return -1;
    p->body -= len;
    if (p->body > 0)
        return 0;
    return send(p->fd, KEPT.at, KEPT.len, 0) == (ssize_t)KEPT.len ? 0 : -1;
}

/* Its head comes in one piece, as the small ones of a measurement do. */
static int begin_body(const struct answer *a, struct peer *p, size_t len)
{
    static const char name[] = "\r\nContent-Length:";
    const char *end = strstr(a->piece, "\r\n\r\n");
    const char *field = strcasestr(a->piece, name);

    if (end == NULL || field == NULL || field > end)
        return -1;
    p->body = strtoul(field + strlen(name), NULL, 10);
    return take_body(p, len - (size_t)(end + 4 - a->piece));
}

static void note_first(struct answer *a)
{
    if (a->began_ms == 0)
        return;
    log_line("%s was first asked after %u ms", PROGRAM,
             (unsigned)(clock_now_ms() - a->began_ms));
    a->began_ms = 0;
}

/* 0 to go on; -1: the connection is to be closed. */
static int serve_small(const struct answer *a, struct peer *p, size_t len)
{
    static const char close_line[] = "Connection: close";
    int is_last = memmem(a->piece, len, close_line, sizeof close_line - 1) !=
                  NULL;
    const struct slice *text = is_last ? &LAST : &KEPT;
    int n = heads_ending(p, a->piece, len);

    for (int i = 0; i < n; i++)
        if (send(p->fd, text->at, text->len, 0) != (ssize_t)text->len)
            return -1;
    return is_last ? -1 : 0;
}

static int serve(struct answer *a, struct peer *p, size_t len)
{
    if (p->body > 0)
        return take_body(p, len);
    if (begins_with(a, len, "GET /accepted "))
        return send_count(a, p->fd);
    note_first(a);
    if (begins_with(a, len, "GET /bytes/"))
        return begin_zeros(a, p);
    if (begins_with(a, len, "POST "))
        return begin_body(a, p, len);
    return serve_small(a, p, len);
}

/* 0, or -1: the connection is to be closed. */
static int talk(struct answer *a, struct peer *p)
{
    ssize_t n;

    if (p->is_full)
        return send_zeros(a, p);
    n = recv(p->fd, a->piece, PIECE_MAX - 1, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n <= 0)
        return -1;
    a->piece[n] = '\0';
    return serve(a, p, (size_t)n);
}

static void ready(struct answer *a, struct peer *p)
{
    if (p == &a->signal) {
        signals_drain();
        return;
    }
    if (p->is_listener) {
        accept_peers(a, p->fd);
        return;
    }
    if (talk(a, p) != 0) {
        close(p->fd); /* each is in a batch once at most: no later event */
        free(p);
    }
}

static int listen_on_all(struct answer *a)
{
    for (int i = 0; i < a->port_count; i++) {
        struct peer *p = &a->listeners[i];

        p->is_listener = 1;
        p->fd = i == 0 ? server_open(PROGRAM, a->ports[i])
                       : net_listen(a->ports[i], SERVER_BACKLOG);
        if (p->fd < 0 || bare_watch(a->epoll, p->fd, p) != 0) {
            log_error(PROGRAM, "listen: %s", strerror(errno));
            return -1;
        }
    }
    a->signal.fd = signals_fd();
    if (bare_watch(a->epoll, a->signal.fd, &a->signal) != 0)
        return -1;
    for (int i = 0; i < a->port_count; i++)
        server_announce(PROGRAM, a->listeners[i].fd);
    return 0;
}

static int run(struct answer *a)
{
    struct epoll_event events[EVENTS_MAX];

    while (signals_stops() == 0) {
        int n = epoll_wait(a->epoll, events, EVENTS_MAX, -1);

        if (n < 0 && errno != EINTR) {
            log_error(PROGRAM, "epoll_wait: %s", strerror(errno));
            return 1;
        }
        for (int i = 0; i < n; i++)
            ready(a, events[i].data.ptr);
    }
    return 0;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "", 1,
                                                     "PORT"};
    static struct answer a; /* static: too large for some stacks */
    int status = options_read(&command_line, argc, argv, take_argument, &a);

    if (status >= 0)
        return status;
    descriptor_want(DESCRIPTORS);
    a.began_ms = clock_now_ms();
    a.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (a.epoll < 0) {
        log_error(PROGRAM, "epoll_create1: %s", strerror(errno));
        return 1;
    }
    a.zeros = memfd_create(PROGRAM, MFD_CLOEXEC);
    if (a.zeros < 0 || ftruncate(a.zeros, BYTES_MAX) != 0) {
        log_error(PROGRAM, "memfd_create: %s", strerror(errno));
        return 1;
    }
    return listen_on_all(&a) == 0 ? run(&a) : 1;
}
