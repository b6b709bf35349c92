#ifndef LINGER_H
#define LINGER_H

#include "session.h"

/* linger: a last word to the client, and time to read it.
 *
 * Closing a socket in which unread bytes lie, or into which more come, sends a
 * reset, and a reset can overtake and destroy the answer before the client has
 * read it. So the answer is sent, the end is said (FIN), and what the client
 * still sends is read and dropped, until it closes, is silent for LINGER_MS, or
 * has had LINGER_TOTAL_MS (RFC 9112, section 9.6; nginx's lingering_close). */

#define LINGER_MS       2000
#define LINGER_TOTAL_MS 30000

extern const struct engine engine_linger;

/* The session becomes a lingering one: sends these bytes (at most the room of a
 * session's buffer; len 0: nothing) after what is still in `down`. */
void linger_start(struct session *s, const void *bytes, size_t len);

#endif
