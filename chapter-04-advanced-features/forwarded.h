#ifndef FORWARDED_H
#define FORWARDED_H

#include "exchange.h"
#include "http_head.h"

#include <stdint.h>

/* forwarded: what the backend is told about the client it does not see.
 *
 *   X-Forwarded-For    the peer's own list, if it sent one, and its address
 *   X-Forwarded-Proto  https if the client came by TLS to somebody in front of
 *                      us who may say so (chapter 10: a PROXY header, or a
 *                      proxy which is trusted), else http
 *   X-Forwarded-Host   the Host that the client asked for
 *   X-Real-IP          the client's address: the peer's, or that of the client
 *                      behind a proxy which is trusted (chapter 10)
 *   X-Request-ID       the client's, if it is sane, else a new unique one
 *
 * All but the first replace what the client sent. The list is appended to, and
 * only its last entry is ours: a client can put anything before it. */

/* Makes ids that are unique over all processes and restarts. */
struct request_ids {
    uint64_t prefix; /* random, from the start of the program */
    uint64_t count;
};

/* 0, or -1 and errno if the system gives no random numbers. */
int request_ids_init(struct request_ids *ids);

/* Copies the request's X-Request-ID if it is 1 to 128 letters, digits or one of
 * "-_.:+/=@", else makes one. */
void request_id_choose(struct request_ids *ids, const struct http_head *h,
                       char id[EXCHANGE_ID_MAX]);

/* Writes the head as http_head_forward() does, with these fields, and with
 * Connection and Upgrade as we want to have them with the backend (empty: without
 * such a field). 0, or -1 if it does not fit. */
int inject_headers(const struct http_head *h, const struct exchange *x,
                   struct slice connection, struct slice upgrade,
                   struct buffer *out);

#endif
