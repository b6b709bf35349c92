#include "http_fields.h"

#include <string.h>

enum { EMPTY_LINES_BEFORE = 8 };

/* ---- the target ------------------------------------------------------------
 */

static int is_absolute(struct slice target, size_t *colon)
{
    const char *at = memchr(target.at, ':', target.len);

    if (at == NULL)
        return 0;
    *colon = (size_t)(at - target.at);
    return target.len - *colon >= 3 && memcmp(at, "://", 3) == 0;
}

/* scheme "://" authority [ path ] [ "?" query ] */
static enum http_verdict take_absolute(struct http_cursor *c, size_t colon)
{
    struct http_head *h = c->head;
    struct slice rest = {h->target.at + colon + 3, h->target.len - colon - 3};
    size_t n = 0;

    h->scheme = (struct slice){h->target.at, colon};
    if (!slice_equal_nocase(h->scheme, SLICE("https")) &&
        !slice_equal_nocase(h->scheme, SLICE("http")))
        return http_bad(c, 400, "request target with an unknown scheme");
    while (n < rest.len && strchr("/?", rest.at[n]) == NULL)
        n++;
    h->form = HTTP_ABSOLUTE;
    h->authority = (struct slice){rest.at, n};
    h->path = (struct slice){rest.at + n, rest.len - n};
    return HTTP_COMPLETE;
}

static enum http_verdict take_target(struct http_cursor *c)
{
    struct http_head *h = c->head;
    int is_connect = slice_equal(h->method, SLICE("CONNECT"));
    size_t colon;

    if (is_connect) {
        h->form = HTTP_AUTHORITY;
        h->authority = h->target;
    } else if (h->target.at[0] == '/') {
        h->form = HTTP_ORIGIN;
        h->path = h->target;
    } else if (slice_equal(h->target, SLICE("*"))) {
        h->form = HTTP_ASTERISK;
        h->path = h->target;
        if (!slice_equal(h->method, SLICE("OPTIONS")))
            return http_bad(c, 400,
                            "target * with a method other than OPTIONS");
    } else if (is_absolute(h->target, &colon)) {
        return take_absolute(c, colon);
    } else {
        return http_bad(c, 400, "request target of no known form");
    }
    return HTTP_COMPLETE;
}

/* ---- the request line
 * -------------------------------------------------------- */

/* Cuts off what stands before the first space; 0 if there is no space. */
static int cut_word(struct slice *line, struct slice *word)
{
    const char *space = memchr(line->at, ' ', line->len);

    if (space == NULL)
        return 0;
    *word = (struct slice){line->at, (size_t)(space - line->at)};
    *line = (struct slice){space + 1, line->len - word->len - 1};
    return 1;
}

static int is_all(struct slice s, int class)
{
    return s.len > 0 && http_span(s, class) == s.len;
}

static enum http_verdict take_version(struct http_cursor *c, struct slice v)
{
    static const char pattern[] = "HTTP/#.#";

    if (v.len != sizeof pattern - 1)
        return http_bad(c, 400, "malformed HTTP version");
    for (size_t i = 0; i < v.len; i++)
        if (pattern[i] == '#' ? v.at[i] < '0' || v.at[i] > '9'
                              : v.at[i] != pattern[i])
            return http_bad(c, 400, "malformed HTTP version");
    if (v.at[5] != '1')
        return http_bad(c, 505, "HTTP version other than 1.x");
    c->head->minor = v.at[7] > '0';
    return HTTP_COMPLETE;
}

static enum http_verdict take_words(struct http_cursor *c, struct slice line)
{
    struct http_head *h = c->head;
    enum http_verdict verdict;

    if (!cut_word(&line, &h->method))
        return http_bad(c, 400, "malformed request line");
    if (!is_all(h->method, HTTP_TOKEN))
        return http_bad(c, 400, "malformed method");
    if (!cut_word(&line, &h->target))
        return http_bad(c, 400, "malformed request line");
    if (!is_all(h->target, HTTP_TARGET))
        return http_bad(c, 400, "malformed request target");
    verdict = take_version(c, line);
    return verdict == HTTP_COMPLETE ? take_target(c) : verdict;
}

