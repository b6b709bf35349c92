#include "text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 1024
#define COUNT_MAX      20 /* digits of UINT64_MAX */
#define NUMBER_MAX     32 /* "-2.2250738585072014e-308" and a NUL */

/* Room for so many more bytes: where they go, or NULL. */
static char *reserve(struct text *t, size_t more)
{
    size_t wanted = t->capacity > 0 ? t->capacity : FIRST_CAPACITY;
    char *grown;

    if (t->failed)
        return NULL;
    while (wanted - t->len < more && wanted <= SIZE_MAX / 2)
        wanted *= 2;
    if (wanted > t->capacity) {
        grown = wanted - t->len >= more ? realloc(t->at, wanted) : NULL;
        if (grown == NULL) {
            t->failed = 1;
            return NULL;
        }
        t->at = grown;
        t->capacity = wanted;
    }
    return t->at + t->len;
}

void text_add(struct text *t, const void *bytes, size_t len)
{
    char *at = reserve(t, len);

    if (at == NULL || len == 0)
        return;
    memcpy(at, bytes, len);
    t->len += len;
}

void text_put(struct text *t, const char *words)
{
    text_add(t, words, strlen(words));
}

/* Tries in the room there is, and again if that was not enough. */
void text_print(struct text *t, const char *format, ...)
{
    size_t room = 128;

    for (;;) {
        char *at = reserve(t, room);
        va_list args;
        int n;

        if (at == NULL)
            return;
        va_start(args, format);
        n = vsnprintf(at, room, format, args);
        va_end(args);
        if (n < 0)
            return;
        if ((size_t)n < room) {
            t->len += (size_t)n;
            return;
        }
        room = (size_t)n + 1;
    }
}

void text_count(struct text *t, uint64_t value, int digits)
{
    char number[COUNT_MAX];
    int at = COUNT_MAX;

    do {
        number[--at] = (char)('0' + value % 10);
        value /= 10;
        digits--;
    } while (at > 0 && (value > 0 || digits > 0));
    text_add(t, number + at, (size_t)(COUNT_MAX - at));
}

static int is_plain(char byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

/* Most of them are plain, and go over in one piece. */
void text_escaped(struct text *t, const char *bytes, size_t len,
                  void (*escape)(struct text *t, unsigned char byte))
{
    size_t begin = 0, i;

    for (i = 0; i < len; i++) {
        if (is_plain(bytes[i]))
            continue;
        text_add(t, bytes + begin, i - begin);
        escape(t, (unsigned char)bytes[i]);
        begin = i + 1;
    }
    text_add(t, bytes + begin, i - begin);
}

/* 15 digits are what a double always keeps; 17 tell any two apart. */
static void shortest(char number[NUMBER_MAX], double value)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(number, NUMBER_MAX, "%.*g", digits, value);
        if (strtod(number, NULL) == value)
            return;
    }
}

void text_number(struct text *t, double value)
{
    char number[NUMBER_MAX];

    if (isnan(value)) {
        text_put(t, "NaN");
    } else if (isinf(value)) {
        text_put(t, value > 0 ? "+Inf" : "-Inf");
    } else {
        shortest(number, value);
        text_put(t, number);
    }
}

static void json_byte(struct text *t, unsigned char byte)
{
    if (byte == '"' || byte == '\\')
        text_print(t, "\\%c", byte);
    else
        text_print(t, "\\u%04x", byte);
}

void text_json(struct text *t, const char *bytes, size_t len)
{
    text_put(t, "\"");
    text_escaped(t, bytes, len, json_byte);
    text_put(t, "\"");
}

void text_json_number(struct text *t, double value)
{
    if (isfinite(value))
        text_number(t, value);
    else
        text_put(t, "null");
}

void text_free(struct text *t)
{
    free(t->at);
    memset(t, 0, sizeof *t);
}
