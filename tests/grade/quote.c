#include "quote.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

void text_printf(struct text *t, const char *format, ...)
{
    va_list ap;
    char *line;
    int len;

    va_start(ap, format);
    len = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    line = text_zeros((size_t)len + 1);
    va_start(ap, format);
    vsnprintf(line, (size_t)len + 1, format, ap);
    va_end(ap);
    text_add(t, line, (size_t)len);
    free(line);
}

static void add(struct text *t, const char *s)
{
    text_add(t, s, strlen(s));
}

/* One character as it may stand in a text; returns how many bytes were taken.
 * A newline stays. (C1 controls, U+0080 to U+009F, move cursors as well;
 * U+FFFE and U+FFFF are none of XML's.) */
static size_t add_plain(struct text *t, const char *s)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t len = utf8_length(s, strnlen(s, 4));

    if ((len == 2 && u[0] == 0xc2 && u[1] < 0xa0) ||
        (len == 1 && (*u < ' ' || *u > '~') && *u != '\n') ||
        (len == 3 && u[0] == 0xef && u[1] == 0xbf && u[2] >= 0xbe))
        len = 0;
    if (len > 0)
        text_add(t, s, len);
    else if (*s == '\t')
        add(t, "    ");
    else
        text_printf(t, "\\x%02x", *u);
    return len > 0 ? len : 1;
}

static void plain(struct text *t, const char *s)
{
    add(t, "");
    while (*s != '\0')
        s += add_plain(t, s);
}

/* Plain text in which some characters are written differently. */
static void replaced(struct text *t, const char *s,
                     const char *(*instead)(char c))
{
    struct text safe = {0};

    plain(&safe, s);
    for (const char *at = safe.at; *at != '\0'; at++) {
        const char *other = instead(*at);

        if (other != NULL)
            add(t, other);
        else
            text_add(t, at, 1);
    }
    free(safe.at);
}

static const char *in_json(char c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    default:
        return NULL;
    }
}

static const char *in_xml(char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

static const char *in_tap(char c)
{
    switch (c) {
    case '\\':
        return "\\\\";
    case '#':
        return "\\#";
    case '\n':
        return " ";
    default:
        return NULL;
    }
}

static const char *in_cell(char c)
{
    switch (c) {
    case '|':
        return "\\|";
    case '<':
        return "&lt;";
    case '\n':
        return " ";
    default:
        return NULL;
    }
}

void quote_json(struct text *t, const char *s)
{
    add(t, "\"");
    replaced(t, s, in_json);
    add(t, "\"");
}

void quote_xml(struct text *t, const char *s)
{
    replaced(t, s, in_xml);
}

void quote_tap(struct text *t, const char *s)
{
    replaced(t, s, in_tap);
}

void quote_cell(struct text *t, const char *s)
{
    replaced(t, s, in_cell);
}

void quote_lines(struct text *t, const char *s, const char *indent, int lines,
                 int width)
{
    struct text safe = {0};
    const char *at;
    int n = 0;

    plain(&safe, s);
    for (at = safe.at; *at != '\0' && n < lines; n++) {
        int len = (int)strcspn(at, "\n");

        text_printf(t, "%s%.*s%s\n", indent, len > width ? width : len, at,
                    len > width ? " ..." : "");
        at += len + (at[len] == '\n');
    }
    if (*at != '\0')
        text_printf(t, "%s(and more)\n", indent);
    free(safe.at);
}
