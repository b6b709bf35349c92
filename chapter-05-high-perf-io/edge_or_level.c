/* edge_or_level: an experiment. What does EPOLLET lose, and what does it save?
 *
 *     edge_or_level [MESSAGES]
 *
 * Both ends of all connections are in this process. In each round a message is
 * sent on every connection; then the receiver, which is what is measured, gets
 * them, woken by level or by edge. Says how many calls it took, and how much of
 * the processor. With few MESSAGES (one will do) the calls are the same, and the
 * time means nothing. Nothing of the load balancer is in here. Linux only. */

#include <stdio.h>

#ifdef __linux__

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS 64
#define BUFFER      4096
#define SMALL       100
#define LARGE       65536 /* 16 buffers; a socket holds that much */
#define COUNT_MAX   1000000

/* How a receiver is woken, and how long it reads then. */
struct way {
    const char *name;
    uint32_t flags;
    enum { ONE_READ, UNTIL_SHORT, UNTIL_EAGAIN } reads;
};

static const struct way ways[] = {
    {"level, one read", 0, ONE_READ},
    {"level, until EAGAIN", 0, UNTIL_EAGAIN},
    {"edge, one read", EPOLLET, ONE_READ},
    {"edge, until EAGAIN", EPOLLET, UNTIL_EAGAIN},
    {"edge, until a short read", EPOLLET, UNTIL_SHORT},
};
#define WAYS ((int)(sizeof ways / sizeof *ways))

struct run {
    const struct way *way;
    int epoll_fd;
    int from[CONNECTIONS], to[CONNECTIONS];
    long waits, events, reads;
    long long bytes, cpu_ns;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static void run_open(struct run *r, const struct way *way)
{
    *r = (struct run){.way = way, .epoll_fd = epoll_create1(EPOLL_CLOEXEC)};
    if (r->epoll_fd < 0)
        die("epoll_create1");
    for (int i = 0; i < CONNECTIONS; i++) {
        struct epoll_event event = {.events = EPOLLIN | way->flags};
        int ends[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0)
            die("socketpair");
        r->from[i] = ends[0];
        r->to[i] = event.data.fd = ends[1];
        if (epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, ends[1], &event) != 0)
            die("epoll_ctl");
    }
}

static void run_close(const struct run *r)
{
    for (int i = 0; i < CONNECTIONS; i++) {
        close(r->from[i]);
        close(r->to[i]);
    }
    close(r->epoll_fd);
}

static long long cpu_now_ns(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0)
        die("clock_gettime");
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void send_to_all(const struct run *r, size_t size)
{
    static const char message[LARGE];

    for (int i = 0; i < CONNECTIONS; i++)
        if (send(r->from[i], message, size, 0) != (ssize_t)size)
            die("send");
}

/* One event: reads as often as this way does. */
static void receive(struct run *r, int fd)
{
    static char buffer[BUFFER];
    ssize_t n;

    do {
        n = recv(fd, buffer, sizeof buffer, 0);
        r->reads++;
        if (n < 0 && errno != EAGAIN)
            die("recv");
        r->bytes += n > 0 ? n : 0;
    } while (r->way->reads == UNTIL_EAGAIN
                 ? n > 0
                 : r->way->reads == UNTIL_SHORT && n == BUFFER);
}

/* Until so many bytes have come in all, or nothing more is told. */
static void receive_all(struct run *r, long long expected)
{
    struct epoll_event events[CONNECTIONS];
    int n = 1;

    while (r->bytes < expected && n > 0) {
        n = epoll_wait(r->epoll_fd, events, CONNECTIONS, 100);
        if (n < 0)
            die("epoll_wait");
        r->waits++;
        r->events += n;
        for (int i = 0; i < n; i++)
            receive(r, events[i].data.fd);
    }
}

static void report(const struct run *r, long long per_round, int rounds)
{
    double messages = (double)rounds * CONNECTIONS;

    if (r->bytes < rounds * per_round)
        printf("%-25s  stuck: %lld of %lld bytes\n", r->way->name, r->bytes,
               per_round);
    else
        printf("%-25s %8.3f %8.2f %8.2f %8.2f\n", r->way->name,
               (double)r->waits / messages, (double)r->events / messages,
               (double)r->reads / messages, (double)r->cpu_ns / 1e3 / messages);
}

/* The first round in which something is lost is the last one. */
static void measure(const struct way *way, size_t size, int rounds)
{
    long long per_round = (long long)size * CONNECTIONS;
    struct run r;

    run_open(&r, way);
    for (int i = 1; i <= rounds && r.bytes == (i - 1) * per_round; i++) {
        send_to_all(&r, size);
        r.cpu_ns -= cpu_now_ns();
        receive_all(&r, i * per_round);
        r.cpu_ns += cpu_now_ns();
    }
    run_close(&r);
    report(&r, per_round, rounds);
}

static void measure_all(size_t size, int rounds)
{
    printf("%d connections, %d messages of %zu bytes on each\n", CONNECTIONS,
           rounds, size);
    printf("%-25s %8s %8s %8s %8s\n", "for each message", "waits", "events",
           "reads", "CPU us");
    for (int i = 0; i < WAYS; i++)
        measure(&ways[i], size, rounds);
}

static int read_count(const char *text)
{
    char *end;
    long count = strtol(text, &end, 10);

    if (count < 1 || count > COUNT_MAX || *end != '\0') {
        fprintf(stderr, "edge_or_level: not a number of messages: %s\n"
                        "usage: edge_or_level [MESSAGES]\n", text);
        exit(2);
    }
    return (int)count;
}

int main(int argc, char *argv[])
{
    int count = argc > 1 ? read_count(argv[1]) : 0;

    measure_all(SMALL, count > 0 ? count : 5000);
    putchar('\n');
    measure_all(LARGE, count > 0 ? count : 200);
    return 0;
}

#else

int main(void)
{
    fputs("edge_or_level: this experiment needs epoll, which is Linux's own\n",
          stderr);
    return 1;
}

#endif
