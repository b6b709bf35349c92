#include "http_fields.h"

#include <string.h>

/* ---- characters --------------------------------------------------------- */

/* A look-up costs one load, whatever the set. */
static const unsigned char classes[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    4, 7, 6, 5, 7, 7, 7, 7, 6, 6, 7, 7, 6, 7, 7, 6,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 6, 6, 6, 6, 6, 6,
    6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 6, 6, 6, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 6, 7, 6, 7, 0,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
};

size_t http_span(struct slice s, int class)
{
    size_t n = 0;

    while (n < s.len && (classes[(unsigned char)s.at[n]] & class))
        n++;
    return n;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether one of eight bytes is a control character: below a space, or DEL. Only
 * the lower seven bits are added to, so that no byte carries into the next; the
 * eighth then says "at least a space", and "DEL". */
static int has_control(const char *at)
{
    uint64_t bytes, low, spaces, dels;

    memcpy(&bytes, at, sizeof bytes);
    low = bytes & EACH(0x7f);
    spaces = low + EACH(0x80 - 0x20);
    dels = low + EACH(1);
    return (~bytes & (~spaces | dels) & EACH(0x80)) != 0;
}

/* Eight at a time, and one at a time where a tab or the end may be. */
size_t http_span_value(struct slice s)
{
    size_t n = 0, stop;

    do {
        while (s.len - n >= 8 && !has_control(s.at + n))
            n += 8;
        stop = s.len - n > 8 ? n + 8 : s.len;
        while (n < stop && (classes[(unsigned char)s.at[n]] & HTTP_VALUE))
            n++;
    } while (n == stop && n < s.len);
    return n;
}

/* ---- lines -------------------------------------------------------------- */

void http_head_reset(struct http_head *h)
{
    static const struct slice none = {NULL, 0};

    h->method = h->target = h->scheme = h->authority = h->path = none;
    h->form = HTTP_ORIGIN;
    h->minor = h->host_count = h->chunked = h->field_count = h->status = 0;
    h->options = 0;
    h->content_length = -1;
    h->length = 0;
    h->why = NULL;
}

enum http_verdict http_bad(struct http_cursor *c, int status, const char *why)
{
    c->head->status = status;
    c->head->why = why;
    return HTTP_BAD;
}

enum http_verdict http_take_line(struct http_cursor *c, struct slice *line)
{
    const char *stop;

    line->at = c->at;
    line->len = (size_t)(c->end - c->at);
    line->len = http_span_value(*line);
    stop = c->at + line->len;
    if (stop < c->end && *stop == '\r')
        stop++;
    if (stop == c->end)
        return HTTP_PARTIAL;
    if (*stop != '\n')
        return http_bad(c, 400, "control character or bare CR in the head");
    c->at = stop + 1;
    return HTTP_COMPLETE;
}

/* ---- fields that say where a message ends, or what becomes of the line --- */

/* Equal repetitions may be read as one (RFC 9110, 8.6); the caller leaves the
 * repetition out of the fields. Differing ones are how smuggling began. */
static enum http_verdict note_length(struct http_cursor *c, struct slice value)
{
    struct http_head *h = c->head;
    uint64_t length;

    if (slice_number(value, INT64_MAX, &length) != 0)
        return http_bad(c, 400, "malformed Content-Length");
    if (h->content_length >= 0 && h->content_length != (int64_t)length)
        return http_bad(c, 400, "differing Content-Length");
    h->content_length = (int64_t)length;
    return HTTP_COMPLETE;
}

static enum http_verdict note_coding(struct http_cursor *c, struct slice value)
{
    struct slice list = value, coding;
    int unknown = 0;

    if (c->head->chunked)
        return http_bad(c, 400, "more than one Transfer-Encoding");
    if (slice_equal_nocase(value, SLICE("chunked"))) {
        c->head->chunked = 1;
        return HTTP_COMPLETE;
    }
    while (slice_next_element(&list, &coding)) {
        if (coding.len == 0 || http_span(coding, HTTP_TOKEN) < coding.len)
            return http_bad(c, 400, "malformed Transfer-Encoding");
        unknown |= !slice_equal_nocase(coding, SLICE("chunked"));
    }
    return unknown ? http_bad(c, 501, "unknown transfer coding")
                   : http_bad(c, 400, "Transfer-Encoding is not just chunked");
}

static void note_options(struct http_cursor *c, struct slice list)
{
    struct slice option;

    while (slice_next_element(&list, &option)) {
        if (slice_equal_nocase(option, SLICE("keep-alive")))
            c->head->options |= HTTP_OPTION_KEEP_ALIVE;
        else if (slice_equal_nocase(option, SLICE("close")))
            c->head->options |= HTTP_OPTION_CLOSE;
        else
            c->head->options |= HTTP_OPTION_OTHER;
    }
}

/* The length tells nearly all fields from these four without a comparison. */
static enum http_verdict note_field(struct http_cursor *c,
                                    const struct http_field *f)
{
    switch (f->name.len) {
    case sizeof "Host" - 1:
        if (c->note_host != NULL && slice_equal_nocase(f->name, SLICE("Host")))
            return c->note_host(c, f->value);
        break;
    case sizeof "Connection" - 1:
        if (slice_equal_nocase(f->name, SLICE("Connection")))
            note_options(c, f->value);
        break;
    case sizeof "Content-Length" - 1:
        if (slice_equal_nocase(f->name, SLICE("Content-Length")))
            return note_length(c, f->value);
        break;
    case sizeof "Transfer-Encoding" - 1:
        if (slice_equal_nocase(f->name, SLICE("Transfer-Encoding")))
            return note_coding(c, f->value);
        break;
    default:
        break;
    }
    return HTTP_COMPLETE;
}

/* ---- the fields --------------------------------------------------------- */

/* field-line = field-name ":" OWS field-value OWS         RFC 9112, 5 */
const char *http_split_field(struct slice line, struct http_field *f)
{
    size_t n;

    if (line.at[0] == ' ' || line.at[0] == '\t')
        return "folded field line";
    n = http_span(line, HTTP_TOKEN);
    if (n == line.len || line.at[n] != ':')
        return memchr(line.at, ':', line.len) != NULL
                   ? "malformed field name"
                   : "field line without a colon";
    if (n == 0)
        return "malformed field name";
    f->name = (struct slice){line.at, n};
    f->value = slice_trim((struct slice){line.at + n + 1, line.len - n - 1});
    return NULL;
}

static enum http_verdict take_field(struct http_cursor *c, struct slice line)
{
    struct http_head *h = c->head;
    int64_t known_length = h->content_length;
    struct http_field f;
    const char *why = http_split_field(line, &f);
    enum http_verdict verdict;

    if (why != NULL)
        return http_bad(c, 400, why);
    verdict = note_field(c, &f);
    if (verdict != HTTP_COMPLETE)
        return verdict;
    if (known_length >= 0 &&
        slice_equal_nocase(f.name, SLICE("Content-Length")))
        return HTTP_COMPLETE; /* said twice, passed on once */
    if (h->field_count == HTTP_FIELDS_MAX)
        return http_bad(c, 431, "too many fields");
    h->fields[h->field_count++] = f;
    return HTTP_COMPLETE;
}

enum http_verdict http_take_fields(struct http_cursor *c)
{
    struct slice line;
    enum http_verdict verdict;

    for (;;) {
        verdict = http_take_line(c, &line);
        if (verdict != HTTP_COMPLETE || line.len == 0)
            return verdict;
        verdict = take_field(c, line);
        if (verdict != HTTP_COMPLETE)
            return verdict;
    }
}

enum http_verdict http_check_framing(struct http_cursor *c)
{
    if (!c->head->chunked)
        return HTTP_COMPLETE;
    if (c->head->content_length >= 0)
        return http_bad(c, 400, "both Content-Length and Transfer-Encoding");
    if (c->head->minor == 0)
        return http_bad(c, 400, "Transfer-Encoding in HTTP/1.0");
    return HTTP_COMPLETE;
}
