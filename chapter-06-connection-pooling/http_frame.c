#include "http_frame.h"

#include "http_fields.h"

#include <string.h>

/* Where the reader of a chunked body stands. Around and around:
 *
 *     SIZE --n--> DATA --> DATA_END --> SIZE ... --0--> TRAILERS --> DONE
 */
enum { SIZE, DATA, DATA_END, TRAILERS, DONE };

#define CRLF "\r\n"
#define CRLF_LENGTH 2
#define SIZE_DIGITS_MAX 16

/* ---- which framing ------------------------------------------------------ */

static void begin(struct http_frame *f, enum http_framing framing,
                  uint64_t length)
{
    f->framing = framing;
    f->state = SIZE;
    f->left = length;
    f->trailers = 0;
    f->allowed = UINT64_MAX;
    f->status = 400;
    f->why = NULL;
}

void http_frame_limit(struct http_frame *f, uint64_t body_bytes)
{
    f->allowed = body_bytes;
}

void http_frame_request(struct http_frame *f, const struct http_head *h)
{
    if (h->chunked)
        begin(f, FRAME_CHUNKED, 0);
    else
        begin(f, FRAME_LENGTH,
              h->content_length > 0 ? (uint64_t)h->content_length : 0);
}

/* RFC 9112, section 6.3, rules 1 and 2 */
static int is_bodyless(int status, struct slice method)
{
    return status < 200 || status == 204 || status == 304 ||
           slice_equal(method, SLICE("HEAD")) ||
           (status < 300 && slice_equal(method, SLICE("CONNECT")));
}

void http_frame_response(struct http_frame *f, const struct http_response *r,
                         struct slice method)
{
    if (is_bodyless(r->status, method))
        begin(f, FRAME_LENGTH, 0);
    else if (r->head.chunked || r->head.content_length >= 0)
        http_frame_request(f, &r->head);
    else
        begin(f, FRAME_CLOSE, 0);
}

/* ---- the lines of a chunked body ---------------------------------------- */

static enum http_verdict malformed(struct http_frame *f, const char *why)
{
    f->why = why;
    return HTTP_BAD;
}

/* Takes a line that ends in CRLF and, with it, has at most `max` bytes; `line`
 * is without its end. A lone CR or LF is the end of a line to some and part of
 * it to others: whole requests have been hidden in the difference. */
