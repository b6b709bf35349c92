/* The writing half of http_head.h: what a proxy passes on of a head. */

#include "http_fields.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int is_one_of(struct slice name, const struct slice *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_equal_nocase(name, names[i]))
            return 1;
    return 0;
}

int http_head_is_idempotent(const struct http_head *h)
{
    static const struct slice methods[] = {{"GET", 3},     {"HEAD", 4},
                                           {"PUT", 3},     {"DELETE", 6},
                                           {"OPTIONS", 7}, {"TRACE", 5}};

    for (size_t i = 0; i < COUNT(methods); i++)
        if (slice_equal(h->method, methods[i]))
            return 1;
    return 0;
}

/* ---- this connection, or the whole way ---------------------------------- */

int http_head_names_option(const struct http_head *h, struct slice option)
{
    struct slice list, named;

    for (int i = 0; i < h->field_count; i++) {
        if (!slice_equal_nocase(h->fields[i].name, SLICE("Connection")))
            continue;
        list = h->fields[i].value;
        while (slice_next_element(&list, &named))
            if (slice_equal_nocase(named, option))
                return 1;
    }
    return 0;
}

int http_head_keeps_alive(const struct http_head *h)
{
    if (h->options & HTTP_OPTION_CLOSE)
        return 0;
    return h->minor >= 1 || (h->options & HTTP_OPTION_KEEP_ALIVE);
}

int http_head_is_hop_by_hop(const struct http_head *h,
                            const struct http_field *f)
{
    static const struct slice always[] = {{"Connection", 10},
                                          {"Keep-Alive", 10},
                                          {"Proxy-Connection", 16},
                                          {"Upgrade", 7},
                                          {"HTTP2-Settings", 14}};
    static const struct slice never[] = {
        {"Host", 4}, {"Content-Length", 14}, {"Transfer-Encoding", 17}};

    if (slice_equal_nocase(f->name, SLICE("TE")))
        return !slice_equal_nocase(f->value, SLICE("trailers"));
    if (is_one_of(f->name, always, COUNT(always)))
        return 1;
    /* "close" and "keep-alive" name no field that could still be there. */
    return (h->options & HTTP_OPTION_OTHER) &&
           http_head_names_option(h, f->name) &&
           !is_one_of(f->name, never, COUNT(never));
}

/* ---- writing ------------------------------------------------------------ */

/* Writers return 0, or -1 when the buffer is full: their results are or-ed. */
static int put(struct buffer *out, struct slice s)
{
    return buffer_append(out, s.at, s.len);
}

static int put_request_line(const struct http_head *h, struct buffer *out)
{
    int rooted = h->path.len > 0 && h->path.at[0] != '?';
    int failed = put(out, h->method) | put(out, SLICE(" "));

    if (h->form == HTTP_AUTHORITY)
        failed |= put(out, h->target);
    else if (!rooted && slice_equal(h->method, SLICE("OPTIONS")) &&
             h->path.len == 0)
        failed |= put(out, SLICE("*")); /* RFC 9112, 3.2.4 */
    else
        failed |= (rooted ? 0 : put(out, SLICE("/"))) | put(out, h->path);
    return failed | put(out, h->minor ? SLICE(" HTTP/1.1\r\n")
                                      : SLICE(" HTTP/1.0\r\n"));
}

/* The room is asked for once: a head is written field by field. */
static int put_field(struct buffer *out, struct slice name, struct slice value)
{
    char *at = buffer_extend(out, name.len + value.len + 4);

    if (at == NULL)
        return -1;
    memcpy(at, name.at, name.len);
    at += name.len;
    *at++ = ':';
    *at++ = ' ';
    if (value.len > 0) /* memcpy(3) wants a pointer even for no bytes */
        memcpy(at, value.at, value.len);
    at += value.len;
    *at++ = '\r';
    *at = '\n';
    return 0;
}

static int is_set(struct slice name, const struct http_field *set, int count)
{
    for (int i = 0; i < count; i++)
        if (slice_equal_nocase(name, set[i].name))
            return 1;
    return 0;
}

int http_put_fields(const struct http_head *h, const struct http_field *set,
                    int count, struct buffer *out)
{
    int failed = 0;

    for (int i = 0; i < h->field_count; i++) {
        const struct http_field *f = &h->fields[i];
        int is_host =
            h->host_count > 0 && slice_equal_nocase(f->name, SLICE("Host"));

        if (!is_host && !is_set(f->name, set, count) &&
            !http_head_is_hop_by_hop(h, f))
            failed |= put_field(out, f->name, f->value);
    }
    for (int i = 0; i < count; i++)
        if (set[i].value.len > 0)
            failed |= put_field(out, set[i].name, set[i].value);
    return failed | put(out, SLICE("\r\n"));
}

int http_head_forward(const struct http_head *h, const struct http_field *set,
                      int count, struct buffer *out)
{
    int failed = put_request_line(h, out);

    if (h->host_count > 0 || h->authority.len > 0)
        failed |= put_field(out, SLICE("Host"), h->authority);
    return failed | http_put_fields(h, set, count, out);
}
