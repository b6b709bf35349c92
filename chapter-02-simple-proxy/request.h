#ifndef REQUEST_H
#define REQUEST_H

#include "buffer.h"
#include "http_head.h"
#include "relay.h"

/* request: one request of one client, from its head to the end of its answer.
 *
 * The steps that the blocking proxies of chapters 2 and 3 share. A step returns
 * 0, or the HTTP status to answer with, or -1 when nobody is left to answer.
 * All of them block (see wait.h), within the times below. The struct is 52 KiB:
 * one of it is enough, since one client is served at a time. */

#define REQUEST_HEAD_MS    10000 /* for the whole head, however it trickles */
#define REQUEST_CONNECT_MS 5000  /* for a connection to the backend */
#define REQUEST_SILENCE_MS 30000 /* without a byte in either direction */
#define REQUEST_HALF_MS    2000  /* the same, after the backend has ended */
#define REQUEST_CLOSE_MS   2000  /* for the client to take its answer */

struct request {
    int client_fd; /* the caller's request_serve() closes it */
    struct http_head head;
    struct buffer in;  /* what the client sent; the head points into it */
    struct buffer out; /* what goes to the backend first */
    struct relay_result result;
    const char *why; /* after a status: the reason, for the log */
    int error;       /* ... and the errno value behind it, or 0 */
    char in_memory[HTTP_HEAD_MAX];
    char out_memory[2 * RELAY_BUFFER];
};

/* Reads the head: 0, a status (400, 408, 414, ...), -1 if the client left. */
int request_receive(struct request *r, int client_fd);

/* Writes into `out` what the backend is to get: the head as
 * http_head_forward() says, with `set` and `Connection: close`, and the bytes
 * of the body that came with it. 0, or 431 if the head became too long. */
int request_rewrite(struct request *r, const struct http_field *set, int count);

/* Relays until the end: 0; 502 or 504 if the backend said nothing at all; -1 if
 * it broke off in the middle, which can only be told by closing. */
int request_relay(struct request *r, int backend_fd);

/* All of an exchange: receives the head, lets `handle` do the rest, answers and
 * logs what it refuses ("CLIENT: status: why: error"), and closes the client's
 * descriptor without losing what was sent last. */
void request_serve(struct request *r, const char *program, int client_fd,
                   const char *client,
                   int (*handle)(struct request *r, void *self), void *self);

#endif
