#ifndef HTTP_FRAME_H
#define HTTP_FRAME_H

#include "http_response.h"

#include <stddef.h>
#include <stdint.h>

/* http_frame: where a message ends.
 *
 * The head says how its body is delimited; this follows the body, however it is
 * cut on the way, to its last byte and not one further. Bytes are looked at where
 * they lie and never changed: chunks go on as chunks, decoded only as far as it
 * takes to find their end.
 *
 *     scan, scan, scan ...   what has arrived: how much of it is this message's
 *     skip                   what is still to come and needs no looking at
 *
 * A pure state machine of some 60 bytes: no socket, no memory of its own, no copy
 * of a byte. A line of a chunked body (a chunk's size, a trailer field) is taken
 * when it is whole: until then its bytes are "not yet", and are to be given again
 * with those that follow.
 *
 * Strict where the head's parser is (RFC 9112, sections 6, 7 and 11.2): a chunk
 * size is 1 to 16 hexadecimal digits, below 2^63; its line ends in CRLF, never in
 * a bare LF; extensions hold no control character; trailers are well-formed
 * fields, and none that frames or routes a message (Content-Length,
 * Transfer-Encoding, Host ...). */

#define HTTP_CHUNK_LINE_MAX 4096            /* bytes of a size with extensions */
#define HTTP_TRAILERS_MAX   HTTP_HEAD_MAX   /* bytes of all trailer lines */

enum http_framing {
    FRAME_LENGTH,  /* so many bytes; none is a length of 0 */
    FRAME_CHUNKED, /* until the last chunk and its trailers */
    FRAME_CLOSE    /* until the connection ends: responses only */
};

struct http_frame {
    enum http_framing framing;
    int state;         /* of the chunk reader */
    uint64_t left;     /* bytes of the length, or of this chunk, still to come */
    size_t trailers;   /* bytes of trailer lines so far */
    uint64_t allowed;  /* bytes of data that further chunks may bring */
    int status;        /* what to answer to a request: 400, or 413, and ... */
    const char *why;   /* NULL, or what is wrong: a string constant */
};

/* The body of a request (section 6.3): chunked, so many bytes, or none. */
void http_frame_request(struct http_frame *f, const struct http_head *h);

/* Chunks may bring so many bytes, together; the one that would be too much is
 * malformed from its size on, so that none of it is passed. (A length is there to
 * be compared before anything is passed.) To be called before the first byte. */
void http_frame_limit(struct http_frame *f, uint64_t body_bytes);

/* The body of the response to a request with this method: none for HEAD, 1xx,
 * 204, 304 and a 2xx to CONNECT, whatever its fields say. */
void http_frame_response(struct http_frame *f, const struct http_response *r,
                         struct slice method);

/* How many of these bytes belong to the message and may go on; the frame then
 * expects those after them. Fewer than len: the message has ended there, or a
 * line is not whole yet, or (f->why) it is malformed there. Reads no byte at or
 * after bytes + len. However a body is cut into calls, the outcome is the same. */
size_t http_frame_scan(struct http_frame *f, const char *bytes, size_t len);

/* How many of the bytes to come belong to the message for certain and need not
 * be scanned: the rest of a length or of a chunk, UINT64_MAX for FRAME_CLOSE. The
 * frame counts them as seen: what is scanned next comes after them. */
uint64_t http_frame_skip(struct http_frame *f);

/* Whether nothing is missing any more (what was skipped counts as seen). Never
 * true for FRAME_CLOSE: there the end of the connection is the end. */
int http_frame_is_done(const struct http_frame *f);

#endif
