#include "probe.h"

#include "clock.h"
#include "health.h"

#include <errno.h>
#include <unistd.h>

static uint64_t now_ms(const struct probe *probe)
{
    return *probe->prober->watch.now_ms;
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
    b->next_check_ms =
        now_ms(probe) + (steady ? PROBE_INTERVAL_MS : PROBE_FAST_MS);
}

/* It is we who lack descriptors: that says nothing about the backend. But the
 * first check has to say something, or the program would never be ready. */
static void postpone(struct probe *probe)
{
    stop(probe);
    probe->backend->next_check_ms = now_ms(probe) + PROBE_FAST_MS;
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
    }
}

/* One probe's part of a turn; returns when it wants the next. */
static uint64_t turn(struct probe *probe)
{
    if (probe->fd >= 0 && probe->deadline_ms <= now_ms(probe)) {
        backend_next_address(probe->backend); /* for the next check */
        conclude(probe, 0);
    }
    if (probe->fd < 0 && probe->backend->next_check_ms <= now_ms(probe)) {
        probe->addresses_left = probe->backend->addresses.count;
        probe->deadline_ms = now_ms(probe) + PROBE_TIMEOUT_MS;
        try_addresses(probe);
    }
    return probe->fd >= 0 ? probe->deadline_ms : probe->backend->next_check_ms;
}

int prober_turn(struct prober *p)
{
    uint64_t next_ms = CLOCK_NEVER;

    for (int i = 0; i < p->set->num_backends; i++) {
        uint64_t at_ms = turn(&p->probes[i]);

        if (at_ms < next_ms)
            next_ms = at_ms;
    }
    return clock_left_ms(next_ms, *p->watch.now_ms);
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
    for (int i = 0; i < p->set->num_backends; i++)
        stop(&p->probes[i]);
}
