#ifndef BODIES_H
#define BODIES_H

/* bodies: heads and bodies for this lab. */

#include "expect.h"
#include "http_body.h"

#include <stdlib.h>
#include <string.h>

#define CHUNKED "Transfer-Encoding: chunked\r\n"

static inline struct http_body body_of(const char *fields)
{
    static char text[256];
    struct http_head head;
    struct http_body b;

    strcpy(text, "POST / HTTP/1.1\r\nHost: a\r\n");
    strncat(text, fields, 128);
    strcat(text, "\r\n");
    expect_int("the verdict on the head",
               http_head_parse_request(&head, text, strlen(text)),
               HTTP_COMPLETE);
    http_body_begin(&b, &head);
    return b;
}

/* Gives it the bytes in pieces of this size, each before memory that may not be
 * read. Returns how many it took; what is in the body goes to `out`. */
static inline size_t give(struct http_body *b, const char *bytes, size_t len,
                          size_t piece, char *out, size_t *out_len)
{
    size_t at = 0;

    *out_len = 0;
    while (at < len && b->state == HTTP_BODY_MORE) {
        size_t n = len - at < piece ? len - at : piece, more = 0, took;
        char *copy = guard_copy(bytes + at, n);

        took = http_body_take(b, copy, n, out + *out_len, &more);
        guard_free(copy, n);
        at += took;
        *out_len += more;
        if (b->state == HTTP_BODY_MORE && took != n)
            expect_int("bytes taken of a body that goes on", (long long)took,
                       (long long)n);
    }
    return at;
}

/* This is a whole body, `rest` bytes of which are behind its end. */
static inline void expect_body(const char *fields, const char *bytes,
                               size_t piece, const char *content, size_t rest)
{
    struct http_body b = body_of(fields);
    size_t len = strlen(bytes), out_len, took;
    char *out = malloc(len + 1);

    took = give(&b, bytes, len, piece, out, &out_len);
    expect_int(about("the state after %s", bytes), b.state, HTTP_BODY_DONE);
    expect_int(about("bytes left behind %s", bytes), (long long)(len - took),
               (long long)rest);
    expect_bytes(about("the content of %s", bytes), out, out_len, content,
                 strlen(content));
    free(out);
}

#endif
