#ifndef SESSION_H
#define SESSION_H

#include "channel.h"
#include "exchange.h"
#include "http_head.h"
#include "list.h"
#include "watch.h"

#include <stdint.h>

/* session: a client that is being served, and all that belongs to it.
 *
 * It owns both descriptors and both channels. What happens in it is decided by
 * its engine; what the loop should watch follows from its channels and is told
 * to the loop in one place, session_settle().
 *
 *      client fd  ---- up ---->  backend fd
 *                 <--- down ---
 *
 * A session ends in one place, too: session_end() only marks it, and the
 * service buries it when the turn is over, so that no code up the stack finds
 * its memory gone. */

/* A whole head and what we add to it. */
#define SESSION_BUFFER (HTTP_HEAD_MAX + CHANNEL_GROWTH)

struct service;
struct session;

/* seam: engine. What a session does with its bytes: a request and its answer
 * (engine_single), bytes both ways (tunnel), a last word (linger); HTTP with
 * keep-alive in chapter 6. The engine of a session may change on its way. */
struct engine {
    const char *name;
    size_t size; /* of the struct that begins with a struct session */
    void (*start)(struct session *s);  /* a client may have something to say */
    void (*step)(struct session *s);   /* something may be possible now */
    void (*expire)(struct session *s); /* its deadline has passed */
};

struct session {
    struct watcher watcher; /* first: the loop hands us this */
    struct service *service;
    const struct engine *engine;
    int state; /* the engine's */

    struct channel up, down;
    int client_fd, backend_fd; /* -1: none */
    unsigned client_events, backend_events; /* what the loop knows */
    struct timer timer;                     /* its deadline */
    uint64_t last_ms; /* lingering: no deadline lies beyond this */

    struct exchange x;
    int in_exchange; /* a request has begun and its filters not been told */
    size_t seen;     /* bytes of a head that have been parsed in vain */
    int bodyless;    /* it is HEAD: no answer has a body */
    int repeatable;  /* its method may be sent twice: RFC 9110, 9.2.2 */
    int connecting;  /* the backend has not answered the connect yet, or has
                        not even been found: queue.h */
    int stale;       /* a used connection had died: ask for a fresh one */
    int address_tries; /* of the current backend's addresses */
    struct backend_mask tried; /* backends that have failed this request */

    int ended;
    struct list link; /* in the service's list of living, ended or free ones */
    struct list turn; /* in the service's queue, or alone */
    char *memory[2];  /* SESSION_BUFFER bytes each */
};

/* Begins a session on a client's descriptor, which it owns from now on, with this
 * engine. */
void session_start(struct session *s, struct service *service, int client_fd,
                   const struct peer *peer, const struct engine *engine);

/* From here on this is its peer, and the client, until somebody knows better. */
void session_set_peer(struct session *s, const struct peer *peer);

/* Hands the session to another engine, which goes on at its next step. */
void session_become(struct session *s, const struct engine *engine);

/* Gives it so long from now; -1: as long as it takes. */
void session_deadline(struct session *s, int ms);

/* Bytes have been moved, or could not be: gives it until timeouts.read_ms after the
 * last one that was, or, where somebody takes nothing, until he has done so for
 * timeouts.write_ms. */
void session_relay_deadline(struct session *s);

/* That deadline has passed: why, for the log. */
const char *session_relay_trouble(const struct session *s);

/* Tells the loop what the channels want, if that has changed. Every step ends
 * with this or with session_end(). */
void session_settle(struct session *s);

/* Connects the channels with the backend's descriptor (-1: with none). */
void session_set_backend(struct session *s, int fd);

/* Gives the backend's connection back to the connector, or gives up the place in
 * the queue for one; does nothing if there is neither. `reusable` as in
 * connector.h. */
void session_release_backend(struct session *s, int reusable);

/* The time in microseconds, as exactly as the loop knows it. */
uint64_t session_now_us(const struct session *s);

/* The exchange has its answer, with this status: a backend's or our own. */
void session_answered(struct session *s, int status);

/* Whether anything of an answer has come from the backend. */
int session_has_answer(const struct session *s);

/* Whether any of that has left for the client, or may. */
int session_has_answered(const struct session *s);

/* The exchange is over: tells the filters, once. `failure` as in exchange.h. */
void session_finish(struct session *s, const char *failure);

/* The session is over; it will be freed when the turn is. Finishes the exchange
 * if there is one. */
void session_end(struct session *s, const char *failure);

/* Like session_end(), but the client gets a reset: what it has must not look as if
 * it were whole. */
void session_cut(struct session *s, const char *failure);

/* The client has nothing to ask for at the moment: the session ends, but its
 * client stays, for at most ms milliseconds of silence, and gets another session
 * with the same engine when it speaks (idle.h). While the service drains it is closed instead, unless
 * it retires. */
void session_park(struct session *s, int ms);

/* Gives its descriptors back. For the service, once the turn is over. */
void session_close(struct session *s);

#endif
