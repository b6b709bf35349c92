#include "proxy_header.h"

#include "cidr.h"
#include "slice.h"

#include <arpa/inet.h>
#include <string.h>

/* How the two versions begin. */
#define V1 SLICE("PROXY ")
#define V2 SLICE("\r\n\r\n\0\r\nQUIT\n")

#define V2_FIXED  16 /* bytes before the addresses */
#define TLV_FIXED 3  /* bytes before a TLV's value */
#define SSL_FIXED 5  /* bytes before the TLVs in the value of TYPE_SSL */

/* Whether the bytes begin so, as far as they go. */
static int may_begin_with(struct slice beginning, const char *bytes, size_t len)
{
    return memcmp(bytes, beginning.at,
                  len < beginning.len ? len : beginning.len) == 0;
}

/* The address as everybody here writes it. 0, or -1 if it is none. */
static int set_ip(struct proxy_header *h, struct slice text)
{
    struct cidr address;

    if (cidr_parse_address(text, &address) != 0)
        return -1;
    cidr_text(&address, h->ip);
    return 0;
}

/* ---- version 1 ---------------------------------------------------------- */

/* The next word of a line: what stands before the next space, or before the
 * end. */
static struct slice take_word(struct slice *line)
{
    const char *space =
        line->len > 0 ? memchr(line->at, ' ', line->len) : NULL;
    struct slice word = *line;

    if (space != NULL)
        word.len = (size_t)(space - line->at);
    line->at += space != NULL ? word.len + 1 : word.len;
    line->len -= space != NULL ? word.len + 1 : word.len;
    return word;
}

/* 0..65535, without zeros in front. */
static int is_port(struct slice word)
{
    uint64_t port;

    return slice_number(word, 65535, &port) == 0 &&
           (word.len == 1 || word.at[0] != '0');
}

static int is_of_family(struct slice address, int is_ipv6)
{
    struct cidr ignored;

    return cidr_parse_address(address, &ignored) == 0 &&
           (memchr(address.at, ':', address.len) != NULL) == is_ipv6;
}

/* source SP destination SP source-port SP destination-port */
static enum proxy_verdict read_addresses(struct proxy_header *h,
                                         struct slice line, int is_ipv6)
{
    struct slice source = take_word(&line), destination = take_word(&line);
    struct slice from = take_word(&line);

    if (!is_of_family(source, is_ipv6) || !is_of_family(destination, is_ipv6) ||
        !is_port(from) || !is_port(line))
        return PROXY_BAD;
    return set_ip(h, source) == 0 ? PROXY_COMPLETE : PROXY_BAD;
}

static enum proxy_verdict read_line(struct proxy_header *h, struct slice line)
{
    struct slice protocol = take_word(&line);

    if (slice_equal(protocol, SLICE("UNKNOWN"))) /* whatever follows */
        return PROXY_COMPLETE;
    if (slice_equal(protocol, SLICE("TCP4")))
        return read_addresses(h, line, 0);
    if (slice_equal(protocol, SLICE("TCP6")))
        return read_addresses(h, line, 1);
    return PROXY_BAD;
}

static enum proxy_verdict parse_v1(struct proxy_header *h, const char *bytes,
                                   size_t len)
{
    size_t seen = len < PROXY_V1_MAX ? len : PROXY_V1_MAX;
    const char *end = memchr(bytes, '\n', seen);
    struct slice line;

    if (end == NULL)
        return seen < PROXY_V1_MAX ? PROXY_PARTIAL : PROXY_BAD;
    if (end[-1] != '\r')
        return PROXY_BAD;
    h->length = (size_t)(end - bytes) + 1;
    line.at = bytes + V1.len;
    line.len = h->length - V1.len - 2;
    return read_line(h, line);
}

/* ---- version 2 ---------------------------------------------------------- */

enum { LOCAL, PROXY };            /* commands */
enum { UNSPEC, INET, INET6, UNIX }; /* families */
enum { STREAM = 1, DATAGRAM };    /* transports */
enum { TYPE_SSL = 0x20, CLIENT_SSL = 0x01 }; /* PP2_TYPE_SSL, PP2_CLIENT_SSL */

static unsigned byte_at(const char *bytes, size_t i)
{
    return (unsigned char)bytes[i];
}

