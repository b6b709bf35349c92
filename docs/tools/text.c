#include "text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRINTED = 60 }; /* lines of a difference */

static void *text_more(void *old, size_t size)
{
    void *more = realloc(old, size);

    if (more == NULL) {
        fputs("out of memory\n", stderr);
        exit(2);
    }
    return more;
}

void text_add(struct text *t, const void *bytes, size_t len)
{
    if (t->len + len + 1 > t->size) {
        t->size = 2 * (t->len + len + 1);
        t->at = text_more(t->at, t->size);
    }
    memcpy(t->at + t->len, bytes, len);
    t->len += len;
    t->at[t->len] = '\0';
}

char *text_copy(const char *s, size_t len)
{
    char *copy = text_more(NULL, len + 1);

    memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

void text_put(char *out, size_t size, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(out, size, format, ap);
    va_end(ap);
}

void *text_zeros(size_t len)
{
    return memset(text_more(NULL, len + 1), 0, len + 1);
}

void *array_grow(void *array, int count, size_t element)
{
    if ((count & (count - 1)) != 0)
        return array; /* it is full at each power of two, and at 0 */
    return text_more(array, (size_t)(2 * count + 1) * element);
}

void lines_add(struct lines *l, const char *s, size_t len, long tag)
{
    l->at = array_grow(l->at, l->count, sizeof *l->at);
    l->tag = array_grow(l->tag, l->count, sizeof *l->tag);
    l->tag[l->count] = tag;
    l->at[l->count++] = text_copy(s, len);
}

void lines_free(struct lines *l)
{
    for (int i = 0; i < l->count; i++)
        free(l->at[i]);
    free(l->at);
    free(l->tag);
    *l = (struct lines){0};
}

int lines_read(struct lines *l, const char *path)
{
    struct text t = {0};
    char *end;

    *l = (struct lines){0};
    if (file_read(&t, path) < 0)
        return -1;
    for (char *at = t.at; at < t.at + t.len; at = end + 1) {
        if ((end = strchr(at, '\n')) == NULL)
            end = at + strlen(at);
        lines_add(l, at, (size_t)(end - at), 0);
    }
    free(t.at);
    return 0;
}

int file_read(struct text *t, const char *path)
{
    FILE *f = fopen(path, "r");
    char block[8192];
    size_t n;
    int bad;

    *t = (struct text){0};
    if (f == NULL)
        return -1;
    text_add(t, "", 0);
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        text_add(t, block, n);
    bad = ferror(f) ? errno : 0;
    fclose(f);
    if (bad == 0)
        return 0;
    free(t->at);
    errno = bad;
    return -1;
}

int file_write(const struct text *t, const char *path)
{
    FILE *f = fopen(path, "w");
    size_t written;

    if (f == NULL)
        return -1;
    written = fwrite(t->at, 1, t->len, f);
    return fclose(f) == 0 && written == t->len ? 0 : -1;
}

static void say(const struct tally *t, int line, const char *format, va_list ap)
    TEXT_FORMAT(3, 0);

static void say(const struct tally *t, int line, const char *format, va_list ap)
{
    printf("%s:%d: ", t->path, line);
    vprintf(format, ap);
    putchar('\n');
    fflush(stdout);
}

void tally_note(const struct tally *t, int line, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    say(t, line, format, ap);
    va_end(ap);
}

void tally_fault(struct tally *t, int line, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    say(t, line, format, ap);
    va_end(ap);
    t->faults++;
}

void lines_print(const struct lines *l, int from, const char *label)
{
    for (int i = from; i < l->count && i < from + PRINTED; i++)
        printf("  %s| %s\n", label, l->at[i]);
    if (l->count > from + PRINTED)
        printf("  %s| (and %d more lines)\n", label, l->count - from - PRINTED);
    if (l->count <= from)
        printf("  %s| (nothing)\n", label);
}
