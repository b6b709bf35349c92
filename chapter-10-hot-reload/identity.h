#ifndef IDENTITY_H
#define IDENTITY_H

#include "config.h"
#include "service.h"

/* identity: what a request is known by: whose it is and whether it came by
 * https (trusted_proxies), and what consistent_hash hashes (hash_key). Plugs
 * into a service's `identifier`.
 *
 * X-Forwarded-Proto is believed if the peer is a trusted proxy, and sends just
 * one, and that is http or https, in upper or lower case. Otherwise it is as if
 * there were none: what is known of the connection holds. */

/* What a service with this configuration uses: nothing, if the client is always
 * the peer and nothing but its address is hashed. The configuration must outlive
 * it. */
struct identifier identity_seam(const config_t *c);

#endif
