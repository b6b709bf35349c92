/* reuseport_loss: an experiment. Who loses what when a server hands over its
 * port?
 *
 * Two ways to have an old and a new server on one port: each opens a socket of
 * its own (SO_REUSEPORT), or the new one inherits the old one's. Clients
 * connect and ask while both listen, and nobody has accepted them yet. Then the
 * old one closes its descriptor, the new one serves whom it finds, and we count
 * the answers. Nothing of the load balancer is in here. Linux and BSD. */

#ifdef __linux__
#define _DEFAULT_SOURCE /* SO_REUSEPORT */
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS 200
#define ROUNDS  5
#define WAIT_MS 1000 /* for an answer that was sent before we ask for it */

/* FreeBSD's SO_REUSEPORT lets several bind, and one of them gets all clients;
 * what Linux does is called so there. */
#ifdef SO_REUSEPORT_LB
#define SHARE_PORT SO_REUSEPORT_LB
#else
#define SHARE_PORT SO_REUSEPORT
#endif

struct round {
    int old_server, new_server; /* listeners */
    int client[CLIENTS];
    int answered, lost;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* Another socket that listens there; port 0: anywhere. */
static int open_listener(in_port_t port)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = port};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0)
        die("socket");
    if (setsockopt(fd, SOL_SOCKET, SHARE_PORT, &on, sizeof on) != 0)
        die("SO_REUSEPORT");
    if (bind(fd, (struct sockaddr *)&here, sizeof here) != 0)
        die("bind");
    if (listen(fd, CLIENTS) != 0)
        die("listen");
    return fd;
}

static struct sockaddr_in address_of(int fd)
{
    struct sockaddr_in name;
    socklen_t len = sizeof name;

    if (getsockname(fd, (struct sockaddr *)&name, &len) != 0)
        die("getsockname");
    return name;
}

/* ---- the two ways ---------------------------------------------------------
 */

/* What a server does that was started anew and knows only its port. */
static int open_again(int old_server)
{
    return open_listener(address_of(old_server).sin_port);
}

/* What a child has after fork(2), and whoever is sent the descriptor: not
 * another socket, but the same one once more. */
static int inherit(int old_server)
{
    int fd = dup(old_server);

    if (fd < 0)
        die("dup");
    return fd;
}

/* ---- one round ------------------------------------------------------------
 */

/* They are connected, as far as they know, and have asked: the kernel does that
 * for a server that has not accepted them yet. */
static void clients_ask(struct round *r)
{
    struct sockaddr_in there = address_of(r->old_server);

    for (int i = 0; i < CLIENTS; i++) {
        int fd = r->client[i] = socket(AF_INET, SOCK_STREAM, 0);

        if (fd < 0)
            die("socket");
        if (connect(fd, (struct sockaddr *)&there, sizeof there) != 0)
            die("connect");
        if (send(fd, "?", 1, 0) != 1)
            die("send");
    }
}

/* Answers all that wait in the queue of the new server. */
static void serve(const struct round *r)
{
    int client;
    char question;

    if (fcntl(r->new_server, F_SETFL, O_NONBLOCK) != 0)
        die("O_NONBLOCK");
    while ((client = accept(r->new_server, NULL, NULL)) >= 0) {
        fcntl(client, F_SETFL, 0); /* BSD: it is as its listener */
        if (recv(client, &question, 1, 0) != 1 || send(client, "!", 1, 0) != 1)
            die("serve");
        close(client);
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        die("accept");
}

static int got_answer(int client)
{
    struct pollfd wait = {.fd = client, .events = POLLIN};
    char answer;

    return poll(&wait, 1, WAIT_MS) == 1 && recv(client, &answer, 1, 0) == 1;
}

static void count(struct round *r)
{
    for (int i = 0; i < CLIENTS; i++) {
        if (got_answer(r->client[i]))
            r->answered++;
        else
            r->lost++;
        close(r->client[i]);
    }
}

static void play(struct round *r, int (*take_over)(int old_server))
{
    memset(r, 0, sizeof *r);
    r->old_server = open_listener(0);
    r->new_server = take_over(r->old_server);
    clients_ask(r);
    close(r->old_server);
    serve(r);
    count(r);
    close(r->new_server);
}

static void play_all(const char *how, int (*take_over)(int old_server))
{
    struct round r;

    for (int i = 0; i < ROUNDS; i++) {
        play(&r, take_over);
        printf("%-26s answered %3d, lost %3d\n", how, r.answered, r.lost);
    }
}

int main(void)
{
    printf("%d clients are in the queue when the old server closes\n", CLIENTS);
    play_all("a socket each", open_again);
    play_all("one socket, inherited", inherit);
    return 0;
}
