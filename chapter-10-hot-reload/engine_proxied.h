#ifndef ENGINE_PROXIED_H
#define ENGINE_PROXIED_H

#include "session.h"

/* engine_proxied: a PROXY header first, then what another engine understands.
 *
 *   idle -> HEADER --- is whole ---> the other engine, with the client's address,
 *             |                      and whether it came by TLS
 *             +--> closed: there is none, or not in timeouts.head_ms
 *
 * Every connection must begin with one (proxy_header.h): a port that takes the
 * address of those who say one, and does not mind if others say none, lets anybody
 * pretend to be anybody. Behind it the connection is the client's, for all its
 * requests. The log is told of those that were closed, but once in a while only:
 * their number is up to strangers. */

#define PROXIED_SAY_MS 10000 /* between two lines in the log */

struct engine_proxied {
    struct engine engine;      /* first: its sessions find us by it */
    const struct engine *next; /* what comes behind the header */
    struct engine_proxied *own; /* this very struct: it is counted here */
    int refused;                /* since the log was told */
    uint64_t said_ms;           /* when that was; 0: never */
};

/* *p becomes an engine that goes on with another. It must outlive its sessions. */
void engine_proxied_init(struct engine_proxied *p, const struct engine *next);

#endif
