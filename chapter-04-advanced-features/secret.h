#ifndef SECRET_H
#define SECRET_H

#include <stddef.h>

/* secret: bytes that nobody can guess, from the kernel.
 *
 * Once at the start, for what must be unique in the world or unknown to it; not
 * for every request. Source: random(4), urandom. */

/* Fills `out`. 0, or -1 and errno. */
int secret_bytes(void *out, size_t len);

#endif
