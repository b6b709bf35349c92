#include "race.h"

#include "clock.h"
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

struct race {
    const struct net_addresses *to;
    int begun;                          /* so many have been begun */
    struct pollfd on[NET_ADDRESSES_MAX + 1]; /* theirs, then the signals'; fd -1:
                                                has failed, or was not begun */
    uint64_t next_ms;                   /* when the next one begins */
    int error;                          /* of the last that failed */
};

static void begin(struct race *r, const struct net_addresses *to)
{
    r->to = to;
    r->begun = 0;
    r->next_ms = 0;
    r->error = ETIMEDOUT;
    for (int i = 0; i <= NET_ADDRESSES_MAX; i++)
        r->on[i] = (struct pollfd){-1, POLLOUT, 0};
    r->on[NET_ADDRESSES_MAX] = (struct pollfd){signals_fd(), POLLIN, 0};
}

static void begin_those_due(struct race *r, uint64_t now_ms)
{
    while (r->begun < r->to->count && now_ms >= r->next_ms) {
        int i = r->begun++;

        r->on[i].fd = net_connect_start(&r->to->at[i]);
        if (r->on[i].fd >= 0)
            r->next_ms = now_ms + RACE_STAGGER_MS;
        else
            r->error = errno;
    }
}

static int is_lost(const struct race *r)
{
    for (int i = 0; i < r->begun; i++)
        if (r->on[i].fd >= 0)
            return 0;
    return r->begun == r->to->count;
}

/* 0 when something may have happened, or -1 with errno. */
static int wait_for_some(struct race *r, uint64_t deadline_ms)
{
    uint64_t until_ms = deadline_ms;

    if (r->begun < r->to->count && r->next_ms < until_ms)
        until_ms = r->next_ms;
    if (signals_stops() == 0 &&
        poll(r->on, NET_ADDRESSES_MAX + 1,
             clock_left_ms(until_ms, clock_now_ms())) < 0 && errno != EINTR)
        return -1;
    if (r->on[NET_ADDRESSES_MAX].revents != 0)
        signals_drain();
    errno = EINTR;
    return signals_stops() > 0 ? -1 : 0;
}

/* The index of one that has connected, or -1; takes out those that failed. */
static int take_winner(struct race *r)
{
    for (int i = 0; i < r->begun; i++) {
        int error;

        if (r->on[i].fd < 0 || r->on[i].revents == 0)
            continue;
        error = net_connect_result(r->on[i].fd);
        if (error == 0)
            return i;
        close(r->on[i].fd);
        r->on[i].fd = -1;
        r->error = error;
        r->next_ms = 0; /* the next need not wait */
    }
    return -1;
}

/* The index of the winner, or -1 and errno. */
static int run(struct race *r, uint64_t deadline_ms)
{
    for (;;) {
        uint64_t now_ms = clock_now_ms();
        int winner;

        errno = ETIMEDOUT;
        if (now_ms >= deadline_ms)
            return -1;
        begin_those_due(r, now_ms);
        errno = r->error;
        if (is_lost(r) || wait_for_some(r, deadline_ms) != 0)
            return -1;
        winner = take_winner(r);
        if (winner >= 0)
            return winner;
    }
}

int race_connect(const struct net_addresses *to, uint64_t deadline_ms,
                 int *which)
{
    struct race r;
    int winner, error, fd = -1;

    begin(&r, to);
    winner = run(&r, deadline_ms);
    error = errno;
    if (winner >= 0) {
        fd = r.on[winner].fd;
        r.on[winner].fd = -1;
        if (which != NULL)
            *which = winner;
    }
    for (int i = 0; i < r.begun; i++)
        if (r.on[i].fd >= 0)
            close(r.on[i].fd);
    errno = error;
    return fd;
}
