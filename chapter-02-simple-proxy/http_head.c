#include "http_head.h"

#include <string.h>

#define EMPTY_LINES_MAX 8 /* before a request line; each costs a parse */

/* ---- characters --------------------------------------------------------- */

/* What a byte may be part of. A look-up costs one load, whatever the set. */
enum {
    TOKEN = 1,  /* a method or field name: tchar, RFC 9110, 5.6.2 */
    TARGET = 2, /* a request target: visible ASCII except '#', RFC 3986 */
    VALUE = 4   /* a field value: visible, space, tab, obs-text, 5.5 */
};

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

static int is(char c, int class)
{
    return classes[(unsigned char)c] & class;
}

static int all(struct slice s, int class)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is(s.at[i], class))
            return 0;
    return 1;
}

/* ---- lines -------------------------------------------------------------- */

struct cursor {
    const char *at, *end;
    struct http_head *h;
};

static enum http_verdict bad(struct cursor *c, int status, const char *why)
{
    c->h->status = status;
    c->h->why = why;
    return HTTP_BAD;
}

/* Takes the next line, without its end. A line that can't become a good one is
 * refused before its end has come: a TLS hello is told so at once. */
static enum http_verdict take_line(struct cursor *c, struct slice *line)
{
    size_t left = (size_t)(c->end - c->at);
    const char *lf = left > 0 ? memchr(c->at, '\n', left) : NULL;
    const char *stop = lf != NULL ? lf : c->end;

    line->at = c->at;
    line->len = (size_t)(stop - c->at);
    if (line->len > 0 && stop[-1] == '\r')
        line->len--;
    if (!all(*line, VALUE))
        return bad(c, 400, "control character or bare CR in the head");
    if (lf == NULL)
        return HTTP_PARTIAL;
    c->at = lf + 1;
    return HTTP_COMPLETE;
}

/* ---- the request line --------------------------------------------------- */

/* absolute-form = scheme "://" authority [ path ]        RFC 9112, 3.2.2 */
static enum http_verdict split_absolute(struct cursor *c)
{
    struct http_head *h = c->h;
    const char *colon = memchr(h->target.at, ':', h->target.len);
    size_t scheme = colon ? (size_t)(colon - h->target.at) : 0;
    size_t skip = scheme + 3, n = 0;

    if (colon == NULL || h->target.len < skip ||
        memcmp(colon, "://", 3) != 0)
        return bad(c, 400, "request target of no known form");
    h->form = HTTP_ABSOLUTE;
    h->scheme = (struct slice){h->target.at, scheme};
    if (!slice_equal_nocase(h->scheme, SLICE("http")) &&
        !slice_equal_nocase(h->scheme, SLICE("https")))
        return bad(c, 400, "request target with an unknown scheme");
    h->authority = (struct slice){h->target.at + skip, h->target.len - skip};
    while (n < h->authority.len && h->authority.at[n] != '/' &&
           h->authority.at[n] != '?')
        n++;
    h->path = (struct slice){h->authority.at + n, h->authority.len - n};
    h->authority.len = n;
    return HTTP_COMPLETE;
}

static enum http_verdict split_target(struct cursor *c)
{
    struct http_head *h = c->h;

    if (slice_equal(h->method, SLICE("CONNECT"))) {
        h->form = HTTP_AUTHORITY;
        h->authority = h->target;
        return HTTP_COMPLETE;
    }
    if (h->target.at[0] == '/') {
        h->form = HTTP_ORIGIN;
        h->path = h->target;
        return HTTP_COMPLETE;
    }
    if (slice_equal(h->target, SLICE("*"))) {
        h->form = HTTP_ASTERISK;
        h->path = h->target;
        return slice_equal(h->method, SLICE("OPTIONS"))
                   ? HTTP_COMPLETE
                   : bad(c, 400, "target * with a method other than OPTIONS");
    }
    return split_absolute(c);
}

/* HTTP-version = "HTTP/" DIGIT "." DIGIT                  RFC 9112, 2.3 */
static enum http_verdict take_version(struct cursor *c, struct slice v)
{
    if (v.len != 8 || memcmp(v.at, "HTTP/", 5) != 0 || v.at[6] != '.' ||
        v.at[5] < '0' || v.at[5] > '9' || v.at[7] < '0' || v.at[7] > '9')
        return bad(c, 400, "malformed HTTP version");
    if (v.at[5] != '1')
        return bad(c, 505, "HTTP version other than 1.x");
    c->h->minor = v.at[7] != '0';
    return HTTP_COMPLETE;
}

