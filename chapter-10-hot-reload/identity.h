#ifndef IDENTITY_H
#define IDENTITY_H

#include "config.h"
#include "service.h"

/* identity: what a request is known by: whose it is (trusted_proxies) and what
 * consistent_hash hashes (hash_key). Plugs into a service's `identifier`. */

/* What a service with this configuration uses: nothing, if the client is always
 * the peer and nothing but its address is hashed. The configuration must outlive
 * it. */
struct identifier identity_seam(const config_t *c);

#endif
