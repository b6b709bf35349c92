#ifndef QUEUE_H
#define QUEUE_H

#include "session.h"

/* queue: requests that wait until a backend may take one more.
 *
 * A backend can have a limit (max_connections; only lb sets one, chapter 10). If
 * there are backends that could serve a request, but all of them are at their
 * limits, the request waits here: first come, first served, for at most
 * timeouts.queue_ms, and is then answered with 503.
 *
 *     upstream: nobody may take it now --> queue_wait
 *     service_turn --> queue_serve: whose turn has come makes a step, as if its
 *                      connection were decided; the others wait on
 *
 * While it waits, a session counts as one that is connecting to a backend, so
 * engines need no state for it: upstream_connected() looks for a backend first if
 * there is none yet. Two things are different: what is said when the time is up,
 * and that a client which ends its side while it waits has left, and is forgotten.
 * It may be one that would still read an answer; there is no way to tell, and
 * where others wait, it does not get the benefit of the doubt. */

/* What the log says of those whose time was up. */
#define QUEUE_TOO_LONG "all backends are busy"

/* How soon it is noticed that a backend has done with a request of another
 * process (one of our own makes the loop turn anyway). */
#define QUEUE_LOOK_MS 10

/* Nobody waits yet. For service_open(). */
void queue_init(struct service *service);

/* Puts the session at the end, with its time running, or leaves it where it
 * waits already. */
void queue_wait(struct session *s);

/* Takes it out, wherever it is; does nothing if it is not there. */
void queue_leave(struct session *s);

/* Whether it waits here. */
int queue_has(const struct session *s);

/* Whether anybody waits. */
int queue_is_empty(const struct service *service);

/* Lets each ask again for a backend, as long as there are backends that may take
 * one more. Costs a look at the backends for each that is served. */
void queue_serve(struct service *service);

#endif
