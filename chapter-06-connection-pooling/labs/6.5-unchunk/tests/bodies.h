#ifndef BODIES_H
#define BODIES_H

/* bodies: a body, its frame, and what comes of unpacking it. */

#include <string.h>

#include "expect.h"
#include "unchunk.h"

#define BODY_MAX 8192

struct body {
    struct http_frame frame;
    char bytes[BODY_MAX]; /* the input, and then the data in front */
    size_t len, data, used;
};

/* A chunked body; or one of so many bytes. */
static inline void body_begin(struct body *b, int chunked, int64_t length)
{
    static struct http_head head;

    memset(b, 0, sizeof *b);
    head.chunked = chunked;
    head.content_length = length;
    http_frame_request(&b->frame, &head);
}

/* What has arrived is unpacked: exactly this much memory is there. */
static inline void body_unpack(struct body *b, const char *bytes, size_t len)
{
    char *edge = guard_copy(bytes, len);

    b->used = 12345; /* must be set */
    b->len = len;
    b->data = http_unchunk(&b->frame, edge, len, &b->used);
    memcpy(b->bytes, edge, len);
    guard_free(edge, len);
}

static inline void expect_unpacked(const struct body *b, const char *bytes,
                                   const char *data, size_t used)
{
    expect_that(about("the length of the data of \"%s\"", bytes),
                b->data <= b->len, "no more than there are bytes");
    expect_bytes(about("the data of \"%s\"", bytes), b->bytes, b->data, data,
                 strlen(data));
    expect_int(about("*used of \"%s\"", bytes), (long long)b->used,
               (long long)used);
}

/* The first bytes of a chunked body. */
static inline void expect_first(struct body *b, const char *bytes,
                                const char *data, size_t used)
{
    body_begin(b, 1, -1);
    body_unpack(b, bytes, strlen(bytes));
    expect_unpacked(b, bytes, data, used);
}

static inline void expect_next(struct body *b, const char *bytes,
                               const char *data, size_t used)
{
    body_unpack(b, bytes, strlen(bytes));
    expect_unpacked(b, bytes, data, used);
}

static inline void expect_done(const struct body *b, int done)
{
    expect_int("whether the frame has seen the end",
               http_frame_is_done(&b->frame), done);
}

static inline void expect_malformed(const struct body *b, int malformed)
{
    expect_int("whether f->why says what is wrong", b->frame.why != NULL,
               malformed);
}

#endif
