#ifndef SESSION_H
#define SESSION_H

#include "channel.h"
#include "exchange.h"
#include "http_head.h"
#include "watch.h"

#include <stdint.h>

/* session: one client's connection and all that belongs to it.
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
#define SESSION_BUFFER (HTTP_HEAD_MAX + 4096)

struct service;
struct session;

/* seam: engine. What a session does with its bytes: a request and its answer
 * (engine_single), bytes both ways (tunnel), a last word (linger); HTTP with
 * keep-alive in chapter 6. The engine of a session may change on its way. */
struct engine {
    const char *name;
    size_t size; /* of the struct that begins with a struct session */
    void (*start)(struct session *s);  /* the client has just been accepted */
    void (*step)(struct session *s);   /* something may be possible now */
    void (*expire)(struct session *s); /* deadline_ms has passed */
};

struct session {
    struct watcher watcher; /* first: the loop hands us this */
    struct service *service;
    const struct engine *engine;
    int state; /* the engine's */

    struct channel up, down;
    int client_fd, backend_fd; /* -1: none */
    unsigned client_events, backend_events; /* what the loop knows */
    uint64_t deadline_ms;                   /* CLOCK_NEVER: none */
    uint64_t last_ms; /* lingering: no deadline lies beyond this */

    struct exchange x;
    int in_exchange; /* a request has begun and its filters not been told */
    int repeatable;  /* its method may be sent twice: RFC 9110, 9.2.2 */
    int connecting;  /* the backend has not answered the connect yet */
    int address_tries;           /* of the current backend's addresses */
    struct backend_mask tried;   /* backends that have failed this request */

    int in_use, ended;
    struct session *next; /* in the service's list of free or ended ones */
    char *memory[2];      /* SESSION_BUFFER bytes each */
};

/* Begins a session on an accepted descriptor, which it owns from now on. */
void session_start(struct session *s, struct service *service, int client_fd,
                   const struct net_address *peer);

/* Hands the session to another engine, which goes on at its next step. */
void session_become(struct session *s, const struct engine *engine);

/* Gives it so long from now. */
void session_deadline(struct session *s, int ms);

/* Tells the loop what the channels want, if that has changed. Every step ends
 * with this or with session_end(). */
void session_settle(struct session *s);

/* Connects the channels with the backend's descriptor (-1: with none). */
void session_set_backend(struct session *s, int fd);

/* Gives the backend's connection back to the connector; does nothing if there
 * is none. `reusable` as in connector.h. */
void session_release_backend(struct session *s, int reusable);

/* Whether anything of an answer has come from the backend. */
int session_has_answer(const struct session *s);

/* The exchange is over: tells the filters, once. `failure` as in exchange.h. */
void session_finish(struct session *s, const char *failure);

/* The session is over; it will be freed when the turn is. Finishes the exchange
 * if there is one. */
void session_end(struct session *s, const char *failure);

/* Gives its descriptors back. For the service, once the turn is over. */
void session_close(struct session *s);

#endif
