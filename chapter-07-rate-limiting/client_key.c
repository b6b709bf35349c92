#include "client_key.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

/* An IPv6 client is the first 64 bits of its address. What begins with eight
 * zero bits is not given to networks (RFC 4291, section 2.4), so that a network
 * 0:ffff:a.b:c.d::/64 is free to stand for an IPv4 address; nobody sends from
 * ff00::/8. */
#define IPV4       (UINT64_C(0xffff) << 32)
#define NO_ADDRESS UINT64_MAX

static uint64_t number(const unsigned char *bytes, int count)
{
    uint64_t n = 0;

    for (int i = 0; i < count; i++)
        n = n << 8 | bytes[i];
    return n;
}

/* Takes "%eth0" off. Returns NULL if the text is too long for an address. */
static const char *without_zone(const char *ip, char out[INET6_ADDRSTRLEN])
{
    size_t len = strcspn(ip, "%");

    if (len >= INET6_ADDRSTRLEN)
        return NULL;
    memcpy(out, ip, len);
    out[len] = '\0';
    return out;
}

static uint64_t ipv6_key(const char *ip)
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    char text[INET6_ADDRSTRLEN];
    unsigned char bytes[16];

    ip = without_zone(ip, text);
    if (ip == NULL || inet_pton(AF_INET6, ip, bytes) != 1)
        return NO_ADDRESS;
    if (memcmp(bytes, mapped, sizeof mapped) == 0)
        return IPV4 | number(bytes + 12, 4);
    return number(bytes, 8);
}

uint64_t client_key(const char *ip)
{
    unsigned char bytes[4];

    if (ip == NULL)
        return NO_ADDRESS;
    if (inet_pton(AF_INET, ip, bytes) == 1)
        return IPV4 | number(bytes, 4);
    return ipv6_key(ip);
}