/* request-line = method SP request-target SP HTTP-version      RFC 9112, 3 */
static enum http_verdict take_request_line(struct cursor *c)
{
    struct http_head *h = c->h;
    struct slice line = {c->at, 0}, rest;
    enum http_verdict verdict = HTTP_COMPLETE;
    const char *space;

    /* Some clients send an empty line after a body: RFC 9112, 2.2. */
    for (int n = 0; verdict == HTTP_COMPLETE && line.len == 0; n++) {
        if (n > EMPTY_LINES_MAX)
            return bad(c, 400, "too many empty lines");
        verdict = take_line(c, &line);
    }
    if (verdict != HTTP_COMPLETE)
        return verdict;

    space = memchr(line.at, ' ', line.len);
    if (space == NULL)
        return bad(c, 400, "malformed request line");
    h->method = (struct slice){line.at, (size_t)(space - line.at)};
    rest = (struct slice){space + 1, line.len - h->method.len - 1};
    if (h->method.len == 0 || !all(h->method, TOKEN))
        return bad(c, 400, "malformed method");
    space = memchr(rest.at, ' ', rest.len);
    if (space == NULL)
        return bad(c, 400, "malformed request line");
    h->target = (struct slice){rest.at, (size_t)(space - rest.at)};
    rest = (struct slice){space + 1, rest.len - h->target.len - 1};
    if (h->target.len == 0 || !all(h->target, TARGET))
        return bad(c, 400, "malformed request target");
    verdict = take_version(c, rest);
    return verdict == HTTP_COMPLETE ? split_target(c) : verdict;
}

/* ---- the fields --------------------------------------------------------- */

/* A malformed Host is refused even where the target's host counts. */
static enum http_verdict note_host(struct cursor *c, struct slice value)
{
    struct authority ignored;

    if (c->h->host_count++ > 0)
        return bad(c, 400, "more than one Host");
    if (value.len > 0 && authority_parse(value, 0, &ignored) != 0)
        return bad(c, 400, "malformed Host");
    if (c->h->form == HTTP_ORIGIN || c->h->form == HTTP_ASTERISK)
        c->h->authority = value;
    return HTTP_COMPLETE;
}

/* Equal repetitions may be read as one (RFC 9110, 8.6); the caller leaves the
 * repetition out of the fields. Differing ones are how smuggling began. */
static enum http_verdict note_length(struct cursor *c, struct slice value)
{
    uint64_t length;

    if (slice_number(value, INT64_MAX, &length) != 0)
        return bad(c, 400, "malformed Content-Length");
    if (c->h->content_length >= 0 && c->h->content_length != (int64_t)length)
        return bad(c, 400, "differing Content-Length");
    c->h->content_length = (int64_t)length;
    return HTTP_COMPLETE;
}

static enum http_verdict note_coding(struct cursor *c, struct slice value)
{
    struct slice list = value, coding;
    int unknown = 0;

    if (c->h->chunked)
        return bad(c, 400, "more than one Transfer-Encoding");
    if (slice_equal_nocase(value, SLICE("chunked"))) {
        c->h->chunked = 1;
        return HTTP_COMPLETE;
    }
    while (slice_next_element(&list, &coding)) {
        if (coding.len == 0 || !all(coding, TOKEN))
            return bad(c, 400, "malformed Transfer-Encoding");
        unknown |= !slice_equal_nocase(coding, SLICE("chunked"));
    }
    return unknown ? bad(c, 501, "unknown transfer coding")
                   : bad(c, 400, "Transfer-Encoding is not just chunked");
}

