#include "unchunk.h"

#include <string.h>

/* How many of these bytes to scan at once, so that they are data only, or a
 * line only: the rest of the chunk (f->left says how much that is), else up to
 * the end of the line. A line without an end is shown as a whole: it may be too
 * long. */
static size_t next_piece(const struct http_frame *f, const char *at, size_t len)
{
    const char *end;

    if (f->left > 0)
        return f->left < len ? (size_t)f->left : len;
    end = memchr(at, '\n', len);
    return end != NULL ? (size_t)(end - at) + 1 : len;
}

size_t http_unchunk(struct http_frame *f, char *bytes, size_t len, size_t *used)
{
    size_t data = 0, taken = 1;

    *used = 0;
    while (taken > 0 && *used < len) {
        int is_data = f->left > 0;
        char *at = bytes + *used;

        taken = http_frame_scan(f, at, next_piece(f, at, len - *used));
        if (is_data) {
            memmove(bytes + data, at, taken);
            data += taken;
        }
        *used += taken;
    }
    return data;
}
