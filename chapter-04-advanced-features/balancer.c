#include "balancer.h"

#include "authority.h"
#include "clock.h"
#include "log.h"
#include "server.h"
#include "signals.h"
#include "statistics.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- before it runs ----------------------------------------------------- */

void balancer_init(struct balancer *b, const char *program)
{
    static const struct filter statistics = {NULL, NULL, statistics_finish};
    struct service *service = &b->service;

    b->program = service->program = program;
    service->balance = balance_find("round_robin");
    service->timeouts = (struct timeouts){.head_ms = 10000,
                                          .connect_ms = 5000,
                                          .read_ms = 30000,
                                          .drain_ms = 30000,
                                          .idle_ms = 60000,
                                          .tunnel_ms = 3600000};
    balancer_add_filter(b, statistics);
}

const char *balancer_take(void *self, int what, int n, const char *value)
{
    struct balancer *b = self;

    if (what == 'a') {
        b->service.balance = balance_find(value);
        return b->service.balance == NULL ? "unknown algorithm" : NULL;
    }
    if (n > 1)
        return backend_set_add(&b->set, value, BACKEND_WEIGHT_MAX);
    return authority_port(slice_of(value), &b->port) != 0
               ? "not a port (0 to 65535)"
               : NULL;
}

void balancer_add_filter(struct balancer *b, struct filter filter)
{
    struct service *service = &b->service;

    assert(service->filter_count < BALANCER_FILTERS_MAX);
    b->filters[service->filter_count++] = filter;
    service->filters = b->filters;
}

int balancer_prepare(struct balancer *b, struct watch watch,
                     const struct connector *connector,
                     const struct engine *engine)
{
    struct service *service = &b->service;
    const struct backend *unknown;
    int error = backend_set_resolve(&b->set, &unknown);

    if (error != 0) {
        log_error(b->program, "resolve %s: %s", unknown->where.host,
                  gai_strerror(error));
        return -1;
    }
    b->started_ms = *watch.now_ms;
    service->watch = watch;
    service->set = &b->set;
    service->monitor = prober_monitor(&b->prober);
    service->connector = connector;
    service->engine = engine;
    return 0;
}

/* ---- signals ------------------------------------------------------------ */

static void print_all(const struct balancer *b)
{
    print_statistics(&b->set, clock_now_ms() - b->started_ms, stdout);
    log_line("Connections: active %d, max %d, peak %d", b->service.active,
             b->service.max_clients, b->service.peak);
    if (b->print_more != NULL)
        b->print_more(b);
}

/* A signal has come, which may mean several things at once. */
static void handle_signal(struct watcher *w, int fd, unsigned events)
{
    struct balancer *b = (struct balancer *)w;

    (void)fd;
    (void)events;
    signals_drain();
    if (signals_take_dump())
        print_all(b);
    if (signals_take_reload() && b->reload != NULL)
        b->reload(b);
    b->hurry = signals_stops() > 1;
    if (signals_stops() > 0 && !b->service.draining) {
        service_drain(&b->service);
        log_line("%s: draining, %d connections under way", b->program,
                 b->service.active);
    }
}

/* ---- running ------------------------------------------------------------ */

int balancer_open(struct balancer *b)
{
    struct service *service = &b->service;
    const struct watch *watch = &service->watch;

    service->listener = server_open(b->program, b->port);
    if (service->listener < 0)
        return -1;
    b->on_signal.ready = handle_signal;
    prober_init(&b->prober, *watch, &b->set);
    if ((b->reload == NULL || signals_want_reload() == 0) &&
        watch->set(watch->loop, signals_fd(), WATCH_READ, &b->on_signal) == 0 &&
        service_open(service) == 0)
        return 0;
    log_error(b->program, "start: %s", strerror(errno));
    close(service->listener);
    return -1;
}

int balancer_run(struct balancer *b, int (*turn)(struct balancer *b))
{
    struct service *service = &b->service;
    int announced = 0;

    while (!b->hurry && !service_is_finished(service)) {
        if (turn(b) < 0) {
            log_error(b->program, "waiting for events: %s", strerror(errno));
            return 1;
        }
        service_turn(service);
        if (!announced && prober_knows_all(&b->prober)) {
            server_announce(b->program, service->listener);
            announced = 1;
        }
    }
    return 0;
}

void balancer_close(struct balancer *b)
{
    prober_close(&b->prober);
    service_close(&b->service);
    print_all(b);
}
