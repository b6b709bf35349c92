/* floor: what a proxy cannot go below. Linux only.
 *
 *     floor PORT HOST:PORT... [-m tunnel|close]
 *
 * tunnel: each client connection gets a backend connection of its own, and
 * bytes are forwarded both ways without being looked at: for each piece one
 * recv(2) and one send(2) beside its share of epoll_wait(2). A proxy that reads
 * heads and adds fields does that work on top.
 *
 * close: one request a client connection; backend connections are kept and used
 * by turns. It must tell the backend not to close and the client that it will,
 * so it changes those two lines; and it takes it that a request comes in one
 * piece and a response in another, as the small ones of a measurement do.
 *
 * Nothing is kept for later: a peer that does not take a piece at once loses
 * its connection. It is a yardstick, not a proxy. */
#define _GNU_SOURCE /* memmem(3) */

#include "authority.h"
#include "bare.h"
#include "client.h"
#include "clock.h"
#include "descriptor.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "server.h"
#include "signals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

#define BACKENDS_MAX    16
#define EVENTS_MAX      512
#define PIECE_MAX       65536
#define ACCEPTS_MAX     64 /* in one turn */
#define DESCRIPTORS     40000
#define CONNECT_WAIT_MS 2000

static const char PROGRAM[] = "floor";
static const char USAGE[] =
    "usage: floor PORT HOST:PORT... [-m tunnel|close]\n"
    "Forwards bytes, as cheaply as a program can: to compare proxies with.\n"
    "  -m tunnel  a backend connection for each client (default)\n"
    "  -m close   a client connection for each request, kept to the backend\n";

struct end {
    int fd; /* -1: closed, to be freed at the end of the turn */
    int is_backend;
    struct end *peer; /* NULL: none at the moment */
    struct end *next; /* in the list of the idle or of the dead */
};

struct floor {
    int port, close_mode, epoll;
    int backend_count, turn;
    struct net_addresses backends[BACKENDS_MAX];
    struct end listener, signal;
    struct end *idle; /* backend connections without a client */
    struct end *dead;
    char piece[PIECE_MAX];
};

static const char *take_argument(void *self, int what, int n, const char *value)
{
    struct floor *f = self;

    if (what == 'm') {
        f->close_mode = strcmp(value, "close") == 0;
        return f->close_mode || strcmp(value, "tunnel") == 0 ? NULL
                                                             : "unknown mode";
    }
    if (n == 1)
        return authority_port(slice_of(value), &f->port) == 0
                   ? NULL
                   : "not a port (0 to 65535)";
    if (f->backend_count == BACKENDS_MAX)
        return "one backend too many";
    return client_resolve(PROGRAM, value, &f->backends[f->backend_count++]) == 0
               ? NULL
               : "not a backend";
}

/* An end that is watched, for a descriptor that is now its own; or NULL. */
static struct end *end_of(struct floor *f, int fd, int is_backend)
{
    struct end *e = calloc(1, sizeof *e);

    if (e != NULL) {
        e->fd = fd;
        e->is_backend = is_backend;
        if (bare_watch(f->epoll, e->fd, e) == 0)
            return e;
    }
    log_error(PROGRAM, "watch a connection: %s", strerror(errno));
    free(e);
    close(fd);
    return NULL;
}

/* Later events of this turn may still point to it: it is freed after them. */
static void end_close(struct floor *f, struct end *e)
{
    if (e == NULL || e->fd < 0)
        return;
    close(e->fd);
    e->fd = -1;
    if (e->peer != NULL)
        e->peer->peer = NULL;
    e->next = f->dead;
    f->dead = e;
}

static void close_both(struct floor *f, struct end *e)
{
    end_close(f, e->peer);
    end_close(f, e);
}

static void bury(struct floor *f)
{
    while (f->dead != NULL) {
        struct end *e = f->dead;

        f->dead = e->next;
        free(e);
    }
}

/* Waits until it is connected, which on one machine is at once. */
static struct end *new_backend(struct floor *f)
{
    const struct net_addresses *to = &f->backends[f->turn++ % f->backend_count];
    int fd = net_connect(to, clock_now_ms() + CONNECT_WAIT_MS, NULL);

    if (fd >= 0)
        return end_of(f, fd, 1);
    log_error(PROGRAM, "connect to a backend: %s", strerror(errno));
    return NULL;
}

static struct end *lend_backend(struct floor *f)
{
    struct end *e = f->idle;