/* Looks at the fields that say where the request goes and where it ends. */
static enum http_verdict note_field(struct cursor *c,
                                    const struct http_field *f)
{
    switch (f->name.len) {
    case sizeof "Host" - 1:
        if (slice_equal_nocase(f->name, SLICE("Host")))
            return note_host(c, f->value);
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

/* field-line = field-name ":" OWS field-value OWS         RFC 9112, 5 */
static enum http_verdict take_field(struct cursor *c, struct slice line)
{
    struct http_head *h = c->h;
    const char *colon = memchr(line.at, ':', line.len);
    int64_t known_length = h->content_length;
    struct http_field f;
    enum http_verdict verdict;

    if (line.at[0] == ' ' || line.at[0] == '\t')
        return bad(c, 400, "folded field line");
    if (colon == NULL)
        return bad(c, 400, "field line without a colon");
    f.name = (struct slice){line.at, (size_t)(colon - line.at)};
    f.value = slice_trim(
        (struct slice){colon + 1, line.len - f.name.len - 1});
    if (f.name.len == 0 || !all(f.name, TOKEN))
        return bad(c, 400, "malformed field name");
    verdict = note_field(c, &f);
    if (verdict != HTTP_COMPLETE)
        return verdict;
    if (known_length >= 0 &&
        slice_equal_nocase(f.name, SLICE("Content-Length")))
        return HTTP_COMPLETE; /* said twice, passed on once */
    if (h->field_count == HTTP_FIELDS_MAX)
        return bad(c, 431, "too many fields");
    h->fields[h->field_count++] = f;
    return HTTP_COMPLETE;
}

static enum http_verdict take_fields(struct cursor *c)
{
    struct slice line;
    enum http_verdict verdict;

    for (;;) {
        verdict = take_line(c, &line);
        if (verdict != HTTP_COMPLETE || line.len == 0)
            return verdict;
        verdict = take_field(c, line);
        if (verdict != HTTP_COMPLETE)
            return verdict;
    }
}

/* ---- the head as a whole ------------------------------------------------ */

static enum http_verdict check_host(struct cursor *c)
{
    struct http_head *h = c->h;
    struct authority ignored;
    int required = h->form == HTTP_AUTHORITY ? AUTHORITY_PORT_REQUIRED : 0;

    if (h->host_count == 0 && h->minor >= 1)
        return bad(c, 400, "no Host");
    if (h->authority.len == 0)
        return h->form == HTTP_ORIGIN || h->form == HTTP_ASTERISK
                   ? HTTP_COMPLETE
                   : bad(c, 400, "request target without a host");
    if (authority_parse(h->authority, required, &ignored) != 0)
        return bad(c, 400, "request target with a malformed host");
    return HTTP_COMPLETE;
}

static enum http_verdict check_framing(struct cursor *c)
{
    if (!c->h->chunked)
        return HTTP_COMPLETE;
    if (c->h->content_length >= 0)
        return bad(c, 400, "both Content-Length and Transfer-Encoding");
    if (c->h->minor == 0)
        return bad(c, 400, "Transfer-Encoding in HTTP/1.0");
    return HTTP_COMPLETE;
}

static enum http_verdict parse(struct cursor *c)
{
    enum http_verdict verdict = take_request_line(c);

    if (verdict == HTTP_COMPLETE)
        verdict = take_fields(c);
    if (verdict == HTTP_COMPLETE)
        verdict = check_host(c);
    if (verdict == HTTP_COMPLETE)
        verdict = check_framing(c);
    return verdict;
}

/* Empties all but the fields, which field_count guards: they are 3 KiB. */
static void reset(struct http_head *h)
{
    static const struct slice none = {NULL, 0};

    h->method = h->target = h->scheme = h->authority = h->path = none;
    h->form = HTTP_ORIGIN;
    h->minor = h->host_count = h->chunked = h->field_count = h->status = 0;
    h->content_length = -1;
    h->length = 0;
    h->why = NULL;
}

enum http_verdict http_head_parse_request(struct http_head *h,
                                          const char *bytes, size_t len)
{
    /* What lies behind the limit must not change the verdict: a client decides
     * how much of it is there when we look. */
    size_t seen = len < HTTP_HEAD_MAX ? len : HTTP_HEAD_MAX;
    struct cursor c = {bytes, bytes + seen, h};
    enum http_verdict verdict;

    reset(h);
    verdict = parse(&c);
    h->length = (size_t)(c.at - bytes);
    if (verdict == HTTP_PARTIAL && seen == HTTP_HEAD_MAX)
        return h->method.len == 0 ? bad(&c, 414, "request line too long")
                                  : bad(&c, 431, "head too long");
    return verdict;
}

int http_head_worth_parsing(const char *bytes, size_t seen, size_t len)
{
    return seen == 0 || len >= HTTP_HEAD_MAX ||
           (len > seen && memchr(bytes + seen, '\n', len - seen) != NULL);
}

const struct slice *http_head_find(const struct http_head *h,
                                   struct slice name)
{
    for (int i = 0; i < h->field_count; i++)
        if (slice_equal_nocase(h->fields[i].name, name))
            return &h->fields[i].value;
    return NULL;
}
