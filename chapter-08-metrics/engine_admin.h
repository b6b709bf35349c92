#ifndef ENGINE_ADMIN_H
#define ENGINE_ADMIN_H

#include "service.h"
#include "text.h"

/* engine_admin: a small HTTP server for those who run the program, beside the
 * traffic and on the same loop.
 *
 *   READ_HEAD -> SEND -> linger
 *
 * It is a service of its own (service.h), with its own listener and few clients;
 * its sessions end with their answer. A page is written into memory at once, so
 * that its numbers are of one moment, and sent as fast as the client takes it. One
 * that takes nothing is ended by the service's read_ms.
 *
 * GET and HEAD only: whoever can connect can look, and nobody can change
 * anything. It has no password, so it should listen where only friends are. */

struct admin_page {
    const char *path, *type; /* "/metrics"; its Content-Type */
    /* Writes the body; returns the status, 200 mostly. */
    int (*write)(void *self, struct text *body);
};

struct admin {
    struct service service; /* first: sessions find us by it */
    const struct admin_page *pages; /* up to one whose path is NULL */
    void *self;                     /* what they are handed */
    char program[64];               /* "metrics_lb admin", for messages */
};

extern const struct engine engine_admin;

/* Listens on a port (0: the kernel chooses) of this address (an IP literal) and
 * announces it. `pages` and `self` must outlive it. 0, or -1, said. Then
 * service_turn() is to be called for it, too, and at the end service_close(). */
int admin_open(struct admin *a, const char *program, struct watch watch,
               const char *address, int port);

#endif
