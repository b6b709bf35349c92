#include "probe.h"

#include "clock.h"
#include "health.h"

#include <errno.h>
#include <unistd.h>

static void ring_in(struct probe *probe, int ms)
{
    const struct watch *watch = &probe->prober->watch;

    watch->set_timer(watch->loop, &probe->timer, *watch->now_ms + (uint64_t)ms);
}

static void stop(struct probe *probe)
{
    const struct watch *watch = &probe->prober->watch;

    if (probe->fd < 0)
        return;
    watch->set(watch->loop, probe->fd, 0, &probe->watcher);
    close(probe->fd);
    probe->fd = -1;
}

/* The check is over. */
static void conclude(struct probe *probe, int ok)
{
    struct backend *b = probe->backend;
    int steady;

    stop(probe);
    if (backend_report(b, ok, PROBE_FALL, PROBE_RISE))
        health_announce(b);
    steady = b->is_healthy && b->streak == 0;
    ring_in(probe, steady ? PROBE_INTERVAL_MS : PROBE_FAST_MS);
}

/* It is we who lack descriptors: that says nothing about the backend. But the
 * first check has to say something, or the program would never be ready. */
static void postpone(struct probe *probe)
{
    stop(probe);
    ring_in(probe, PROBE_FAST_MS);
}

/* Begins to connect to the backend's addresses, from the preferred one on,
 * until one does not fail at once. */
static void try_addresses(struct probe *probe)
{
    const struct watch *watch = &probe->prober->watch;
    struct backend *b = probe->backend;

    for (; probe->addresses_left > 0; probe->addresses_left--) {
        probe->fd = net_connect_start(&b->addresses.at[b->preferred]);
        if (probe->fd >= 0 &&
            watch->set(watch->loop, probe->fd, WATCH_WRITE, &probe->watcher) ==
                0)
            return;
        if (b->checks > 0 && net_is_shortage(errno)) {
            postpone(probe);
            return;
        }
        stop(probe);
        backend_next_address(b);
    }
    conclude(probe, 0);
}

/* The connect is decided. */
static void probe_ready(struct watcher *w, int fd, unsigned events)
{
    struct probe *probe = (struct probe *)w;

    (void)events;
    if (net_connect_result(fd) == 0) {
        conclude(probe, 1);
        return;
    }
    stop(probe);
    backend_next_address(probe->backend);
    probe->addresses_left--;
    try_addresses(probe);
}

/* It is time: for the next check, or to give up the one that is under way. */
static void probe_due(void *owner)
{
    struct probe *probe = owner;

    if (probe->fd >= 0) {
        backend_next_address(probe->backend); /* for the next check */
        conclude(probe, 0);
        return;
    }
    probe->addresses_left = probe->backend->addresses.count;
    ring_in(probe, PROBE_TIMEOUT_MS);
    try_addresses(probe);
}

void prober_init(struct prober *p, struct watch watch, struct backend_set *set)
{
    p->watch = watch;
    p->set = set;
    for (int i = 0; i < set->num_backends; i++) {
        struct probe *probe = &p->probes[i];

        probe->watcher.ready = probe_ready;
        probe->prober = p;
        probe->backend = &set->backends[i];
        probe->fd = -1;
        timer_init(&probe->timer, probe_due, probe);
        ring_in(probe, 0);
    }
}

void prober_suspect(struct prober *p, const struct backend *b)
{
    struct probe *probe = &p->probes[b - p->set->backends];

    if (probe->fd < 0)
        ring_in(probe, 0);
}

static void suspect(void *self, const struct backend *b)
{
    prober_suspect(self, b);
}

struct monitor prober_monitor(struct prober *p)
{
    struct monitor monitor = {p, suspect};

    return monitor;
}

int prober_knows_all(const struct prober *p)
{
    for (int i = 0; i < p->set->num_backends; i++)
        if (p->set->backends[i].checks == 0)
            return 0;
    return 1;
}

void prober_close(struct prober *p)
{
    for (int i = 0; i < p->set->num_backends; i++) {
        struct probe *probe = &p->probes[i];

        stop(probe);
        p->watch.set_timer(p->watch.loop, &probe->timer, CLOCK_NEVER);
    }
}
