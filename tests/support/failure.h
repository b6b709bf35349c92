#ifndef FAILURE_H
#define FAILURE_H

#include <stddef.h>

/* failure: how the support modules fail the running test.
 *
 * cmocka's fail_msg() cuts a message at 1,024 bytes; a program's output, which
 * mostly holds the reason, is often longer. */

#if defined(__GNUC__) || defined(__clang__)
#define FAILURE_FORMAT __attribute__((noreturn, format(printf, 1, 2)))
#else
#define FAILURE_FORMAT
#endif

/* Prints the message to standard error and fails the test: does not return (it
 * jumps out of the test, so what must be tidied up lies with its module). */
void failure(const char *format, ...) FAILURE_FORMAT;

/* Writes bytes as C text in quotes ("GET /\r\n\x00"), shortened with "..." to
 * what fits into size; returns out. */
const char *escaped(const void *data, size_t len, char *out, size_t size);

#endif
