#ifndef SERVICE_H
#define SERVICE_H

#include "balance.h"
#include "connector.h"
#include "exchange.h"
#include "forwarded.h"
#include "idle.h"
#include "list.h"
#include "probe.h"
#include "session.h"
#include "watch.h"

#include <stdint.h>

/* service: one listener, the clients that came in through it, and what they
 * share.
 *
 * It accepts, buries what has ended, and drains. It does not wait: the loop calls
 * it through its watcher and its timers, and main() once a turn.
 *
 *     service_open  ->  [ loop's turn; service_turn ]...  ->  service_close
 *                              service_drain, when asked to stop;
 *                              service_retire, when another takes over
 *
 * Every client is either served (it has a session) or idle (idle.h). When
 * max_clients are there, the one that has been idle the longest makes room. If
 * none has been so for long, or if no descriptor is left, the service looks away
 * from its listener: new clients wait in the kernel's backlog and cost nothing,
 * until one of ours ends or a moment has passed. */

#define SERVICE_ACCEPT_BATCH 64  /* clients taken in one turn, at most */
#define SERVICE_PAUSE_MS     100 /* looking away from the listener */
#define SERVICE_SPARE        64  /* sessions kept for the next clients */

struct timeouts { /* milliseconds */
    int head_ms;    /* for a whole request head */
    int connect_ms; /* for one connection to a backend */
    int read_ms;    /* without a byte in either direction */
    int write_ms;   /* somebody takes nothing of what there is for him; 0: as
                       read_ms */
    int queue_ms;   /* for a place at a backend, if all are busy (queue.h) */
    int drain_ms;   /* for requests under way when we are asked to stop */
    int idle_ms;    /* between two requests of a client (chapter 6) */
    int tunnel_ms;  /* without a byte, after an upgrade (chapter 6) */
};

/* Who answers some of the requests without a backend (chapter 9: files). */
struct local {
    void *self;
    /* 0: it is for a backend. 1: the answer lies in `down`, for downstream_send();
     * unless the request was refused. `keeps` as its answer should say it. NULL:
     * all are for backends. Only engine_http asks. */
    int (*answer)(void *self, struct session *s, const struct http_head *h,
                  int keeps);
};

struct limits { /* of a request; 0: none but the parser's own */
    size_t head_bytes;   /* of HTTP_HEAD_MAX; more: 431, or 414 */
    int fields;          /* of HTTP_FIELDS_MAX; more: 431 */
    uint64_t body_bytes; /* more: 413 (if it is chunked, in chapter 6) */
};

/* Looks at the head of each request while it is there, and may set x->client_ip
 * and x->https (which are the peer's) and x->key (which is empty). Here nobody
 * does; chapter 10 has a use for it. */
struct identifier {
    const void *self;
    void (*identify)(const void *self, const struct http_head *h,
                     struct exchange *x); /* NULL: nobody looks */
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
    struct monitor monitor;      /* told of failures */
    const struct engine *engine; /* that sessions begin with; no other has a
                                    larger struct */
    const struct mover *mover;   /* of all channels; NULL: mover_copy */
    struct local local;
    struct identifier identifier;
    const struct filter *filters;
    int filter_count;
    struct timeouts timeouts;
    struct limits limits;
    int max_clients;
    int max_asked; /* backends that one request is given to, one after the
                      other, until one answers; 0: all there are */
    int late_is_failed; /* who has not answered in time has failed like others, and
                           another one is asked; else it is a 504, and he may be
                           at work on it. (Chapter 10; engine_http only) */

    struct request_ids ids;
    int active, peak; /* clients now, and at most so far */
    uint64_t accepted; /* clients so far */
    int paused;       /* no place or no descriptor was to be had */
    int listening;    /* what the loop knows of the listener */
    int draining; /* no new clients; the others are told to close ... */
    int retiring; /* ... and those who are idle may ask once more */
    struct timer pause, drain_limit;
    struct list sessions, ended, spare; /* of sessions */
    int spares;
    struct list idle; /* of idle clients: the longest silent first */
    struct list queue; /* of sessions, too: those that wait for a backend */
    struct timer look; /* queue.c's */
};

/* Begins to accept. 0, or -1 and errno; then nothing is left to close but the
 * listener. */
int service_open(struct service *service);

/* To be called after each turn of the loop: frees the sessions that have ended,
 * gives the places at backends that have become free to those who wait, and goes on
 * accepting. */
void service_turn(struct service *service);

/* Stops accepting at once; requests under way may finish in timeouts.drain_ms,
 * clients that have asked for nothing yet are let go. */
void service_drain(struct service *service);

/* Like service_drain(), but somebody else goes on listening on the same socket
 * (chapter 10), and nobody shall notice: idle clients are not closed, since their
 * next request may be on its way, but are told `Connection: close` with its
 * answer. Those who have not asked after timeouts.drain_ms are let go. */
void service_retire(struct service *service);

/* Whether it is draining and nothing is left to do. */
int service_is_finished(const struct service *service);

/* Ends what is left and frees everything. */
void service_close(struct service *service);

/* For idle.c and session.c. A client has something to say: it gets a session with
 * this engine; or, if there is no memory for one, it is closed. */
void service_admit(struct service *service, int fd, const struct peer *peer,
                   const struct engine *engine);
/* The descriptor of a client was closed. */
void service_lost_client(struct service *service);

#endif
