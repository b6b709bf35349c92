#include "authority.h"

#include <string.h>

/* unreserved / sub-delims / the '%' of pct-encoded     RFC 3986, section 2 */
static int is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           (c != '\0' && strchr("_~%!$&'()*+,;=", c) != NULL);
}

/* IPv6address, as far as its letters go: the resolver checks the rest */
static int is_ipv6_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
           (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

static size_t count_while(struct slice s, int (*is)(char))
{
    size_t n = 0;

    while (n < s.len && is(s.at[n]))
        n++;
    return n;
}

int authority_split(struct slice text, struct slice *host, struct slice *rest)
{
    int literal = text.len > 0 && text.at[0] == '[';
    size_t taken;

    host->at = text.at + literal;
    host->len = text.len - (size_t)literal;
    host->len = count_while(*host, literal ? is_ipv6_char : is_name_char);
    taken = host->len + (size_t)literal;
    if (literal && (taken == text.len || text.at[taken++] != ']'))
        return -1;

    rest->at = text.at + taken;
    rest->len = text.len - taken;
    if (host->len == 0 || host->len > AUTHORITY_HOST_MAX)
        return -1;
    return rest->len == 0 || rest->at[0] == ':' ? 0 : -1;
}

int authority_port(struct slice text, int *port)
{
    uint64_t number;

    if (slice_number(text, 65535, &number) != 0)
        return -1;
    *port = (int)number;
    return 0;
}

int authority_parse(struct slice text, int default_port, struct authority *out)
{
    struct slice host, rest;

    if (authority_split(text, &host, &rest) != 0)
        return -1;
    memcpy(out->host, host.at, host.len);
    out->host[host.len] = '\0';
    if (rest.len > 0) {
        struct slice digits = {rest.at + 1, rest.len - 1};

        return authority_port(digits, &out->port);
    }
    out->port = default_port;
    return default_port == AUTHORITY_PORT_REQUIRED ? -1 : 0;
}
