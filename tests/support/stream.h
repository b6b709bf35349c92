#ifndef STREAM_H
#define STREAM_H

#include <stddef.h>

/* stream: long data in which a byte that is lost, doubled or swapped is found.
 * No two KiB of it are alike. */

/* Its first len bytes; free() them. */
unsigned char *stream_make(size_t len);

/* Fails the running test unless these are its bytes from place `from` on. */
void stream_check(const void *data, size_t from, size_t len);

/* Receives its bytes from place `from` up to `to`, in pieces of this size, and
 * checks them. With small pieces (below 64 KiB) it takes its time. */
void stream_receive(int fd, size_t from, size_t to, size_t piece);

/* Sends until nothing goes any more, since the other side does not read; returns
 * how much went. */
size_t stream_fill(int fd, const unsigned char *stream, size_t len);

#endif
