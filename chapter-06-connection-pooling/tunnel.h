#ifndef TUNNEL_H
#define TUNNEL_H

#include "session.h"

/* tunnel: bytes both ways, unread, until both sides have ended.
 *
 * What a session becomes when the backend has agreed to another protocol (101
 * Switching Protocols; WebSocket, for one). Each side may end its own direction
 * first (half-close); a failure of either ends both, and so does silence for
 * timeouts.tunnel_ms. The backend's connection is never used again. */

extern const struct engine engine_tunnel;

/* The session becomes a tunnel: what is in its channels goes first. */
void tunnel_start(struct session *s);

#endif
