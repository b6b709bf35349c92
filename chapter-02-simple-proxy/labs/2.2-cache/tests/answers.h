#ifndef ANSWERS_H
#define ANSWERS_H

/* answers: what servers say, for this lab. */

#include "cache.h"
#include "expect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_AGE "Cache-Control: max-age=60\r\n"

/* An answer with these field lines and so many bytes of body. Valid until the
 * next call. */
static inline struct slice answer_of(const char *fields, size_t len)
{
    static char text[(1 << 17) + 512];
    int head = snprintf(text, 512, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu"
                                   "\r\n\r\n", fields, len);

    memset(text + head, 'x', len);
    return (struct slice){text, (size_t)head + len};
}

/* Key number i. Valid until the next call. */
static inline struct slice key_of(int i)
{
    static char text[32];

    return (struct slice){text, (size_t)snprintf(text, sizeof text, "a/%d", i)};
}

static inline void expect_kept(const char *what, struct cache *c,
                               struct slice key, uint64_t now_ms, int kept)
{
    expect_that(what, (cache_get(c, key, now_ms) != NULL) == kept,
                kept ? "kept" : "not there");
}

#endif
