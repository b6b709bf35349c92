#ifndef CIDR_H
#define CIDR_H

#include "net.h"
#include "slice.h"

/* cidr: address prefixes, as in "10.0.0.0/8" and "fd00::/8" (RFC 4632, section
 * 3.1; RFC 4291, section 2.3).
 *
 * An IPv4 address is kept in IPv6's clothes (::ffff:10.0.0.0/104), so the two
 * are one sort, and a client that came to an IPv6 socket by IPv4 is found
 * whichever way it is written. Still "::/0" means IPv6 only. */

struct cidr {
    unsigned char address[16]; /* 0 behind the prefix */
    int bits;                  /* 0..128 of it are the prefix */
};

/* Reads ADDRESS/BITS, or ADDRESS alone, which means all of its bits. Bits of
 * the address behind the prefix count for nothing. 0, or -1 if it is none. */
int cidr_parse(struct slice text, struct cidr *out);

/* Reads ADDRESS alone. 0, or -1 if it is none. */
int cidr_parse_address(struct slice text, struct cidr *out);

/* Writes an address as net_ip_text() does: the same for the same client, however
 * it was spelled. */
void cidr_text(const struct cidr *address, char out[NET_IP_TEXT]);

/* Whether an address (or all of a narrower prefix) lies within the prefix. */
int cidr_contains(const struct cidr *prefix, const struct cidr *address);

/* Whether an address lies within one of so many prefixes. */
int cidr_any_contains(const struct cidr *prefixes, int count,
                      const struct cidr *address);

#endif
