#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <stdint.h>

/* text: bytes that are put together in memory, as many as it takes.
 *
 *     struct text t = {0};
 *     text_put(&t, "answer: ");
 *     text_number(&t, 42);
 *     if (!t.failed) ... t.at, t.len ...
 *     text_free(&t);
 *
 * The memory grows by doubling, so n bytes cost O(n). A lack of it is noted in
 * `failed`, after which nothing is added: ask once, at the end. The bytes do not
 * end in a NUL. Setting len to 0 begins anew in the same memory. */

struct text {
    char *at; /* owned */
    size_t len, capacity;
    int failed; /* there was no memory: what is here is not the whole */
};

void text_add(struct text *t, const void *bytes, size_t len);
void text_put(struct text *t, const char *words);

/* Adds bytes as they are, but for quotes, backslashes and what is no printable
 * ASCII: those `escape` writes. For strings that strangers have chosen. */
void text_escaped(struct text *t, const char *bytes, size_t len,
                  void (*escape)(struct text *t, unsigned char byte));

/* As printf(3). */
#if defined(__GNUC__)
__attribute__((__format__(__printf__, 2, 3)))
#endif
void text_print(struct text *t, const char *format, ...);

/* A whole number, with zeros in front if it has fewer digits than `digits`. What
 * printf(3) does with "%0*llu", at a tenth of the price: an access log writes six
 * of them for each request. */
void text_count(struct text *t, uint64_t value, int digits);

/* The shortest decimal number that reads back as the same double; "+Inf",
 * "-Inf", "NaN" as Prometheus spells them. */
void text_number(struct text *t, double value);

/* A JSON string, with its quotes (RFC 8259, section 7). Bytes that are not
 * printable ASCII are written as \u00XX, each by itself: whatever a client has
 * sent, the result is JSON, and one line. */
void text_json(struct text *t, const char *bytes, size_t len);

/* A number that JSON has a word for: null for infinities and NaN. */
void text_json_number(struct text *t, double value);

/* Frees the memory; an empty text is left. */
void text_free(struct text *t);

#endif
