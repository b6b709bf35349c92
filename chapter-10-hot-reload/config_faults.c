#include "config_faults.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void config_faults_init(struct config_faults *f, const char *file)
{
    f->count = 0;
    snprintf(f->file, sizeof f->file, "%s", file);
}

int config_faults_full(const struct config_faults *f)
{
    return f->count > CONFIG_FAULTS_MAX;
}

/* Begins with the place; returns its length, which leaves nearly half of the
 * room. */
static size_t begin_line(const struct config_faults *f, struct json_place place,
                         char line[CONFIG_FAULT_SIZE])
{
    if (place.line == 0)
        snprintf(line, CONFIG_FAULT_SIZE, "%s: ", f->file);
    else
        snprintf(line, CONFIG_FAULT_SIZE, "%s:%d:%d: ", f->file, place.line,
                 place.column);
    return strlen(line);
}

void config_fault(struct config_faults *f, struct json_place place,
                  const char *format, ...)
{
    static const struct json_place nowhere = {0, 0};
    char line[CONFIG_FAULT_SIZE];
    va_list arguments;
    size_t len;

    if (config_faults_full(f))
        return;
    if (f->count == CONFIG_FAULTS_MAX) {
        len = begin_line(f, nowhere, line);
        snprintf(line + len, sizeof line - len, "more than %d faults",
                 CONFIG_FAULTS_MAX);
    } else {
        len = begin_line(f, place, line);
        va_start(arguments, format);
        vsnprintf(line + len, sizeof line - len, format, arguments);
        va_end(arguments);
    }
    memcpy(f->lines[f->count++], line, strlen(line) + 1);
}

/* The C0 and C1 control characters and DEL can do things to a terminal. */
static int is_control(const char *at, size_t len)
{
    unsigned char c = (unsigned char)at[0];

    return c < ' ' || c == 0x7f ||
           (len == 2 && c == 0xc2 && (unsigned char)at[1] < 0xa0);
}

const char *config_shown(struct slice text, char out[CONFIG_SHOWN])
{
    static const char cut[] = "...";
    size_t used = 0, n;

    for (size_t i = 0; i < text.len; i += n) {
        n = utf8_length(text.at + i, text.len - i);
        if (n == 0 || used + n + sizeof cut > CONFIG_SHOWN) {
            memcpy(out + used, cut, sizeof cut);
            return out;
        }
        memcpy(out + used, text.at + i, n);
        if (is_control(text.at + i, n))
            memset(out + used, '?', n);
        used += n;
    }
    out[used] = '\0';
    return out;
}
