/* probe: asks again and again, and says which answers did not come.
 *
 *     probe HOST:PORT [-c CONNECTIONS] [-i INTERVAL_MS] [-d DEADLINE_MS]
 *                     [-s SECONDS] [-n]
 *
 * wrk does not count a request that is never answered; this does. It keeps its
 * connections while the proxy does, or with -n takes a new one for each
 * request. A connection that was closed between two requests is nobody's fault:
 * the request goes out again on a new one. Every other request that has no
 * answer, or a wrong one, is counted under what became of it. */

#include "client.h"
#include "clock.h"
#include "log.h"
#include "options.h"
#include "slice.h"
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define CONNECTIONS_MAX 256
#define STEP_US         50 /* how exact the percentiles are */
#define STEPS           40000

static const char PROGRAM[] = "probe";
static const char USAGE[] =
    "usage: probe HOST:PORT [OPTION...]\n"
    "  -c CONNECTIONS  how many, 1 to 256 (default 4)\n"
    "  -i INTERVAL_MS  rest between an answer and the next request (50)\n"
    "  -d DEADLINE_MS  an answer that takes longer is late (1000)\n"
    "  -s SECONDS      how long (10)\n"
    "  -n              a new connection for each request\n"
    "Prints how many requests were made, were late, failed (of those: were\n"
    "refused, reset, closed, wrong), and how long the answers took.\n";

enum doing { RESTING, CONNECTING, ASKING };

/* What became of a request that has failed. */
enum failure { REFUSED, RESET, CLOSED, WRONG, FAILURES };

struct asker {
    struct client client;
    enum doing doing;
    int reused;        /* the connection has had an answer already */
    uint64_t began_us; /* of the request under way */
    uint64_t at_ms;    /* RESTING: when to ask; else: when it is late */
};

struct probe {
    struct net_addresses to;
    const char *where;
    uint64_t connections, interval_ms, deadline_ms, seconds;
    int renews; /* a new connection for each request */
    uint64_t requests, late, failed[FAILURES], worst_us;
    uint64_t answers, took[STEPS]; /* [n]: n to n + 1 steps; the last: more */
    uint64_t end_ms;
    struct asker askers[CONNECTIONS_MAX];
};

static const char *take_argument(void *self, int what, int n, const char *value)
{
    struct probe *p = self;
    struct slice s = slice_of(value);

    if (what == OPTIONS_OPERAND) {
        p->where = value;
        return n > 1 ? "one operand too many" : NULL;
    }
    if (what == 'c' &&
        (slice_number(s, CONNECTIONS_MAX, &p->connections) != 0 ||
         p->connections == 0))
        return "not 1 to 256";
    if ((what == 'i' && slice_number(s, 60000, &p->interval_ms) != 0) ||
        (what == 'd' && slice_number(s, 60000, &p->deadline_ms) != 0))
        return "not 0 to 60000 milliseconds";
    if (what == 's' && slice_number(s, 3600, &p->seconds) != 0)
        return "not 0 to 3600 seconds";
    if (what == 'n')
        p->renews = 1;
    return NULL;
}

static void rest(struct probe *p, struct asker *a, uint64_t now_ms)
{
    a->doing = RESTING;
    a->at_ms = now_ms + p->interval_ms;
}

static void fail(struct probe *p, struct asker *a, enum failure how,
                 uint64_t now_ms)
{
    p->failed[how]++;
    client_close(&a->client);
    rest(p, a, now_ms);
}

static void connect_one(struct probe *p, struct asker *a, uint64_t now_ms)
{
    client_close(&a->client);
    a->reused = 0;
    a->doing = CONNECTING;
    a->client.fd = net_connect_start(&p->to.at[0]);
    if (a->client.fd < 0)
        fail(p, a, REFUSED, now_ms);
}

static void ask(struct probe *p, struct asker *a, uint64_t now_ms)
{
    a->doing = ASKING;
    if (client_ask(&a->client, p->renews) == 0)
        return;
    if (a->reused)
        connect_one(p, a, now_ms);
    else
        fail(p, a, RESET, now_ms);
}

static void begin(struct probe *p, struct asker *a, uint64_t now_ms)
{
    p->requests++;
    a->began_us = clock_now_us();
    a->at_ms = now_ms + p->deadline_ms;
    if (a->client.fd >= 0)
        ask(p, a, now_ms);
    else
        connect_one(p, a, now_ms);
}

static void answered(struct probe *p, struct asker *a, uint64_t now_ms)
{
    const uint64_t took_us = clock_now_us() - a->began_us;
    const uint64_t steps = took_us / STEP_US;

    p->answers++;
    p->took[steps < STEPS ? steps : STEPS - 1]++;
    if (took_us > p->worst_us)
        p->worst_us = took_us;
    a->reused = 1;
    if (p->renews || client_is_done(&a->client))
        client_close(&a->client);
    rest(p, a, now_ms);
}

