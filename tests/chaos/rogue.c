/* rogue: peers that a load balancer must survive.
 *
 *     rogue ROLE PORT                a backend: listens, and misbehaves
 *     rogue ROLE HOST:PORT COUNT     so many clients, which misbehave
 *
 * Backends take a request and then: `silent` says nothing, `garbage` what is no
 * answer, `drip` an answer at a byte a second, `reset` half of one, and then a
 * reset. Clients: `slow` send a head at a byte a second and never come to its end,
 * `deaf` ask for much and read nothing. Clients that are shown the door come
 * back. Until SIGTERM. */

#include "authority.h"
#include "clock.h"
#include "descriptor.h"
#include "log.h"
#include "net.h"
#include "options.h"
#include "server.h"
#include "signals.h"
#include "slice.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEERS_MAX 4096
#define DRIP_MS   1000
#define PHASES    100 /* not all drip at the same time: that would be a blow */
#define OURS      2 /* places in pollfd[]: the signals, the listener */

static const char PROGRAM[] = "rogue";
static const char USAGE[] =
    "usage: rogue silent|garbage|drip|reset PORT\n"
    "       rogue slow|deaf HOST:PORT COUNT\n"
    "Backends and clients that misbehave, until SIGTERM.\n";

enum next { WAIT, DRIP, CLOSE, RESET };

struct role {
    const char *name;
    int is_client;
    const char *says; /* at once; a backend: when it was asked */
    enum next then;
    const char *drips; /* and from the beginning again */
};

