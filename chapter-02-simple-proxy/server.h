#ifndef SERVER_H
#define SERVER_H

#include "net.h"

#include <stdint.h>

/* server: what every program that listens does first, in one voice. */

#define SERVER_BACKLOG 1024 /* handshakes that may wait; the system's own limit
                               (net.core.somaxconn) may be lower */

/* Installs the signal handlers and listens. The listener, or -1 after having
 * said why on standard error. */
int server_open(const char *program, int port);

/* Prints "PROGRAM listening on ADDRESS:PORT" with the real port: the line that
 * people and scripts wait for. Call it when clients may come. */
void server_announce(const char *program, int listener);

/* Waits for the next client: its descriptor; or -1 with errno
 *   ETIMEDOUT  none came until the deadline
 *   EINTR      we were asked to stop, or for statistics (see signals.h)
 * Clients that left before we came, and a lack of descriptors, are dealt with
 * here; any other failure is returned. */
int server_next(int listener, uint64_t deadline_ms, struct net_address *peer);

/* Serves one client after the other until we are asked to stop. The handler
 * owns the client's descriptor; `client` is its address in words. Returns the
 * program's exit status. */
int server_run(const char *program, int listener,
               void (*handle_client)(void *self, int fd, const char *client),
               void *self);

#endif
