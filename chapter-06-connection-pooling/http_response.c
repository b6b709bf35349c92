#include "http_response.h"

#include "http_fields.h"

#include <string.h>

#define VERSION "HTTP/1."
#define VERSION_LENGTH (sizeof VERSION - 1)

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* status-code = 3DIGIT, of which there are five classes    RFC 9110, 15 */
static int read_status(const char *digits)
{
    int status = 0;

    for (int i = 0; i < 3; i++) {
        if (!is_digit(digits[i]))
            return -1;
        status = status * 10 + (digits[i] - '0');
    }
    return status >= 100 && status <= 599 ? status : -1;
}

/* status-line = HTTP-version SP status-code [ SP reason ]     RFC 9112, 4
 * The grammar wants the last space even where no reason follows; not all
 * servers send it, and nothing can be read in two ways without it. */
static enum http_verdict split_status_line(struct http_cursor *c,
                                           struct slice line,
                                           struct http_response *r)
{
    const char *minor = line.at + VERSION_LENGTH, *digits = minor + 2;
    size_t least = VERSION_LENGTH + 5; /* "1 200" */

    if (line.len < least || !is_digit(minor[0]) || minor[1] != ' ')
        return http_bad(c, 502, "malformed status line");
    r->status = read_status(digits);
    if (r->status < 0)
        return http_bad(c, 502, "malformed status code");
    r->head.minor = minor[0] != '0';
    if (line.len == least)
        return HTTP_COMPLETE;
    if (line.at[least] != ' ')
        return http_bad(c, 502, "malformed status code");
    r->reason = (struct slice){line.at + least + 1, line.len - least - 1};
    return HTTP_COMPLETE;
}

/* What does not begin as a response is refused at the first wrong byte: it may
 * never end a line. */
static enum http_verdict take_status_line(struct http_cursor *c,
                                          struct http_response *r)
{
    size_t left = (size_t)(c->end - c->at);
    size_t known = left < VERSION_LENGTH ? left : VERSION_LENGTH;
    struct slice line;
    enum http_verdict verdict;

    if (known > 0 && memcmp(c->at, VERSION, known) != 0)
        return http_bad(c, 502, "not an HTTP/1.x response");
    verdict = http_take_line(c, &line);
    return verdict == HTTP_COMPLETE ? split_status_line(c, line, r) : verdict;
}

/* 1xx and 204 have no body and must not say that they had one (RFC 9110, 8.6;
 * RFC 9112, 6.1). Those who say so all the same are not believed, and whoever
 * is behind us is not tempted. */
static void drop_framing(struct http_head *h)
{
    int kept = 0;

    for (int i = 0; i < h->field_count; i++) {
        struct slice name = h->fields[i].name;

        if (!slice_equal_nocase(name, SLICE("Content-Length")) &&
            !slice_equal_nocase(name, SLICE("Transfer-Encoding")))
            h->fields[kept++] = h->fields[i];
    }
    h->field_count = kept;
    h->content_length = -1;
    h->chunked = 0;
}

static enum http_verdict parse(struct http_cursor *c, struct http_response *r)
{
    enum http_verdict verdict = take_status_line(c, r);

    if (verdict == HTTP_COMPLETE)
        verdict = http_take_fields(c);
    if (verdict == HTTP_COMPLETE)
        verdict = http_check_framing(c);
    if (verdict == HTTP_COMPLETE && (r->status < 200 || r->status == 204))
        drop_framing(c->head);
    return verdict;
}

enum http_verdict http_response_parse(struct http_response *r,
                                      const char *bytes, size_t len)
{
    /* As in a request, what lies behind the limit is not looked at. */
    size_t seen = len < HTTP_HEAD_MAX ? len : HTTP_HEAD_MAX;
    struct http_cursor c = {bytes, bytes + seen, &r->head, NULL};
    enum http_verdict verdict;

    http_head_reset(&r->head);
    r->status = 0;
    r->reason = SLICE("");
    verdict = parse(&c, r);
    r->head.length = (size_t)(c.at - bytes);
    if (verdict == HTTP_PARTIAL && seen == HTTP_HEAD_MAX)
        return http_bad(&c, 502, "head too long");
    return verdict;
}

int http_response_forward(const struct http_response *r,
                          const struct http_field *set, int count,
                          struct buffer *out)
{
    const char digits[] = {(char)('0' + r->status / 100),
                           (char)('0' + r->status / 10 % 10),
                           (char)('0' + r->status % 10), ' '};
    int failed = buffer_append(out, "HTTP/1.1 ", 9) |
                 buffer_append(out, digits, sizeof digits) |
                 buffer_append(out, r->reason.at, r->reason.len) |
                 buffer_append(out, "\r\n", 2);

    return failed | http_put_fields(&r->head, set, count, out);
}

int http_response_keeps_s(const struct http_response *r)
{
    static const struct slice name = {"timeout=", 8};
    const struct slice *field = http_head_find(&r->head, SLICE("Keep-Alive"));
    struct slice list = field != NULL ? *field : SLICE(""), one;
    uint64_t seconds;

    while (slice_next_element(&list, &one)) {
        struct slice number = {one.at + name.len, one.len - name.len};

        if (one.len > name.len &&
            slice_same_letters(one.at, name.at, name.len) &&
            slice_number(number, UINT64_MAX, &seconds) == 0)
            return seconds < HTTP_KEEP_MAX ? (int)seconds : HTTP_KEEP_MAX;
    }
    return -1;
}
