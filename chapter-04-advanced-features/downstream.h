#ifndef DOWNSTREAM_H
#define DOWNSTREAM_H

#include "http_head.h"
#include "session.h"

/* downstream: the client's side of an exchange, for every engine that speaks
 * HTTP. (The backend's side is upstream.h.)
 *
 *     read_head  ->  begin  ->  ... the engine ...  ->  session_finish
 *      ^  |            |                |                    |
 *      |  +------------+----------------+-->  refuse        |
 *      +----------------------- next ------------------------+  (chapter 6) */

/* Reads on until a whole request head is there, within the service's limits. 1, and
 * the head in *h: its slices lie in the buffer of `up`, until that changes. 0: not
 * yet; or the session was refused, parked or ended. s->seen must be 0 when a new head
 * begins. */
int downstream_read_head(struct session *s, struct http_head *h);

/* Begins the exchange for this head and asks the filters. 0, or -1 after having
 * refused it. */
int downstream_begin(struct session *s, const struct http_head *h);

/* The exchange is over, and its client may ask again: s->state becomes `state`, in
 * which the next head is read. If nothing of it is here yet, the session is parked,
 * or ended, if the client has said all that it will. */
void downstream_next(struct session *s, int state);

/* Moves an answer of our own that lies in `down`, and in what its mover holds. What
 * the client says meanwhile is its next request: it is read as far as there is
 * room, so that it does not stay readable. 1 when all has left; 0: not yet, or the
 * session has ended. */
int downstream_send(struct session *s);

/* Answers with an error of our own; `why` is for the log, a string constant.
 * The rest is linger's business. */
void downstream_refuse(struct session *s, int status, const char *why);

#endif
