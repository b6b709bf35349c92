#include "http_body.h"

#include <string.h>

#define DIGITS_MAX 15 /* of a chunk's size: it fits into 60 bits */

enum place {      /* what comes next */
    SIZE,         /* a digit of a size, or what ends it */
    EXTENSION,    /* anything, up to CR */
    SIZE_LF,      /* the LF of a size line */
    DATA,         /* bytes of the body */
    DATA_CR,      /* the line end behind them */
    DATA_LF,
    TRAILER,      /* the first byte of a line behind the last chunk */
    TRAILER_REST, /* the others, up to CR */
    TRAILER_LF,
    LAST_LF       /* the LF of the empty line */
};

void http_body_begin(struct http_body *b, const struct http_head *h)
{
    memset(b, 0, sizeof *b);
    b->chunked = h->chunked;
    b->place = h->chunked ? SIZE : DATA;
    if (!h->chunked && h->content_length > 0)
        b->left = (uint64_t)h->content_length;
    if (!h->chunked && b->left == 0)
        b->state = HTTP_BODY_DONE;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One byte of a size, or the one behind it. The next place, or -1. */
static int take_size(struct http_body *b, char c)
{
    int digit = hex_digit(c);

    if (digit >= 0) {
        b->left = b->left * 16 + (uint64_t)digit;
        return ++b->count <= DIGITS_MAX ? SIZE : -1;
    }
    if (b->count == 0)
        return -1;
    if (c == ';')
        return EXTENSION;
    return c == '\r' ? SIZE_LF : -1;
}

/* The size line is over: data, or, after a size of 0, the trailers. */
static int end_size(struct http_body *b)
{
    b->count = 0;
    return b->left > 0 ? DATA : TRAILER;
}

/* One byte of the framing. The next place, or -1 if it does not fit there. */
static int take_framing(struct http_body *b, char c)
{
    switch (b->place) {
    case SIZE:
        return take_size(b, c);
    case EXTENSION:
        if (c == '\r')
            return SIZE_LF;
        return c != '\n' && ++b->count < HTTP_BODY_LINE ? EXTENSION : -1;
    case SIZE_LF:
        return c == '\n' ? end_size(b) : -1;
    case DATA_CR:
        return c == '\r' ? DATA_LF : -1;
    case DATA_LF:
        b->left = b->count = 0;
        return c == '\n' ? SIZE : -1;
    case TRAILER:
    case TRAILER_REST:
        if (c == '\r')
            return b->place == TRAILER ? LAST_LF : TRAILER_LF;
        return c != '\n' && ++b->count < HTTP_BODY_TRAILERS ? TRAILER_REST : -1;
    case TRAILER_LF:
        return c == '\n' ? TRAILER : -1;
    default: /* LAST_LF */
        if (c == '\n')
            b->state = HTTP_BODY_DONE;
        return c == '\n' ? LAST_LF : -1;
    }
}

/* As much data as is there. Returns how much. */
static size_t take_data(struct http_body *b, const char *bytes, size_t len,
                        char *out)
{
    size_t n = len < b->left ? len : (size_t)b->left;

    memcpy(out, bytes, n);
    b->left -= n;
    if (b->left == 0 && b->chunked)
        b->place = DATA_CR;
    else if (b->left == 0)
        b->state = HTTP_BODY_DONE;
    return n;
}

size_t http_body_take(struct http_body *b, const char *bytes, size_t len,
                      char *out, size_t *out_len)
{
    size_t at = 0;

    *out_len = 0;
    while (at < len && b->state == HTTP_BODY_MORE) {
        if (b->place == DATA) {
            size_t n = take_data(b, bytes + at, len - at, out + *out_len);

            at += n;
            *out_len += n;
            continue;
        }
        b->place = take_framing(b, bytes[at++]);
        if (b->place < 0)
            b->state = HTTP_BODY_BAD;
    }
    return at;
}
