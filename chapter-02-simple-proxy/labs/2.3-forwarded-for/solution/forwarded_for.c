#include "forwarded_for.h"

#include <string.h>

/* Adds the bytes behind the len that are there: the new length, or 0. */
static size_t append(char *out, size_t size, size_t len, struct slice more)
{
    if (more.len > size - len)
        return 0;
    memcpy(out + len, more.at, more.len);
    return len + more.len;
}

size_t forwarded_for(const struct http_head *h, const char *client_ip,
                     char *out, size_t size)
{
    size_t len = 0;

    for (int i = 0; i < h->field_count; i++) {
        const struct http_field *f = &h->fields[i];

        if (f->value.len == 0 ||
            !slice_equal_nocase(f->name, SLICE("X-Forwarded-For")))
            continue;
        len = append(out, size, len, f->value);
        if (len == 0)
            return 0;
        len = append(out, size, len, SLICE(", "));
        if (len == 0)
            return 0;
    }
    return append(out, size, len, slice_of(client_ip));
}
