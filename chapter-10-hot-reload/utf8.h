#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>

/* utf8: characters as one to four bytes (RFC 3629).
 *
 * Each character has exactly one form: what is longer than it need be, encodes
 * half a surrogate pair, or lies above U+10FFFF, is not UTF-8. */

/* How many of the bytes are the character at their beginning; 0 if none is. */
size_t utf8_length(const char *at, size_t len);

/* Writes a character (not above U+10FFFF, no surrogate): 1 to 4 bytes. Returns
 * how many. */
size_t utf8_put(char *out, unsigned long character);

#endif