static enum http_verdict take_request_line(struct http_cursor *c)
{
    enum http_verdict verdict;
    struct slice line;

    for (int empty = 0; empty <= EMPTY_LINES_BEFORE; empty++) {
        verdict = http_take_line(c, &line);
        if (verdict != HTTP_COMPLETE)
            return verdict;
        if (line.len > 0)
            return take_words(c, line);
    }
    return http_bad(c, 400, "too many empty lines");
}

/* ---- Host
 * -------------------------------------------------------------------- */

static int is_host_in_target(const struct http_head *h)
{
    return h->form == HTTP_ABSOLUTE || h->form == HTTP_AUTHORITY;
}

/* Called for each Host field. */
static enum http_verdict note_host(struct http_cursor *c, struct slice value)
{
    struct authority unused;

    c->head->host_count++;
    if (c->head->host_count > 1)
        return http_bad(c, 400, "more than one Host");
    if (value.len > 0 && authority_parse(value, 0, &unused) != 0)
        return http_bad(c, 400, "malformed Host");
    if (!is_host_in_target(c->head))
        c->head->authority = value;
    return HTTP_COMPLETE;
}

static enum http_verdict check_host(struct http_cursor *c)
{
    const struct http_head *h = c->head;
    struct authority unused;
    int flags = h->form == HTTP_AUTHORITY ? AUTHORITY_PORT_REQUIRED : 0;

    if (h->minor > 0 && h->host_count == 0)
        return http_bad(c, 400, "no Host");
    if (is_host_in_target(h) && h->authority.len == 0)
        return http_bad(c, 400, "request target without a host");
    if (is_host_in_target(h) &&
        authority_parse(h->authority, flags, &unused) != 0)
        return http_bad(c, 400, "request target with a malformed host");
    return HTTP_COMPLETE;
}

/* ---- the whole
 * ---------------------------------------------------------------- */

/* One step after the other, until one is not HTTP_COMPLETE. */
static enum http_verdict take_head(struct http_cursor *c)
{
    static enum http_verdict (*const steps[])(struct http_cursor * c) = {
        take_request_line, http_take_fields, check_host, http_check_framing};
    enum http_verdict verdict = HTTP_COMPLETE;

    for (int i = 0; i < 4 && verdict == HTTP_COMPLETE; i++)
        verdict = steps[i](c);
    return verdict;
}

/* What lies behind `max` is not looked at: how much of it is there is chance.
 */
enum http_verdict http_head_parse_within(struct http_head *h, size_t max,
                                         const char *bytes, size_t len)
{
    struct http_cursor c = {bytes, bytes + (len < max ? len : max), h,
                            note_host};
    enum http_verdict verdict;

    http_head_reset(h);
    verdict = take_head(&c);
    h->length = (size_t)(c.at - bytes);
    if (verdict != HTTP_PARTIAL || len < max)
        return verdict;
    if (h->method.len > 0)
        return http_bad(&c, 431, "head too long");
    return http_bad(&c, 414, "request line too long");
}

enum http_verdict http_head_parse_request(struct http_head *h,
                                          const char *bytes, size_t len)
{
    return http_head_parse_within(h, HTTP_HEAD_MAX, bytes, len);
}

int http_head_worth_parsing(const char *bytes, size_t seen, size_t len)
{
    if (seen == 0 || len >= HTTP_HEAD_MAX)
        return 1;
    return len > seen && memchr(bytes + seen, '\n', len - seen) != NULL;
}

const struct slice *http_head_find(const struct http_head *h, struct slice name)
{
    for (const struct http_field *f = h->fields; f < h->fields + h->field_count;
         f++)
        if (slice_equal_nocase(f->name, name))
            return &f->value;
    return NULL;
}
