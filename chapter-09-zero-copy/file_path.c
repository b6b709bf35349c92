#include "file_path.h"

#include <string.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Takes one character off the front: 0..255, or -1 for an escape that is none or
 * that stands for what no name can have in it. */
static int take_character(struct slice *s)
{
    int high, low, c = (unsigned char)s->at[0];

    s->at++;
    s->len--;
    if (c != '%')
        return c;
    if (s->len < 2 || (high = hex_value(s->at[0])) < 0 ||
        (low = hex_value(s->at[1])) < 0)
        return -1;
    s->at += 2;
    s->len -= 2;
    c = high * 16 + low;
    return c == '\0' || c == '/' ? -1 : c;
}

static int is_dots(const char *segment, size_t len)
{
    return (len == 1 && segment[0] == '.') ||
           (len == 2 && segment[0] == '.' && segment[1] == '.');
}

/* Adds the next segment, up to a slash, at out->name + len. Returns the new
 * length, 0 with *status set if it is refused. */
static size_t take_segment(struct slice *s, struct file_path *out, size_t len,
                           int *status)
{
    size_t begin = len > 0 ? len + 1 : 0, end = begin;

    while (s->len > 0 && s->at[0] != '/') {
        int c = take_character(s);

        if (c < 0) {
            *status = 400;
            return 0;
        }
        if (end >= FILE_PATH_MAX - 1) {
            *status = 404;
            return 0;
        }
        out->name[end++] = (char)c;
    }
    if (end == begin)
        return len; /* an empty one */
    if (is_dots(out->name + begin, end - begin))
        *status = 400;
    if (begin > 0)
        out->name[begin - 1] = '/';
    return end;
}

int file_path_decode(struct slice target, struct file_path *out)
{
    const char *query = memchr(target.at, '?', target.len);
    size_t len = 0;
    int status = 0;

    if (query != NULL)
        target.len = (size_t)(query - target.at);
    out->is_directory = 1;
    while (target.len > 0 && status == 0) {
        if (target.at[0] == '/') {
            target.at++;
            target.len--;
            out->is_directory = 1;
            continue;
        }
        len = take_segment(&target, out, len, &status);
        out->is_directory = 0;
    }
    out->name[len] = '\0';
    return status;
}
