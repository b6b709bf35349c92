/* advanced_lb: a load balancer for many clients at once, in one thread.
 *
 * The program of chapter 3 waited for one client; this one waits for all of
 * them at the same time, in select(), and does a little for each that is ready.
 * Four algorithms, weights, health checks beside the traffic, forwarded
 * headers, draining.
 *
 * Missing on purpose: keeping connections (chapter 6), and doing well with
 * thousands of them (chapter 5).
 * Read next: channel.h, session.h, engine_single.c, service.c. */

#include "authority.h"
#include "balance.h"
#include "clock.h"
#include "descriptor.h"
#include "engine_single.h"
#include "log.h"
#include "options.h"
#include "probe.h"
#include "select_loop.h"
#include "server.h"
#include "service.h"
#include "signals.h"
#include "statistics.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_CLIENTS 256 /* two descriptors each, and FD_SETSIZE is 1024 */

static const char PROGRAM[] = "advanced_lb";
static const char USAGE[] =
    "usage: advanced_lb PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n"
    "Spreads HTTP requests over the backends, for many clients at once.\n"
    "  -a rr      round robin (default)\n"
    "  -a wrr     weighted round robin\n"
    "  -a lc      least connections\n"
    "  -a iphash  the same client, the same backend\n"
    "Statistics: kill -USR1 PID. To stop: Ctrl-C once, again to hurry.\n"
    "Example: advanced_lb 8080 127.0.0.1:9001:3 127.0.0.1:9002:1 -a wrr\n";

struct advanced_lb {
    struct watcher on_signal; /* first: the loop hands us this */
    int port;
    struct select_loop loop;
    struct backend_set set;
    struct prober prober;
    struct service service;
    uint64_t started_ms;
    int hurry; /* asked to stop twice */
};

static void print_all(const struct advanced_lb *lb)
{
    print_statistics(&lb->set, clock_now_ms() - lb->started_ms, stdout);
    log_line("Connections: active %d, max %d, peak %d", lb->service.active,
             lb->service.max_sessions, lb->service.peak);
}

/* A signal has come, which may mean several things at once. */
static void handle_signal(struct watcher *w, int fd, unsigned events)
{
    struct advanced_lb *lb = (struct advanced_lb *)w;

    (void)fd;
    (void)events;
    signals_drain();
    if (signals_take_dump())
        print_all(lb);
    lb->hurry = signals_stops() > 1;
    if (signals_stops() > 0 && !lb->service.draining) {
        service_drain(&lb->service);
        log_line("%s: draining, %d connections under way", PROGRAM,
                 lb->service.active);
    }
}

static const char *take_argument(void *self, int what, int n,
                                 const char *value)
{
    struct advanced_lb *lb = self;

    if (what == 'a') {
        lb->service.balance = balance_find(value);
        return lb->service.balance == NULL ? "unknown algorithm" : NULL;
    }
    if (n > 1)
        return backend_set_add(&lb->set, value, BACKEND_WEIGHT_MAX);
    return authority_port(slice_of(value), &lb->port) != 0
               ? "not a port (0 to 65535)"
               : NULL;
}

static int resolve(struct backend_set *set)
{
    const struct backend *unknown;
    int error = backend_set_resolve(set, &unknown);

    if (error != 0)
        log_error(PROGRAM, "resolve %s: %s", unknown->where.host,
                  gai_strerror(error));
    return error;
}

/* Puts the parts together: what main() knows and they do not. */
static int assemble(struct advanced_lb *lb)
{
    static const struct filter filters[] = {{NULL, NULL, statistics_finish}};
    struct service *service = &lb->service;

    descriptor_want(FD_SETSIZE);
    select_loop_init(&lb->loop);
    lb->started_ms = lb->loop.now_ms;
    service->program = PROGRAM;
    service->watch = select_loop_watch(&lb->loop);
    service->set = &lb->set;
    service->connector = &connector_direct;
    service->engine = &engine_single;
    service->filters = filters;
    service->filter_count = sizeof filters / sizeof filters[0];
    service->timeouts = (struct timeouts){10000, 5000, 30000, 30000};
    service->max_sessions = MAX_CLIENTS;
    service->listener = server_open(PROGRAM, lb->port);
    if (service->listener < 0)
        return -1;
    lb->on_signal.ready = handle_signal;
    prober_init(&lb->prober, service->watch, &lb->set);
    if (service->watch.set(&lb->loop, signals_fd(), WATCH_READ,
                           &lb->on_signal) == 0 &&
        service_open(service) == 0)
        return 0;
    log_error(PROGRAM, "start: %s", strerror(errno));
    close(service->listener);
    return -1;
}

static int event_loop(struct advanced_lb *lb)
{
    int announced = 0;

    while (!lb->hurry && !service_is_finished(&lb->service)) {
        int probe_ms = prober_turn(&lb->prober);
        int service_ms = service_turn(&lb->service);

        if (!announced && prober_knows_all(&lb->prober)) {
            server_announce(PROGRAM, lb->service.listener);
            announced = 1;
        }
        if (select_loop_turn(&lb->loop, probe_ms < service_ms
                                            ? probe_ms
                                            : service_ms) < 0) {
            log_error(PROGRAM, "select: %s", strerror(errno));
            return 1;
        }
    }
    return 0;
}

int main(int argc, char *argv[])
{
    static const struct command_line command_line = {PROGRAM, USAGE, "a", 2,
                                                     "PORT and backends"};
    static struct advanced_lb lb; /* static: too large for some stacks */
    int status;

    lb.service.balance = balance_find("round_robin");
    status = options_read(&command_line, argc, argv, take_argument, &lb);
    if (status >= 0)
        return status;
    if (resolve(&lb.set) != 0 || assemble(&lb) != 0)
        return 1;

    status = event_loop(&lb);
    prober_close(&lb.prober);
    service_close(&lb.service);
    print_all(&lb);
    return status;
}