static const struct role roles[] = {
    {"silent", 0, "", WAIT, ""},
    {"garbage", 0, "\x16\x03\x01 200 %s\n\n\r\n\r\n", CLOSE, ""},
    {"drip", 0, "", DRIP, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello all"},
    {"reset", 0, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhello ", RESET, ""},
    {"slow", 1, "GET / HTTP/1.1\r\nHost: slow\r\nX-Slow: ", DRIP, "slow "},
    {"deaf", 1, "GET /bytes/67108864 HTTP/1.1\r\nHost: deaf\r\n\r\n", WAIT, ""},
};

struct peer {
    int fd;         /* -1: none */
    int has_spoken; /* has said what its role says at once */
    size_t dripped; /* bytes since then */
};

struct rogue {
    const struct role *role;
    const char *where;
    uint64_t port, count;
    struct net_addresses to;
    int listener; /* -1: clients */
    uint64_t next_drip_ms;
    int phase; /* whose turn it is then */
    struct peer peers[PEERS_MAX];
};

static const char *take_argument(void *self, int what, int n, const char *value)
{
    struct rogue *r = self;

    (void)what;
    if (n == 1) {
        for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
            if (strcmp(roles[i].name, value) == 0)
                r->role = &roles[i];
        return r->role != NULL ? NULL : "not a role";
    }
    if (n > 2 + r->role->is_client)
        return "one operand too many";
    if (n == 3)
        return slice_number(slice_of(value), PEERS_MAX, &r->count) == 0
                   ? NULL : "not a number of clients";
    r->where = value;
    if (r->role->is_client)
        return NULL;
    return slice_number(slice_of(value), 65535, &r->port) == 0
               ? NULL : "not a port (0 to 65535)";
}

/* ---- peers -------------------------------------------------------------- */

static void leave(struct peer *p, int reset)
{
    const struct linger at_once = {1, 0};

    if (reset)
        setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(p->fd);
    p->fd = -1;
}

static void enter(struct peer *p, int fd)
{
    p->fd = fd;
    p->has_spoken = 0;
    p->dripped = 0;
}

static void speak(const struct rogue *r, struct peer *p)
{
    const size_t len = strlen(r->role->says);

    p->has_spoken = 1;
    if (send(p->fd, r->role->says, len, 0) != (ssize_t)len ||
        r->role->then >= CLOSE)
        leave(p, r->role->then == RESET);
}

static void drip(const struct rogue *r, struct peer *p)
{
    const char *drips = r->role->drips;

    if (send(p->fd, drips + p->dripped++ % strlen(drips), 1, 0) < 0 &&
        errno != EAGAIN)
        leave(p, 0);
}

/* Whether it is to hear what comes: who is deaf would be woken for ever. */
static short wanted(const struct rogue *r, const struct peer *p)
{
    if (r->role->is_client && !p->has_spoken)
        return POLLOUT;
    return r->role->is_client && r->role->then == WAIT ? 0 : POLLIN;
}

static void hear(const struct rogue *r, struct peer *p)
{
    char bytes[4096];
    ssize_t n = recv(p->fd, bytes, sizeof bytes, 0);

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        leave(p, 0);
    else if (n > 0 && !p->has_spoken && !r->role->is_client)
        speak(r, p);
}

static void ready(const struct rogue *r, struct peer *p, short events)
{
    if (r->role->is_client && !p->has_spoken) {
        if (net_connect_result(p->fd) == 0)
            speak(r, p);
        else
            leave(p, 0);
    } else if ((events & POLLIN) != 0) {
        hear(r, p);
    } else {
        leave(p, 0); /* an error, a hang-up */
    }
}

/* ---- all of them -------------------------------------------------------- */

static void accept_one(struct rogue *r)
{
    struct net_address from;
    int fd = net_accept(r->listener, &from);

    for (int i = 0; fd >= 0 && i < PEERS_MAX; i++)
        if (r->peers[i].fd < 0) {
            enter(&r->peers[i], fd);
            return;
        }
    if (fd >= 0)
        close(fd);
}

/* A hundred times a second: a byte of every hundredth; and who was shown the door comes
 * back. */
static void tick(struct rogue *r)
{
    r->phase = (r->phase + 1) % PHASES;
    for (int i = r->phase; i < PEERS_MAX; i += PHASES) {
        struct peer *p = &r->peers[i];

        if (p->fd < 0 && r->role->is_client && (uint64_t)i < r->count)
            enter(p, net_connect_start(&r->to.at[0]));
        else if (p->fd >= 0 && p->has_spoken && r->role->then == DRIP)
            drip(r, p);
    }
}

static nfds_t prepare(const struct rogue *r, struct pollfd *on)
{
    nfds_t n = OURS + PEERS_MAX;

    on[0] = (struct pollfd){.fd = signals_fd(), .events = POLLIN};
    on[1] = (struct pollfd){.fd = r->listener, .events = POLLIN};
    for (int i = 0; i < PEERS_MAX; i++)
        on[OURS + i] = (struct pollfd){.fd = r->peers[i].fd,
                                       .events = wanted(r, &r->peers[i])};
    while (n > OURS && on[n - 1].fd < 0)
        n--;
    return n;
}

static int run(struct rogue *r)
{
    static struct pollfd on[OURS + PEERS_MAX];

    while (signals_stops() == 0) {
        uint64_t now_ms = clock_now_ms();
        nfds_t n;

        if (now_ms >= r->next_drip_ms) {
            tick(r);
            r->next_drip_ms = now_ms + DRIP_MS / PHASES;
        }
        n = prepare(r, on);
        if (poll(on, n, clock_left_ms(r->next_drip_ms, now_ms)) < 0 &&
            errno != EINTR) {
            log_error(PROGRAM, "poll: %s", strerror(errno));
            return 1;
        }
        if (on[1].revents != 0)
            accept_one(r);
        for (nfds_t i = OURS; i < n; i++)
            if (on[i].fd >= 0 && on[i].revents != 0)
                ready(r, &r->peers[i - OURS], on[i].revents);
    }
    return 0;
}

/* ---- the program -------------------------------------------------------- */

/* 0, or -1, said. */
static int resolve(struct rogue *r)
{
    struct authority where;
    int error;

    if (authority_parse(slice_of(r->where), AUTHORITY_PORT_REQUIRED, &where) !=
        0) {
        log_error(PROGRAM, "%s: not HOST:PORT", r->where);
        return -1;
    }
    error = net_resolve(where.host, where.port, &r->to);
    if (error != 0)
        log_error(PROGRAM, "resolve %s: %s", where.host, gai_strerror(error));
    return error == 0 ? 0 : -1;
}

/* 0, or -1, said. */
static int open_listener(struct rogue *r)
{
    r->listener = net_listen((int)r->port, SERVER_BACKLOG);
    if (r->listener < 0) {
        log_error(PROGRAM, "listen on port %d: %s", (int)r->port,
                  strerror(errno));
        return -1;
    }
    server_announce(PROGRAM, r->listener);
    return 0;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "", 2,
                                                     "ROLE WHERE"};
    static struct rogue r; /* static: too large for some stacks */
    int status = options_read(&command_line, argc, argv, take_argument, &r);

    if (status >= 0)
        return status;
    r.listener = -1;
    for (int i = 0; i < PEERS_MAX; i++)
        r.peers[i].fd = -1;
    descriptor_want(PEERS_MAX + 64);
    if (signals_open() != 0) {
        log_error(PROGRAM, "install signal handlers: %s", strerror(errno));
        return 1;
    }
    if ((r.role->is_client ? resolve(&r) : open_listener(&r)) != 0)
        return 1;
    return run(&r);
}
