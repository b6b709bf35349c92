#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "http_head.h"

/* http_body: where the body of a request ends, and what is in it.
 *
 * It takes the bytes behind a head as they come, in pieces of any size, and never
 * one that belongs to the next request. Pure: it knows no socket.
 *
 *     5;name=value\r\n      chunked: a size in hexadecimal, perhaps an extension,
 *     hello\r\n             so many bytes, and a line end
 *     0\r\n                 size 0 is the last;
 *     Trailer: x\r\n        fields may follow (they are dropped),
 *     \r\n                  and an empty line ends it
 *
 * Strict, as two programs must not see two different ends (RFC 9112, 7.1 and
 * 11.2): every line ends in CR LF, a size is 1 to 15 digits and nothing else in
 * front of the ';' or the line end. */

#define HTTP_BODY_LINE     256  /* bytes of a size line at most */
#define HTTP_BODY_TRAILERS 4096 /* bytes behind the last size line at most */

enum http_body_state { HTTP_BODY_MORE, HTTP_BODY_DONE, HTTP_BODY_BAD };

struct http_body {
    enum http_body_state state;
    int chunked;
    int place;      /* yours: where in the grammar we are */
    uint64_t left;  /* bytes of the body, or of this chunk, that are to come */
    size_t count;   /* yours: digits, or bytes of a line */
};

/* The body behind this head: Content-Length, chunked, or none (then it is
 * HTTP_BODY_DONE at once). */
void http_body_begin(struct http_body *b, const struct http_head *h);

/* Takes what it can of len bytes and returns how many those were: all of them,
 * unless the state is HTTP_BODY_DONE or HTTP_BODY_BAD now. What is in the body is
 * written to `out`, which has room for len bytes, and its length to *out_len. */
size_t http_body_take(struct http_body *b, const char *bytes, size_t len,
                      char *out, size_t *out_len);

#endif
