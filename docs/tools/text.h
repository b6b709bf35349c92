#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

/* text: growing strings, files as lines, and the report of faults.
 *
 * For a tool that lives a second: without memory it says so and exits 2, so
 * that nobody has to ask. What is handed out is freed by who asked for it. */

#if defined(__GNUC__) || defined(__clang__)
#define TEXT_FORMAT(f, a) __attribute__((format(printf, f, a)))
#else
#define TEXT_FORMAT(f, a)
#endif

struct text {
    char *at; /* NUL-terminated as soon as something was added; free() it */
    size_t len, size;
};
void text_add(struct text *t, const void *bytes, size_t len);
char *text_copy(const char *s, size_t len);
void *text_zeros(size_t len);

/* Room for one more element in an array of `count`, which was grown by this
 * function only. */
void *array_grow(void *array, int count, size_t element);

/* A file as lines without their newlines. Returns 0, or -1 and errno. */
struct lines {
    char **at;
    long *tag; /* what who added a line wants to know about it */
    int count;
};
int lines_read(struct lines *l, const char *path);
void lines_add(struct lines *l, const char *s, size_t len, long tag);
void lines_free(struct lines *l);

/* snprintf(3) for texts that may be cut where they do not fit. */
void text_put(char *out, size_t size, const char *format, ...)
    TEXT_FORMAT(3, 4);

/* The whole file at once. Both return 0, or -1 and errno. */
int file_read(struct text *t, const char *path);
int file_write(const struct text *t, const char *path);

/* What was found in one README. */
struct tally {
    const char *path; /* as the user wrote it */
    int verbose;
    int faults;
    int quotes, illustrations, links, refreshed, commands, skipped;
};

/* Prints `PATH:LINE: what`; the form with _fault counts it as one. */
void tally_note(const struct tally *t, int line, const char *format, ...)
    TEXT_FORMAT(3, 4);
void tally_fault(struct tally *t, int line, const char *format, ...)
    TEXT_FORMAT(3, 4);

/* Prints lines from number `from` on, at most sixty, each behind a label. */
void lines_print(const struct lines *l, int from, const char *label);

#endif