    if (e == NULL)
        return new_backend(f);
    f->idle = e->next;
    return e;
}

static void drop_idle(struct floor *f, struct end *e)
{
    struct end **at = &f->idle;

    while (*at != NULL && *at != e)
        at = &(*at)->next;
    if (*at == e)
        *at = e->next;
    end_close(f, e);
}

static void pair(struct end *a, struct end *b)
{
    a->peer = b;
    b->peer = a;
}

static void accept_clients(struct floor *f)
{
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        int fd = bare_accept(f->listener.fd);
        struct end *client, *backend;

        if (fd < 0)
            return;
        client = end_of(f, fd, 0);
        if (client == NULL || f->close_mode)
            continue;
        backend = new_backend(f);
        if (backend != NULL)
            pair(client, backend);
        else
            end_close(f, client);
    }
}

/* close mode: the backend is to keep its connection, so the line that asks it
 * to close gets another name. */
static void spoil_close(char *piece, size_t len)
{
    static const char line[] = "\r\nConnection: close";
    char *at = memmem(piece, len, line, sizeof line - 1);

    if (at != NULL)
        at[2] = 'X';
}

static void forward_request(struct floor *f, struct end *client, size_t len)
{
    struct end *backend = client->peer;

    if (backend == NULL && (backend = lend_backend(f)) == NULL) {
        end_close(f, client);
        return;
    }
    pair(client, backend);
    spoil_close(f->piece, len);
    if (send(backend->fd, f->piece, len, 0) != (ssize_t)len)
        close_both(f, client);
}

/* close mode: the answer, with its second line added, and goodbye. */
static void forward_answer(struct floor *f, struct end *backend, size_t len)
{
    static char added[] = "Connection: close\r\n";
    const char *line = memchr(f->piece, '\n', len);
    const size_t first = line != NULL ? (size_t)(line + 1 - f->piece) : 0;
    struct iovec parts[] = {{f->piece, first},
                            {added, sizeof added - 1},
                            {f->piece + first, len - first}};
    const ssize_t whole = (ssize_t)(len + sizeof added - 1);
    struct end *client = backend->peer;

    if (writev(client->fd, parts, 3) != whole) {
        close_both(f, backend);
        return;
    }
    end_close(f, client);
    backend->next = f->idle;
    f->idle = backend;
}

static void forward(struct floor *f, struct end *e, size_t len)
{
    if (!f->close_mode) {
        if (send(e->peer->fd, f->piece, len, 0) != (ssize_t)len)
            close_both(f, e);
    } else if (e->is_backend) {
        forward_answer(f, e, len);
    } else {
        forward_request(f, e, len);
    }
}

static void ready(struct floor *f, struct end *e)
{
    ssize_t n;

    if (e->fd < 0) /* closed earlier in this turn */
        return;
    n = recv(e->fd, f->piece, PIECE_MAX, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (e->is_backend && e->peer == NULL) /* an idle one has ended or spoken */
        drop_idle(f, e);
    else if (n <= 0)
        close_both(f, e);
    else
        forward(f, e, (size_t)n);
}

static int run(struct floor *f)
{
    struct epoll_event events[EVENTS_MAX];

    while (signals_stops() == 0) {
        int n = epoll_wait(f->epoll, events, EVENTS_MAX, -1);

        if (n < 0 && errno != EINTR) {
            log_error(PROGRAM, "epoll_wait: %s", strerror(errno));
            return 1;
        }
        for (int i = 0; i < n; i++) {
            struct end *e = events[i].data.ptr;

            if (e == &f->listener)
                accept_clients(f);
            else if (e == &f->signal)
                signals_drain();
            else
                ready(f, e);
        }
        bury(f);
    }
    return 0;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "m", 2,
                                                     "PORT and backends"};
    static struct floor f; /* static: too large for some stacks */
    int status = options_read(&command_line, argc, argv, take_argument, &f);

    if (status >= 0)
        return status;
    descriptor_want(DESCRIPTORS);
    f.listener.fd = server_open(PROGRAM, f.port);
    if (f.listener.fd < 0)
        return 1;
    f.signal.fd = signals_fd();
    f.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (f.epoll < 0 || bare_watch(f.epoll, f.listener.fd, &f.listener) != 0 ||
        bare_watch(f.epoll, f.signal.fd, &f.signal) != 0) {
        log_error(PROGRAM, "start: %s", strerror(errno));
        return 1;
    }
    server_announce(PROGRAM, f.listener.fd);
    return run(&f);
}
