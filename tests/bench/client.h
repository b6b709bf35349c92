#ifndef CLIENT_H
#define CLIENT_H

#include "net.h"

#include <stdint.h>

/* client: one connection to a proxy that is being measured, and one small GET
 * after the other on it. For answers that fit in CLIENT_ANSWER_MAX bytes and
 * say Content-Length, and begin with CLIENT_BODY, as those of the backends of
 * the measurements do. Never blocks. */

#define CLIENT_ANSWER_MAX 4096
#define CLIENT_BODY       "hello from " /* in any case */

struct client {
    int fd; /* the client's own; -1: not connected */
    size_t len;
    char answer[CLIENT_ANSWER_MAX + 1]; /* `len` bytes of it have come */
};

enum client_verdict {
    CLIENT_PARTIAL,
    CLIENT_COMPLETE,
    CLIENT_CLOSED, /* the stream ended before the answer did */
    CLIENT_RESET,  /* it broke */
    CLIENT_WRONG   /* not a 2xx, another body, too long */
};

/* HOST:PORT as every program here takes it. 0; or -1 after having said why. */
int client_resolve(const char *program, const char *text,
                   struct net_addresses *out);

/* Asks for "/" on a connected client; `is_last`: with Connection: close. 0, or
 * -1: the connection is of no use. */
int client_ask(struct client *c, int is_last);

/* Takes what has come. COMPLETE: the next may be asked for, unless
 * client_is_done(). After CLOSED, RESET and WRONG close it. */
enum client_verdict client_receive(struct client *c);

/* Whether the answer said that it was the last one on this connection. */
int client_is_done(const struct client *c);

void client_close(struct client *c);

#endif
