#include "http_fields.h"

#include <string.h>

#define EMPTY_LINES_MAX 8 /* before a request line; each costs a parse */

/* ---- the request line --------------------------------------------------- */

/* absolute-form = scheme "://" authority [ path ]        RFC 9112, 3.2.2 */
static enum http_verdict split_absolute(struct http_cursor *c)
{
    struct http_head *h = c->head;
    const char *colon = memchr(h->target.at, ':', h->target.len);
    size_t scheme = colon ? (size_t)(colon - h->target.at) : 0;
    size_t skip = scheme + 3, n = 0;

    if (colon == NULL || h->target.len < skip ||
        memcmp(colon, "://", 3) != 0)
        return http_bad(c, 400, "request target of no known form");
    h->form = HTTP_ABSOLUTE;
    h->scheme = (struct slice){h->target.at, scheme};
    if (!slice_equal_nocase(h->scheme, SLICE("http")) &&
        !slice_equal_nocase(h->scheme, SLICE("https")))
        return http_bad(c, 400, "request target with an unknown scheme");
    h->authority = (struct slice){h->target.at + skip, h->target.len - skip};
    while (n < h->authority.len && h->authority.at[n] != '/' &&
           h->authority.at[n] != '?')
        n++;
    h->path = (struct slice){h->authority.at + n, h->authority.len - n};
    h->authority.len = n;
    return HTTP_COMPLETE;
}

static enum http_verdict split_target(struct http_cursor *c)
{
    struct http_head *h = c->head;

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
                   : http_bad(c, 400,
                              "target * with a method other than OPTIONS");
    }
    return split_absolute(c);
}

/* HTTP-version = "HTTP/" DIGIT "." DIGIT                  RFC 9112, 2.3 */
static enum http_verdict take_version(struct http_cursor *c, struct slice v)
{
    if (v.len != 8 || memcmp(v.at, "HTTP/", 5) != 0 || v.at[6] != '.' ||
        v.at[5] < '0' || v.at[5] > '9' || v.at[7] < '0' || v.at[7] > '9')
        return http_bad(c, 400, "malformed HTTP version");
    if (v.at[5] != '1')
        return http_bad(c, 505, "HTTP version other than 1.x");
    c->head->minor = v.at[7] != '0';
    return HTTP_COMPLETE;
}

/* request-line = method SP request-target SP HTTP-version      RFC 9112, 3 */
static enum http_verdict take_request_line(struct http_cursor *c)
{
    struct http_head *h = c->head;
    struct slice line = {c->at, 0}, rest;
    enum http_verdict verdict = HTTP_COMPLETE;
    const char *space;

    /* Some clients send an empty line after a body: RFC 9112, 2.2. */
    for (int n = 0; verdict == HTTP_COMPLETE && line.len == 0; n++) {
        if (n > EMPTY_LINES_MAX)
            return http_bad(c, 400, "too many empty lines");
        verdict = http_take_line(c, &line);
    }
    if (verdict != HTTP_COMPLETE)
        return verdict;

    space = memchr(line.at, ' ', line.len);
    if (space == NULL)
        return http_bad(c, 400, "malformed request line");
    h->method = (struct slice){line.at, (size_t)(space - line.at)};
    rest = (struct slice){space + 1, line.len - h->method.len - 1};
    if (h->method.len == 0 || http_span(h->method, HTTP_TOKEN) < h->method.len)
        return http_bad(c, 400, "malformed method");
    space = memchr(rest.at, ' ', rest.len);
    if (space == NULL)
        return http_bad(c, 400, "malformed request line");
    h->target = (struct slice){rest.at, (size_t)(space - rest.at)};
    rest = (struct slice){space + 1, rest.len - h->target.len - 1};
    if (h->target.len == 0 || http_span(h->target, HTTP_TARGET) < h->target.len)
        return http_bad(c, 400, "malformed request target");
    verdict = take_version(c, rest);
    return verdict == HTTP_COMPLETE ? split_target(c) : verdict;
}

/* ---- Host ---------------------------------------------------------------- */

/* A malformed Host is refused even where the target's host counts. */
static enum http_verdict note_host(struct http_cursor *c, struct slice value)
{
    struct authority ignored;

    if (c->head->host_count++ > 0)
        return http_bad(c, 400, "more than one Host");
    if (value.len > 0 && authority_parse(value, 0, &ignored) != 0)
        return http_bad(c, 400, "malformed Host");
    if (c->head->form == HTTP_ORIGIN || c->head->form == HTTP_ASTERISK)
        c->head->authority = value;
    return HTTP_COMPLETE;
}

/* ---- the head as a whole ------------------------------------------------ */

static enum http_verdict check_host(struct http_cursor *c)
{
    struct http_head *h = c->head;
    struct authority ignored;
    int required = h->form == HTTP_AUTHORITY ? AUTHORITY_PORT_REQUIRED : 0;

    if (h->host_count == 0 && h->minor >= 1)
        return http_bad(c, 400, "no Host");
    if (h->form == HTTP_ORIGIN || h->form == HTTP_ASTERISK)
        return HTTP_COMPLETE; /* the authority is Host, if there is one */
    if (h->authority.len == 0)
        return http_bad(c, 400, "request target without a host");
    if (authority_parse(h->authority, required, &ignored) != 0)
        return http_bad(c, 400, "request target with a malformed host");
    return HTTP_COMPLETE;
}

static enum http_verdict parse(struct http_cursor *c)
{
    enum http_verdict verdict = take_request_line(c);

    if (verdict == HTTP_COMPLETE)
        verdict = http_take_fields(c);
    if (verdict == HTTP_COMPLETE)
        verdict = check_host(c);
    if (verdict == HTTP_COMPLETE)
        verdict = http_check_framing(c);
    return verdict;
}

enum http_verdict http_head_parse_within(struct http_head *h, size_t max,
                                         const char *bytes, size_t len)
{
    /* What lies behind the limit must not change the verdict: a client decides
     * how much of it is there when we look. */
    size_t seen = len < max ? len : max;
    struct http_cursor c = {bytes, bytes + seen, h, note_host};
    enum http_verdict verdict;

    http_head_reset(h);
    verdict = parse(&c);
    h->length = (size_t)(c.at - bytes);
    if (verdict == HTTP_PARTIAL && seen == max)
        return h->method.len == 0 ? http_bad(&c, 414, "request line too long")
                                  : http_bad(&c, 431, "head too long");
    return verdict;
}

enum http_verdict http_head_parse_request(struct http_head *h,
                                          const char *bytes, size_t len)
{
    return http_head_parse_within(h, HTTP_HEAD_MAX, bytes, len);
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
