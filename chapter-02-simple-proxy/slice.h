#ifndef SLICE_H
#define SLICE_H

#include <stddef.h>
#include <stdint.h>

/* slice: some bytes that lie in somebody else's memory.
 *
 * What came from the network is never copied to be looked at and never ends in
 * a NUL: a slice says where it begins and how long it is. It lives exactly as
 * long as the memory it points into. */

struct slice {
    const char *at;
    size_t len;
};

/* The slice of a NUL-terminated string. */
struct slice slice_of(const char *text);

/* A literal: no strlen() at run time. */
#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})

int slice_equal(struct slice a, struct slice b);
/* ASCII letters in either case are equal: for field names (RFC 9110, 5.1). Most
 * names differ in length already, which costs no call. */
int slice_same_letters(const char *a, const char *b, size_t len);
static inline int slice_equal_nocase(struct slice a, struct slice b)
{
    return a.len == b.len && slice_same_letters(a.at, b.at, a.len);
}

/* Without spaces and tabs at either end (OWS, RFC 9110, 5.6.3). */
struct slice slice_trim(struct slice s);

/* Cuts the next element off a comma-separated list and trims it: 1, or 0 when
 * nothing is left. An empty list has no elements; "a,,b" has an empty one. */
int slice_next_element(struct slice *list, struct slice *element);

/* Decimal digits only, no sign, no space, at most `max`: 0, or -1. */
int slice_number(struct slice s, uint64_t max, uint64_t *out);

#endif
