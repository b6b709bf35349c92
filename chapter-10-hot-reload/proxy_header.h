#ifndef PROXY_HEADER_H
#define PROXY_HEADER_H

#include "net.h"

#include <stddef.h>

/* proxy_header: what a proxy of the transport layer (a TLS terminator, a TCP load
 * balancer) says first on a connection: for whom it has opened it.
 *
 *   version 1   PROXY TCP4 203.0.113.7 192.0.2.1 51234 443 CRLF
 *               one line, at most 107 bytes; TCP6 the same; or
 *               PROXY UNKNOWN ... CRLF: the proxy does not know
 *   version 2   12 bytes that no other protocol begins with, then
 *               [2|command] [family|transport] [length, 2 bytes] [addresses, TLVs]
 *               command LOCAL: the proxy speaks for itself (its health checks)
 *
 * A TLV is [type] [length, 2 bytes] [value]. One is of use here: PP2_TYPE_SSL,
 * 0x20. Its value is [client] [verify, 4 bytes] [TLVs]; bit 0x01 of `client`
 * says that the client came by TLS. All lengths must add up, in the header as
 * in that value; what the other TLVs say is passed over. With the command LOCAL
 * or an unspecified family nobody knows where addresses end and TLVs begin:
 * then all of it is passed over.
 *
 * A pure function of bytes, strict: who may say this decides who the client is.
 * Source: https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt, section 2 */

#define PROXY_V1_MAX     107  /* bytes of a header of version 1 */
#define PROXY_HEADER_MAX 4096 /* bytes of any; the protocol allows 65551, but no
                                 certificate of a client is of use to us */

enum proxy_verdict {
    PROXY_COMPLETE, /* the first `length` bytes are a header */
    PROXY_PARTIAL,  /* so far it could become one */
    PROXY_BAD       /* it can't */
};

struct proxy_header {
    size_t length;        /* PROXY_COMPLETE: bytes of the header */
    char ip[NET_IP_TEXT]; /* the client's, as net_ip_text() writes it; empty if it
                             was not said: then it is the peer */
    unsigned char tls;    /* 1: it came by TLS. 0: it did not, or nobody says */
};

/* Reads the header at the beginning of len bytes, and none of those behind them.
 * For the same bytes the verdict is the same however they were cut. */
enum proxy_verdict proxy_header_parse(struct proxy_header *h,
                                      const char *bytes, size_t len);

#endif
