#ifndef UPSTREAM_H
#define UPSTREAM_H

#include "session.h"

/* upstream: gets a session its backend, and another one when that fails.
 *
 *     pick (balance) -> acquire (connector) -> wait for connect -> connected
 *       ^    |                                      |
 *       |    +--> all are busy: wait in the queue (queue.h)
 *       +------ the next one, if it was refused ----+
 *
 * A function here returns 0 when things go on, or the HTTP status to give up
 * with: 503 nobody is up, 502 all that were tried failed, 504 the last one did
 * not answer in time. */

/* Chooses a backend for a new exchange and begins to connect. Who comes while
 * others wait joins them. */
int upstream_begin(struct session *s);

/* While connecting nothing has been decided yet: takes in what the client sends
 * meanwhile. One that leaves while it waits for its turn is let go. */
void upstream_wait(struct session *s);

/* The descriptor has become writable while connecting, or its turn has come: now
 * connected (and !s->connecting), or on the way to the next backend. */
int upstream_connected(struct session *s);

/* The current backend has failed (`why`, for the log). If the request may be
 * sent again, goes on with the next backend; otherwise the status. */
int upstream_failed(struct session *s, const char *why, int status);

/* The current backend has not answered in time: counts that. It may be at work on
 * what it was asked for, so nobody else is asked, and it is not to blame. */
void upstream_timed_out(struct session *s);

#endif
