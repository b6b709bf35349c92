#include "files.h"

#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The next byte, decoded; -1 if it is none that a path may have. */
static int next_byte(struct slice *s)
{
    int byte = (unsigned char)s->at[0];
    size_t len = 1;

    if (byte == '%') {
        int high = s->len > 2 ? hex_digit(s->at[1]) : -1;
        int low = s->len > 2 ? hex_digit(s->at[2]) : -1;

        if (high < 0 || low < 0)
            return -1;
        byte = high * 16 + low;
        len = 3;
    }
    s->at += len;
    s->len -= len;
    return byte != 0 ? byte : -1;
}

/* 0, 400 or 404: as files_path(). */
static int decode(struct slice from, char out[FILES_PATH_MAX])
{
    const char *query = memchr(from.at, '?', from.len);
    size_t n = 0;

    if (query != NULL)
        from.len = (size_t)(query - from.at);
    while (from.len > 0) {
        int byte = next_byte(&from);

        if (byte < 0)
            return 400;
        if (n + 1 == FILES_PATH_MAX)
            return 404;
        out[n++] = (char)byte;
    }
    out[n] = '\0';
    return 0;
}

/* Appends a segment behind the *len bytes that are there. 0, or 404. */
static int add_segment(char out[FILES_PATH_MAX], size_t *len, const char *at,
                       size_t n)
{
    if (n == 0 || (n == 1 && at[0] == '.'))
        return 0;
    if ((n == 2 && at[0] == '.' && at[1] == '.') ||
        *len + n + 2 > FILES_PATH_MAX)
        return 404;
    if (*len > 0)
        out[(*len)++] = '/';
    memcpy(out + *len, at, n);
    *len += n;
    return 0;
}

int files_path(struct slice request, char out[FILES_PATH_MAX])
{
    char path[FILES_PATH_MAX] = "";
    const char *at = path;
    size_t len = 0, n = 0;
    int status = decode(request, path);

    while (status == 0 && *at != '\0') {
        n = strcspn(at, "/");
        status = add_segment(out, &len, at, n);
        at += n;
        if (*at == '/') {
            at++;
            n = 0;
        }
    }
    if (status == 0 && n == 0) /* nothing at all, or a '/' at the end */
        status = add_segment(out, &len, "index.html", 10);
    out[len] = '\0';
    return status;
}

const char *files_type(const char *path)
{
    static const char *const types[][2] = {
        {".html", "text/html"},       {".css", "text/css"},
        {".js", "text/javascript"},   {".txt", "text/plain"},
        {".png", "image/png"},        {".jpg", "image/jpeg"},
        {".json", "application/json"}};
    struct slice name = slice_of(path);

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct slice end = slice_of(types[i][0]);

        if (name.len >= end.len &&
            slice_same_letters(name.at + name.len - end.len, end.at, end.len))
            return types[i][1];
    }
    return "application/octet-stream";
}
