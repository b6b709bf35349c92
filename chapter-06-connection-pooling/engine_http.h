#ifndef ENGINE_HTTP_H
#define ENGINE_HTTP_H

#include "session.h"

/* engine_http: requests and answers, one after the other, on connections that
 * stay.
 *
 *            +------ the next request is there already -------+
 *            v                                                |
 *   idle -> READ_HEAD -> CONNECT -> RELAY --- answered ---> (next?) -> idle
 *            |            |   ^      |  |                     |
 *            |            +---+------+  | 101                 +-> closed, or
 *            |      another backend, or v                         linger
 *            |      a fresh connection  tunnel
 *            +--> ANSWER: what we answer ourselves, then (next?)
 *            +--> linger: refused, bad, too slow; also from CONNECT and RELAY
 *
 *   state      waits for            goes on to
 *   READ_HEAD  the client's head    CONNECT
 *   CONNECT    its turn (queue.h);  RELAY
 *              the connection, but
 *              not for a kept one
 *   RELAY      bytes, both ways     CONNECT (retry), READ_HEAD, idle, the end
 *   ANSWER     room for an answer   READ_HEAD, idle, the end
 *              of our own (struct
 *              local, service.h)
 *
 * In RELAY the request's body goes up and the answer comes down at the same time,
 * each message followed to its last byte by a frame (http_frame.h), and not one
 * byte more is passed: what a client sends after its request is its next one, and
 * a backend that says more than its answer is not trusted with another.
 *
 * A connection is given back for the next request only if request and answer have
 * both been moved to their ends, and the backend has not asked to close it. */

extern const struct engine engine_http;

#endif
