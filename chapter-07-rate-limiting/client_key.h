#ifndef CLIENT_KEY_H
#define CLIENT_KEY_H

#include <stdint.h>

/* client_key: who counts as one client, as a number.
 *
 *     10.0.0.1               an IPv4 address
 *     ::ffff:10.0.0.1        the same one, in IPv6's clothes
 *     2001:db8:1:2:3:4:5:6   everybody in 2001:db8:1:2::/64: whoever has one
 *                            address of a /64 has them all, 2^64 of them (RFC
 *                            6177; RFC 4291, section 2.5.1)
 *     fe80::1%eth0           as without the zone
 *     anything else          one and the same client, also NULL: what is no
 *                            address gets no share for each of its spellings */

uint64_t client_key(const char *ip);

#endif
