#ifndef REAL_CLIENT_H
#define REAL_CLIENT_H

#include "cidr.h"
#include "http_head.h"
#include "net.h"

/* real_client: who asks, if it is a proxy that has connected.
 *
 *     X-Forwarded-For: 6.6.6.6, 198.51.100.7, 10.0.0.3      peer: 10.0.0.2
 *                      any-      the client   trusted              trusted
 *                      body's
 *
 * Each proxy on the way has appended the address that it saw. What a trusted one
 * has written is true; so the list is read from its end, as long as trusted ones
 * have written it: the first address that is not one of theirs is the client's,
 * and whatever stands before it is only what that client says. */

/* Writes the client's address over `ip`, which is the peer's, as net_ip_text()
 * writes it. If the peer is none of the proxies, nothing changes. All
 * X-Forwarded-For fields are one list; an entry that is no address ends the search
 * (the client is the last one that was found then), and so does the beginning of
 * the list. Empty entries are passed over. Returns whether the peer is a proxy. */
int real_client(const struct http_head *h, const struct cidr *proxies,
                int count, char ip[NET_IP_TEXT]);

#endif