static enum http_verdict whole_line(struct http_frame *f, struct slice bytes,
                                    size_t max, struct slice *line)
{
    size_t seen = bytes.len < max ? bytes.len : max, left;
    const char *stop;

    line->at = bytes.at;
    line->len = seen;
    line->len = http_span_value(*line);
    stop = line->at + line->len;
    left = seen - line->len;
    if (left > CRLF_LENGTH)
        left = CRLF_LENGTH;
    if (memcmp(stop, CRLF, left) != 0)
        return malformed(f, "a line of a chunked body that does not end in "
                            "CRLF");
    if (left == CRLF_LENGTH)
        return HTTP_COMPLETE;
    return seen < max ? HTTP_PARTIAL
                      : malformed(f, "too long a line, or too many trailers");
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* chunk-size [ chunk-ext ]; what an extension says is nobody's business here,
 * but white space without one is not an extension      RFC 9112, 7.1 */
static enum http_verdict read_size(struct http_frame *f, struct slice line)
{
    uint64_t size = 0;
    size_t n = 0;
    struct slice rest;

    while (n < line.len && n <= SIZE_DIGITS_MAX && hex_value(line.at[n]) >= 0)
        size = size << 4 | (uint64_t)hex_value(line.at[n++]);
    if (n == 0)
        return malformed(f, "malformed chunk size");
    if (n > SIZE_DIGITS_MAX || size > INT64_MAX)
        return malformed(f, "chunk size out of range");
    rest = slice_trim((struct slice){line.at + n, line.len - n});
    if (n < line.len && (rest.len == 0 || rest.at[0] != ';'))
        return malformed(f, "malformed chunk size");
    if (size > f->allowed) {
        f->status = 413;
        return malformed(f, "too large a body");
    }
    f->allowed -= size;
    f->left = size;
    return HTTP_COMPLETE;
}

/* Receivers may merge trailers into the head, long after somebody has acted on
 * it: so they must not say anything that the head alone may say (RFC 9110,
 * section 6.5.1). Of all those, here are the ones that frame a message, route
 * it, govern the connection, or say where it came from. */
static int is_for_heads_only(struct slice name)
{
    static const struct slice names[] = {
        {"Content-Length", 14},   {"Transfer-Encoding", 17},
        {"Trailer", 7},           {"Host", 4},
        {"Connection", 10},       {"Keep-Alive", 10},
        {"Proxy-Connection", 16}, {"TE", 2},
        {"Upgrade", 7},           {"HTTP2-Settings", 14},
        {"Expect", 6},            {"Authorization", 13},
        {"Forwarded", 9},         {"X-Forwarded-For", 15},
        {"X-Forwarded-Host", 16}, {"X-Forwarded-Proto", 17},
        {"X-Real-IP", 9},
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_equal_nocase(name, names[i]))
            return 1;
    return 0;
}

static enum http_verdict check_trailer(struct http_frame *f, struct slice line)
{
    struct http_field field;
    const char *why = http_split_field(line, &field);

    if (why != NULL)
        return malformed(f, why);
    if (is_for_heads_only(field.name))
        return malformed(f, "a trailer that only a head may have");
    return HTTP_COMPLETE;
}

/* ---- the states --------------------------------------------------------- */

/* Each takes what it can from the beginning of the bytes and returns how many;
 * 0 when it waits for more, or refuses. */

static size_t take_size(struct http_frame *f, struct slice bytes)
{
    struct slice line;

    if (whole_line(f, bytes, HTTP_CHUNK_LINE_MAX, &line) != HTTP_COMPLETE ||
        read_size(f, line) != HTTP_COMPLETE)
        return 0;
    f->state = f->left > 0 ? DATA : TRAILERS;
    return line.len + CRLF_LENGTH;
}

/* Also of a body that is no more than so many bytes. */
static size_t take_data(struct http_frame *f, struct slice bytes)
{
    size_t n = f->left < bytes.len ? (size_t)f->left : bytes.len;

    f->left -= n;
    if (f->left == 0)
        f->state = f->framing == FRAME_CHUNKED ? DATA_END : DONE;
    return n;
}

static size_t take_data_end(struct http_frame *f, struct slice bytes)
{
    size_t n = bytes.len < CRLF_LENGTH ? bytes.len : CRLF_LENGTH;

    if (memcmp(bytes.at, CRLF, n) != 0)
        malformed(f, "a chunk that is longer than its size");
    if (f->why != NULL || n < CRLF_LENGTH)
        return 0;
    f->state = SIZE;
    return n;
}

static size_t take_trailer(struct http_frame *f, struct slice bytes)
{
    size_t room = HTTP_TRAILERS_MAX - f->trailers;
    struct slice line;

    if (whole_line(f, bytes, room, &line) != HTTP_COMPLETE)
        return 0;
    if (line.len == 0)
        f->state = DONE;
    else if (check_trailer(f, line) != HTTP_COMPLETE)
        return 0;
    f->trailers += line.len + CRLF_LENGTH;
    return line.len + CRLF_LENGTH;
}

static size_t take(struct http_frame *f, struct slice bytes)
{
    if (f->framing == FRAME_LENGTH)
        return take_data(f, bytes);
    switch (f->state) {
    case SIZE:
        return take_size(f, bytes);
    case DATA:
        return take_data(f, bytes);
    case DATA_END:
        return take_data_end(f, bytes);
    case TRAILERS:
        return take_trailer(f, bytes);
    default:
        return 0;
    }
}

/* ---- what the engine calls ---------------------------------------------- */

size_t http_frame_scan(struct http_frame *f, const char *bytes, size_t len)
{
    size_t scanned = 0, taken = 1;

    if (f->framing == FRAME_CLOSE)
        return len;
    while (scanned < len && taken > 0 && f->why == NULL) {
        taken = take(f, (struct slice){bytes + scanned, len - scanned});
        scanned += taken;
    }
    return scanned;
}

uint64_t http_frame_skip(struct http_frame *f)
{
    uint64_t left = f->left;

    if (f->framing == FRAME_CLOSE)
        return UINT64_MAX;
    if (f->framing == FRAME_CHUNKED && f->state != DATA)
        return 0;
    f->left = 0;
    f->state = f->framing == FRAME_CHUNKED ? DATA_END : DONE;
    return left;
}

int http_frame_is_done(const struct http_frame *f)
{
    if (f->framing == FRAME_LENGTH)
        return f->left == 0;
    return f->framing == FRAME_CHUNKED && f->state == DONE;
}
