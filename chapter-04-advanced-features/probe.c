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

static const struct health_policy *policy_of(const struct probe *probe)
{
    return &probe->prober->policy;
}

void probe_conclude(struct probe *probe, int ok)
{
    const struct health_policy *policy = policy_of(probe);
    struct backend *b = probe->backend;
    int steady;

    stop(probe);
    if (ok)
        b->stats.checks_ok++;
    else
        b->stats.checks_failed++;
    if (backend_report(b, ok, policy->fall, policy->rise))
        health_announce(b);
    steady = b->is_healthy && b->streak == 0;
    ring_in(probe, steady ? policy->interval_ms : policy->fast_ms);
}

/* It is we who lack descriptors: that says nothing about the backend. But the
 * first check has to say something, or the program would never be ready. */
static void postpone(struct probe *probe)
{
    stop(probe);
    ring_in(probe, policy_of(probe)->fast_ms);
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
    probe_conclude(probe, 0);
}

static void go_on(struct probe *probe)
{
    if (policy_of(probe)->accepted != NULL)
        policy_of(probe)->accepted(probe);
    else
        probe_conclude(probe, 1);
}

/* The connect is decided. */
static void probe_ready(struct watcher *w, int fd, unsigned events)
{
    struct probe *probe = (struct probe *)w;

    (void)events;
    if (net_connect_result(fd) == 0) {
        go_on(probe);
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
        probe_conclude(probe, 0);
        return;
    }
    probe->watcher.ready = probe_ready; /* accepted() may have set another */
    probe->addresses_left = probe->backend->addresses.count;
    ring_in(probe, policy_of(probe)->timeout_ms);
    try_addresses(probe);
}

void prober_init(struct prober *p, struct watch watch, struct backend_set *set)
{
    p->watch = watch;
    p->set = set;
    p->policy = (struct health_policy){.interval_ms = PROBE_INTERVAL_MS,
                                       .fast_ms = PROBE_FAST_MS,
                                       .timeout_ms = PROBE_TIMEOUT_MS,
                                       .fall = PROBE_FALL,
                                       .rise = PROBE_RISE};
    for (int i = 0; i < set->num_backends; i++) {
        struct probe *probe = &p->probes[i];

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

void prober_hold(struct prober *p, const struct backend *b, int ms)
{
    struct probe *probe = &p->probes[b - p->set->backends];

    stop(probe);
    ring_in(probe, ms);
}

static void suspect(void *self, const struct backend *b)
{
    prober_suspect(self, b);
}

struct monitor prober_monitor(struct prober *p)
{
    struct monitor monitor = {p, suspect, NULL};

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
