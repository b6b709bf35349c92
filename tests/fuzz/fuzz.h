#ifndef FUZZ_H
#define FUZZ_H

/* fuzz: what all targets need. */

#include <stddef.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* Ends the program, and says what is broken, unless it holds. */
void check(int holds, const char *what);

/* A copy of the bytes at the end of the last page that may be read: a read one
 * byte further ends the program. Good until the next call; NULL if it has no
 * room for so many. */
const char *guarded(const void *data, size_t size);

#endif
