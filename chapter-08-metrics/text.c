#include "text.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 1024
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
    else if (byte >= 0x20 && byte < 0x7f)
        text_add(t, &byte, 1);
    else
        text_print(t, "\\u%04x", byte);
}

void text_json(struct text *t, const char *bytes, size_t len)
{
    text_put(t, "\"");
    for (size_t i = 0; i < len; i++)
        json_byte(t, (unsigned char)bytes[i]);
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
