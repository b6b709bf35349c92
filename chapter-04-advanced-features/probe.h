#ifndef PROBE_H
#define PROBE_H

#include "backend.h"
#include "watch.h"

#include <stddef.h>
#include <stdint.h>

/* probe: the health checks of chapter 3, without stopping the traffic.
 *
 * A check is a connection like any other on the loop: begun, waited for, given
 * up after two seconds. It takes three failures in a row to take a backend down
 * and two successes to bring it back, so that one lost packet does not; the
 * first check after the start decides alone. */

#define PROBE_INTERVAL_MS 10000 /* between two checks of a healthy backend */
#define PROBE_FAST_MS     1000  /* while it is down or in doubt */
#define PROBE_TIMEOUT_MS  2000
#define PROBE_FALL        3 /* failures in a row until it is down */
#define PROBE_RISE        2 /* successes in a row until it is up again */

struct probe;

/* How checks are made: what prober_init() sets is above. */
struct health_policy {
    int interval_ms, fast_ms, timeout_ms;
    int fall, rise;
    /* The backend has accepted: goes on with the check, over probe->fd, and calls
     * probe_conclude() in the end. NULL: who accepts is healthy. (Chapter 10 asks
     * for a page.) */
    void (*accepted)(struct probe *probe);
    const char *path; /* for that */
};

/* Who is told how requests fare: a prober, or (chapter 10) the process that has
 * one. NULL: nobody. */
struct monitor {
    void *self;
    void (*failed)(void *self, const struct backend *b);    /* each time ... */
    void (*recovered)(void *self, const struct backend *b); /* the first that
                                                               went well again */
};

struct prober;

struct probe {
    struct watcher watcher; /* first: the loop hands us this */
    struct prober *prober;
    struct backend *backend;
    struct timer timer; /* of the next check, or the limit of this one */
    int fd;             /* -1: no check under way */
    int addresses_left; /* of the backend, to be tried in this check */
    char heard[16];     /* for policy.accepted: what the backend has said ... */
    size_t heard_len;   /* ... so far */
};

struct prober {
    struct watch watch;
    struct backend_set *set;
    struct health_policy policy; /* may be changed at any time */
    struct probe probes[MAX_BACKENDS];
};

/* All backends of the set are due at once: their checks begin in the next turn
 * of the loop, and from then on it keeps them going. Changes are printed. Loop
 * and set must outlive the prober. */
void prober_init(struct prober *p, struct watch watch, struct backend_set *set);

/* The check that is under way is over; for policy.accepted. */
void probe_conclude(struct probe *probe, int ok);

/* Something went wrong with this backend: it is to be checked now. */
void prober_suspect(struct prober *p, const struct backend *b);

/* It is not to be checked for so long, whatever happens to it: for one that is
 * down and whose checks are not to be believed (chapter 10). */
void prober_hold(struct prober *p, const struct backend *b, int ms);

/* The prober as a service sees it: a backend that has failed is suspect. */
struct monitor prober_monitor(struct prober *p);

/* Whether every backend has been checked once. */
int prober_knows_all(const struct prober *p);

/* Gives up the checks that are under way, and all later ones. */
void prober_close(struct prober *p);

#endif
