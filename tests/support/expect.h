#ifndef EXPECT_H
#define EXPECT_H

#include <stddef.h>
#include <stdint.h>

/* expect: assertions for people who did not write the test.
 *
 * cmocka says "0x3 != 0x5". These say what was looked at, what was expected and
 * what came, with bytes escaped as in C and the first difference marked:
 *
 *     the answer to "hello\n"
 *       expected "HELLO\n"
 *       came     "HeLLO\n"
 *                  ^ byte 1
 *
 * `what` is a phrase for a reader ("the 3rd pick"); it takes printf's arguments
 * by way of about(). All fail the running test. */

#if defined(__GNUC__) || defined(__clang__)
#define EXPECT_FORMAT __attribute__((format(printf, 1, 2)))
#else
#define EXPECT_FORMAT
#endif

/* A phrase with arguments; valid until the next call. */
const char *about(const char *format, ...) EXPECT_FORMAT;

void expect_int(const char *what, long long came, long long expected);
void expect_between(const char *what, long long came, long long least,
                    long long most);
void expect_text(const char *what, const char *came, const char *expected);
void expect_bytes(const char *what, const void *came, size_t came_len,
                  const void *expected, size_t expected_len);
/* `expected` in words, if it does not hold. */
void expect_that(const char *what, int holds, const char *expected);

/* Exactly these bytes come next over a socket (see wire.h). */
void expect_receive(const char *what, int fd, const void *expected, size_t len);

/* The path of a program of the lab that is graded, or of another file of the
 * submission (see answers.h). */
const char *lab_program(const char *name);

#endif
