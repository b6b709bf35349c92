#ifndef SERVICE_H
#define SERVICE_H

#include "balance.h"
#include "connector.h"
#include "exchange.h"
#include "forwarded.h"
#include "session.h"
#include "watch.h"

#include <stdint.h>

/* service: one listener, the sessions that came in through it, and what they
 * share.
 *
 * It accepts, ends what takes too long, buries what has ended, and drains. It
 * does not wait: the loop calls it through its watcher, and main() once a turn.
 *
 *     service_open  ->  [ loop's turn; service_turn ]...  ->  service_close
 *                              service_drain, when asked to stop
 *
 * When max_sessions are there, or no descriptor is left, the listener is not
 * watched: new clients wait in the kernel's backlog, and cost nothing. */

#define SERVICE_ACCEPT_BATCH 64  /* clients taken in one turn, at most */
#define SERVICE_TICK_MS      100 /* between two looks at the deadlines */

struct timeouts { /* milliseconds */
    int head_ms;    /* for a whole request head */
    int connect_ms; /* for one connection to a backend */
    int read_ms;    /* without a byte in either direction */
    int drain_ms;   /* for requests under way when we are asked to stop */
};

struct service {
    struct watcher accepting; /* first: the loop hands us this */

    /* Set by main() before service_open(), and not changed after it. */
    const char *program; /* for messages */
    struct watch watch;
    int listener; /* owned from service_open() on */
    struct backend_set *set;
    const struct balance *balance;
    const struct connector *connector;
    const struct engine *engine; /* that sessions begin with */
    const struct filter *filters;
    int filter_count;
    struct timeouts timeouts;
    int max_sessions;

    struct request_ids ids;
    int active, peak; /* sessions now, and at most so far */
    int full;         /* no descriptor was to be had */
    int listening;    /* what the loop knows of the listener */
    int draining;
    uint64_t drain_deadline_ms, next_sweep_ms;
    char *sessions; /* max_sessions times engine->size bytes */
    char *buffers;
    struct session *free, *ended;
};

/* Allocates the sessions and begins to accept. 0, or -1 and errno; then nothing
 * is left to close but the listener. */
int service_open(struct service *service);

/* To be called after each turn of the loop: ends sessions whose time is up,
 * frees those that have ended, goes on accepting. Returns how long the next
 * turn may wait, in milliseconds. */
int service_turn(struct service *service);

/* Stops accepting at once; requests under way may finish in timeouts.drain_ms,
 * clients that have asked for nothing yet are let go. */
void service_drain(struct service *service);

/* Whether it is draining and nothing is left to do. */
int service_is_finished(const struct service *service);

/* Ends what is left and frees everything. */
void service_close(struct service *service);

#endif
