#ifndef RUNNERS_H
#define RUNNERS_H

/* runners: addresses for this lab, those that answer and those that do not. */

#include "clock.h"
#include "expect.h"
#include "race.h"
#include "wire.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define FILLERS 3

/* Nobody answers here: a listener whose queue is full. */
struct dead {
    int port, listener, fillers[FILLERS];
};

static inline struct net_address address_of(int port)
{
    struct net_addresses found;

    expect_int("the address of 127.0.0.1",
               net_resolve("127.0.0.1", port, &found), 0);
    return found.at[0];
}

static inline struct dead dead_open(void)
{
    struct dead d;
    struct net_address at;

    d.listener = wire_listen_backlog(&d.port, 0);
    at = address_of(d.port);
    for (int i = 0; i < FILLERS; i++)
        d.fillers[i] = net_connect_start(&at);
    return d;
}

static inline void dead_close(struct dead *d)
{
    for (int i = 0; i < FILLERS; i++)
        close(d->fillers[i]);
    close(d->listener);
}

/* Races to so many ports. `*took_ms` is how long it took. */
static inline int race(const int *ports, int count, int limit_ms, int *which,
                       int *took_ms)
{
    struct net_addresses to = {.count = count};
    uint64_t begin_ms = clock_now_ms();
    int fd;

    for (int i = 0; i < count; i++)
        to.at[i] = address_of(ports[i]);
    *which = -1;
    fd = race_connect(&to, begin_ms + (uint64_t)limit_ms, which);
    *took_ms = (int)(clock_now_ms() - begin_ms);
    return fd;
}

/* The winner is this one; at the earliest after so many milliseconds. */
static inline void expect_winner(const char *what, const int *ports, int count,
                                 int winner, int least_ms)
{
    int which, took_ms, fd = race(ports, count, 10000, &which, &took_ms);

    expect_int(about("%s: the index of the winner", what),
               fd < 0 ? -1 : which, winner);
    expect_between(about("%s: milliseconds", what), took_ms, least_ms, 9000);
    close(fd);
}

static inline void expect_error(const char *what, const int *ports, int count,
                                int error)
{
    int which, took_ms, fd, came;

    fd = race(ports, count, 600, &which, &took_ms);
    came = errno;
    expect_int(about("%s: the descriptor", what), fd, -1);
    expect_text(about("%s: the reason", what), strerror(came), strerror(error));
    if (error == ETIMEDOUT)
        expect_between(about("%s, within 600 ms: milliseconds", what), took_ms,
                       600, 60000);
}

#endif