static void receive(struct probe *p, struct asker *a, uint64_t now_ms)
{
    const enum client_verdict verdict = client_receive(&a->client);

    if (verdict == CLIENT_PARTIAL)
        return;
    if (verdict == CLIENT_COMPLETE)
        answered(p, a, now_ms);
    else if (verdict == CLIENT_WRONG)
        fail(p, a, WRONG, now_ms);
    else if (a->reused && a->client.len == 0)
        connect_one(p, a, now_ms);
    else
        fail(p, a, verdict == CLIENT_RESET ? RESET : CLOSED, now_ms);
}

static void ready(struct probe *p, struct asker *a, uint64_t now_ms)
{
    if (a->doing == ASKING)
        receive(p, a, now_ms);
    else if (net_connect_result(a->client.fd) == 0)
        ask(p, a, now_ms);
    else
        fail(p, a, REFUSED, now_ms);
}

/* What the time brings: the next request, or the end of patience. */
static void tick(struct probe *p, struct asker *a, uint64_t now_ms)
{
    if (now_ms < a->at_ms)
        return;
    if (a->doing == RESTING) {
        if (now_ms < p->end_ms)
            begin(p, a, now_ms);
        return;
    }
    p->late++;
    client_close(&a->client);
    rest(p, a, now_ms);
}

/* Fills in what to wait for. Returns until when; 0: nothing is left to do. */
static uint64_t prepare(const struct probe *p, struct pollfd *on,
                        uint64_t now_ms)
{
    uint64_t until_ms = now_ms < p->end_ms ? p->end_ms : 0;

    for (uint64_t i = 0; i < p->connections; i++) {
        const struct asker *a = &p->askers[i];

        on[i].fd = a->doing == RESTING ? -1 : a->client.fd;
        on[i].events = a->doing == CONNECTING ? POLLOUT : POLLIN;
        on[i].revents = 0;
        if (a->doing == RESTING && now_ms >= p->end_ms)
            continue;
        if (until_ms == 0 || a->at_ms < until_ms)
            until_ms = a->at_ms;
    }
    return until_ms;
}

/* Microseconds in which so many percent of the answers were there. */
static unsigned percentile(const struct probe *p, unsigned percent)
{
    const uint64_t rank = (p->answers * percent + 99) / 100;
    uint64_t passed = p->took[0];
    unsigned n = 0;

    while (passed < rank && n + 1 < STEPS)
        passed += p->took[++n];
    return p->answers > 0 ? (n + 1) * STEP_US : 0;
}

static void report(const struct probe *p)
{
    const uint64_t *f = p->failed;

    log_line("probe: requests %u late %u failed %u worst_ms %u refused %u "
             "reset %u closed %u wrong %u p50_us %u p99_us %u",
             (unsigned)p->requests, (unsigned)p->late,
             (unsigned)(f[REFUSED] + f[RESET] + f[CLOSED] + f[WRONG]),
             (unsigned)(p->worst_us / 1000), (unsigned)f[REFUSED],
             (unsigned)f[RESET], (unsigned)f[CLOSED], (unsigned)f[WRONG],
             percentile(p, 50), percentile(p, 99));
}

static int run(struct probe *p)
{
    struct pollfd on[CONNECTIONS_MAX];
    uint64_t now_ms = clock_now_ms(), until_ms;

    p->end_ms = now_ms + p->seconds * 1000;
    while (signals_stops() == 0) {
        for (uint64_t i = 0; i < p->connections; i++)
            tick(p, &p->askers[i], now_ms);
        until_ms = prepare(p, on, now_ms);
        if (until_ms == 0)
            break;
        if (poll(on, (nfds_t)p->connections, clock_left_ms(until_ms, now_ms)) <
                0 &&
            errno != EINTR) {
            log_error(PROGRAM, "poll: %s", strerror(errno));
            return 1;
        }
        now_ms = clock_now_ms();
        for (uint64_t i = 0; i < p->connections; i++)
            if (on[i].fd >= 0 && on[i].revents != 0)
                ready(p, &p->askers[i], now_ms);
    }
    report(p);
    return 0;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "cids|n",
                                                     1, "HOST:PORT"};
    static struct probe p; /* static: too large for some stacks */
    int status;

    p.connections = 4;
    p.interval_ms = 50;
    p.deadline_ms = 1000;
    p.seconds = 10;
    status = options_read(&command_line, argc, argv, take_argument, &p);
    if (status >= 0)
        return status;
    if (client_resolve(PROGRAM, p.where, &p.to) != 0)
        return 1;
    if (signals_open() != 0) {
        log_error(PROGRAM, "install signal handlers: %s", strerror(errno));
        return 1;
    }
    for (uint64_t i = 0; i < p.connections; i++)
        p.askers[i].client.fd = -1;
    return run(&p);
}
