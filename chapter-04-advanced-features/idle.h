#ifndef IDLE_H
#define IDLE_H

#include "exchange.h"
#include "list.h"
#include "watch.h"

/* idle: clients that are connected and have nothing to say at the moment.
 *
 * A session with its buffers is 40 kilobytes; a client that only holds its
 * connection open, because it has not sent its request yet, needs none of them.
 * So it is no session: it waits here, for the price of this struct, and gets a
 * session when it speaks.
 *
 *     accepted --> session ---- nothing to read ----> idle
 *                     ^                                | |
 *                     +--- its first byte is there ----+ +--> closed: its time
 *                                                             is up, or its
 *                                                             place is needed */

/* When all places are taken, a client that has been silent for at least so long
 * gives up its own to a new one. */
#define IDLE_GRACE_MS 1000

struct service;
struct engine;

struct idle_client {
    struct watcher watcher; /* first: the loop hands us this */
    struct service *service;
    struct list link; /* in service->idle: the longest silent first */
    struct timer timer;
    uint64_t since_ms;
    const struct engine *engine; /* that its session will have */
    int fd;
    struct peer peer;
};

/* Takes the client over for at most ms milliseconds, after which it is closed. If
 * it speaks before that, it gets a session with this engine.
 * The descriptor may still be watched by its session. 0, or -1 if there is no
 * memory or the loop cannot watch it; then it is still the caller's. */
int idle_park(struct service *service, int fd, const struct peer *peer,
              const struct engine *engine, int ms);

/* Closes the one that has been silent the longest, if that is long enough. 1, or
 * 0 if there is none. */
int idle_make_room(struct service *service);

/* The program is asked to stop: those whose request has come already get a
 * session; the others are closed. */
void idle_let_go(struct service *service);

/* Closes all. */
void idle_close_all(struct service *service);

#endif
