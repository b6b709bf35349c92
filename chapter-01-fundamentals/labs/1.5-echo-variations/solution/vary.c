#include "vary.h"

#include <stdio.h>

size_t vary_answer(const struct vary *v, const char *line, size_t len,
                   time_t now, char out[VARY_ANSWER])
{
    size_t n = 0;

    if (v->stamps)
        n = strftime(out, VARY_ANSWER, "%Y-%m-%dT%H:%M:%SZ ", gmtime(&now));
    for (size_t i = 0; i < len; i++) {
        int is_small = line[i] >= 'a' && line[i] <= 'z';

        out[n++] = (char)(v->capitals && is_small ? line[i] - 'a' + 'A'
                                                  : line[i]);
    }
    out[n++] = '\n';
    return n;
}

size_t vary_log(const char *ip, const char *line, size_t len,
                char out[VARY_LOG])
{
    size_t n = (size_t)snprintf(out, VARY_LOG, "%s \"", ip);

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)line[i];

        if (c < ' ' || c > '~') {
            n += (size_t)snprintf(out + n, VARY_LOG - n, "\\x%02x", c);
        } else {
            if (c == '"' || c == '\\')
                out[n++] = '\\';
            out[n++] = line[i];
        }
    }
    out[n++] = '"';
    out[n++] = '\n';
    return n;
}
