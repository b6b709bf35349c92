#ifndef FORWARDED_FOR_H
#define FORWARDED_FOR_H

#include "http_head.h"

/* forwarded_for: tells a backend for whom the proxy asks.
 *
 * Each proxy on the way adds the address that it was called from, at the end. */

#define FORWARDED_FOR_MAX 8192 /* bytes of the value that we pass on */

/* Writes the value of the field X-Forwarded-For: what the client sent in fields
 * of that name (any case), in their order, then client_ip; ", " stands between
 * them, and an empty field counts for nothing. No NUL. Returns the length, or 0
 * if it does not fit into `size` bytes. */
size_t forwarded_for(const struct http_head *h, const char *client_ip,
                     char *out, size_t size);

#endif
