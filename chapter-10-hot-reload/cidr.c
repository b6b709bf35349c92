#include "cidr.h"

#include <arpa/inet.h>
#include <string.h>

#define IPV4_OFFSET 12 /* bytes of ::ffff:0:0/96 before the IPv4 address */

static const unsigned char ipv4_prefix[IPV4_OFFSET] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static int read_address(struct slice text, struct cidr *out, int *is_ipv4)
{
    char copy[INET6_ADDRSTRLEN];

    if (text.len >= sizeof copy || memchr(text.at, '\0', text.len) != NULL)
        return -1;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    *is_ipv4 = inet_pton(AF_INET, copy, out->address + IPV4_OFFSET) == 1;
    if (*is_ipv4) {
        memcpy(out->address, ipv4_prefix, IPV4_OFFSET);
        return 0;
    }
    return inet_pton(AF_INET6, copy, out->address) == 1 ? 0 : -1;
}

static void clear_behind(struct cidr *c)
{
    for (int i = c->bits / 8; i < 16; i++) {
        int keep = i == c->bits / 8 ? c->bits % 8 : 0;

        c->address[i] &= (unsigned char)(0xff00 >> keep);
    }
}

int cidr_parse(struct slice text, struct cidr *out)
{
    const char *slash =
        text.len > 0 ? memchr(text.at, '/', text.len) : NULL;
    struct slice address = text, bits;
    int is_ipv4;
    uint64_t number;

    if (slash != NULL)
        address.len = (size_t)(slash - text.at);
    if (address.len == 0 || read_address(address, out, &is_ipv4) != 0)
        return -1;
    number = is_ipv4 ? 32 : 128;
    if (slash != NULL) {
        bits.at = slash + 1;
        bits.len = text.len - address.len - 1;
        if (slice_number(bits, number, &number) != 0)
            return -1;
    }
    out->bits = (int)number + (is_ipv4 ? 8 * IPV4_OFFSET : 0);
    clear_behind(out);
    return 0;
}

int cidr_parse_address(struct slice text, struct cidr *out)
{
    if (text.len > 0 && memchr(text.at, '/', text.len) != NULL)
        return -1;
    return cidr_parse(text, out);
}

static int is_ipv4(const struct cidr *c)
{
    return c->bits >= 8 * IPV4_OFFSET &&
           memcmp(c->address, ipv4_prefix, IPV4_OFFSET) == 0;
}

void cidr_text(const struct cidr *address, char out[NET_IP_TEXT])
{
    if (is_ipv4(address))
        inet_ntop(AF_INET, address->address + IPV4_OFFSET, out, NET_IP_TEXT);
    else
        inet_ntop(AF_INET6, address->address, out, NET_IP_TEXT);
}

int cidr_contains(const struct cidr *prefix, const struct cidr *address)
{
    size_t whole = (size_t)prefix->bits / 8;
    unsigned mask = 0xff00u >> prefix->bits % 8 & 0xff;

    if (address->bits < prefix->bits || is_ipv4(prefix) != is_ipv4(address))
        return 0;
    if (memcmp(prefix->address, address->address, whole) != 0)
        return 0;
    return whole == 16 || ((prefix->address[whole] ^ address->address[whole]) &
                           mask) == 0;
}

int cidr_any_contains(const struct cidr *prefixes, int count,
                      const struct cidr *address)
{
    for (int i = 0; i < count; i++)
        if (cidr_contains(&prefixes[i], address))
            return 1;
    return 0;
}