/* Bytes of the addresses and ports of a family. */
static size_t size_of_addresses(unsigned family)
{
    static const size_t sizes[] = {0, 12, 36, 216};

    return sizes[family];
}

/* What is known so far must be allowed, though more is to come. */
static int is_allowed_v2(const char *bytes, size_t len)
{
    if (len > 12 && (byte_at(bytes, 12) >> 4 != 2 ||
                     (byte_at(bytes, 12) & 15) > PROXY))
        return 0;
    if (len > 13 && (byte_at(bytes, 13) >> 4 > UNIX ||
                     (byte_at(bytes, 13) & 15) > DATAGRAM))
        return 0;
    return 1;
}

/* Takes the first TLV off the rest. 0, or -1 if it does not fit in there. */
static int take_tlv(struct slice *rest, unsigned *type, struct slice *value)
{
    if (rest->len < TLV_FIXED)
        return -1;
    *type = byte_at(rest->at, 0);
    value->at = rest->at + TLV_FIXED;
    value->len = byte_at(rest->at, 1) << 8 | byte_at(rest->at, 2);
    if (value->len > rest->len - TLV_FIXED)
        return -1;
    rest->at += TLV_FIXED + value->len;
    rest->len -= TLV_FIXED + value->len;
    return 0;
}

static int read_ssl(struct proxy_header *h, struct slice value)
{
    struct slice inner, ignored;
    unsigned type;

    if (value.len < SSL_FIXED)
        return -1;
    if (byte_at(value.at, 0) & CLIENT_SSL)
        h->tls = 1;
    inner.at = value.at + SSL_FIXED;
    inner.len = value.len - SSL_FIXED;
    while (inner.len > 0)
        if (take_tlv(&inner, &type, &ignored) != 0)
            return -1;
    return 0;
}

static int read_tlvs(struct proxy_header *h, struct slice rest)
{
    struct slice value;
    unsigned type;

    while (rest.len > 0)
        if (take_tlv(&rest, &type, &value) != 0 ||
            (type == TYPE_SSL && read_ssl(h, value) != 0))
            return -1;
    return 0;
}

/* What stands behind the length, of which all has come. */
static enum proxy_verdict read_v2(struct proxy_header *h, const char *bytes)
{
    unsigned family = byte_at(bytes, 13) >> 4;
    unsigned transport = byte_at(bytes, 13) & 15;
    size_t before = V2_FIXED + size_of_addresses(family);
    char text[INET6_ADDRSTRLEN];
    struct slice tlvs;

    if ((byte_at(bytes, 12) & 15) == LOCAL || family == UNSPEC)
        return PROXY_COMPLETE;
    tlvs.at = bytes + before;
    tlvs.len = h->length - before;
    if (read_tlvs(h, tlvs) != 0)
        return PROXY_BAD;
    if (transport != STREAM || family == UNIX)
        return PROXY_COMPLETE;
    inet_ntop(family == INET ? AF_INET : AF_INET6, bytes + V2_FIXED, text,
              sizeof text);
    return set_ip(h, slice_of(text)) == 0 ? PROXY_COMPLETE : PROXY_BAD;
}

static enum proxy_verdict parse_v2(struct proxy_header *h, const char *bytes,
                                   size_t len)
{
    size_t size;

    if (!is_allowed_v2(bytes, len))
        return PROXY_BAD;
    if (len < V2_FIXED)
        return PROXY_PARTIAL;
    size = byte_at(bytes, 14) << 8 | byte_at(bytes, 15);
    h->length = V2_FIXED + size;
    if (h->length > PROXY_HEADER_MAX)
        return PROXY_BAD;
    if ((byte_at(bytes, 12) & 15) == PROXY &&
        size < size_of_addresses(byte_at(bytes, 13) >> 4))
        return PROXY_BAD;
    return len < h->length ? PROXY_PARTIAL : read_v2(h, bytes);
}

/* ---- either ------------------------------------------------------------- */

enum proxy_verdict proxy_header_parse(struct proxy_header *h,
                                      const char *bytes, size_t len)
{
    h->length = 0;
    h->ip[0] = '\0';
    h->tls = 0;
    if (len == 0)
        return PROXY_PARTIAL;
    if (may_begin_with(V1, bytes, len))
        return parse_v1(h, bytes, len);
    if (may_begin_with(V2, bytes, len))
        return parse_v2(h, bytes, len);
    return PROXY_BAD;
}
