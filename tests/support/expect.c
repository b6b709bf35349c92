#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "deadline.h"
#include "expect.h"
#include "failure.h"

#define SHOWN   60 /* bytes of a difference that are shown ... */
#define BEFORE  20 /* ... of them in front of the first difference */
#define WAIT_MS 10000

const char *about(const char *format, ...)
{
    static char phrase[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(phrase, sizeof phrase, format, arguments);
    va_end(arguments);
    for (char *at = phrase; *at != '\0'; at++)
        if (*at == '\n' || *at == '\r')
            *at = ' '; /* a phrase is one line */
    return phrase;
}

void expect_int(const char *what, long long came, long long expected)
{
    if (came != expected)
        failure("%s\n  expected %lld\n  came     %lld", what, expected, came);
}

void expect_between(const char *what, long long came, long long least,
                    long long most)
{
    if (came < least || came > most)
        failure("%s\n  expected %lld to %lld\n  came     %lld", what, least,
                most, came);
}

void expect_that(const char *what, int holds, const char *expected)
{
    if (!holds)
        failure("%s\n  expected %s", what, expected);
}

static size_t first_difference(const char *a, size_t a_len, const char *b,
                               size_t b_len)
{
    size_t at = 0;

    while (at < a_len && at < b_len && a[at] == b[at])
        at++;
    return at;
}

/* The excerpt of `bytes` around the place, escaped; and in *column how far from
 * its beginning the place is. */
static const char *excerpt(const char *bytes, size_t len, size_t place,
                           char *out, size_t size, size_t *column)
{
    size_t from = place > BEFORE ? place - BEFORE : 0;
    size_t to = len > from + SHOWN ? from + SHOWN : len;
    const char *dots = from > 0 ? "..." : "";
    char before[4 * BEFORE + 3];
    size_t used;

    escaped(bytes + from, (place < len ? place : len) - from, before,
            sizeof before);
    *column = strlen(dots) + strlen(before) - 1; /* without the last quote */
    used = (size_t)snprintf(out, size, "%s", dots);
    escaped(bytes + from, to - from, out + used, size - used);
    if (to < len)
        strncat(out, "...", size - strlen(out) - 1);
    return out;
}

void expect_bytes(const char *what, const void *came, size_t came_len,
                  const void *expected, size_t expected_len)
{
    size_t at = first_difference(came, came_len, expected, expected_len);
    char left[5 * SHOWN], right[5 * SHOWN];
    size_t column;

    if (at == came_len && at == expected_len)
        return;
    excerpt(expected, expected_len, at, left, sizeof left, &column);
    excerpt(came, came_len, at, right, sizeof right, &column);
    failure("%s\n  expected %s\n  came     %s\n           %*s^ byte %zu%s",
            what, left, right, (int)column, "", at,
            at == came_len       ? ": nothing more came"
            : at == expected_len ? ": more than expected"
                                 : "");
}

void expect_text(const char *what, const char *came, const char *expected)
{
    expect_bytes(what, came, strlen(came), expected, strlen(expected));
}

/* As many bytes as are expected, or what came until it ended or went silent. */
static size_t receive(int fd, char *out, size_t len)
{
    size_t have = 0;

    while (have < len) {
        ssize_t n;

        if (deadline_poll(fd, POLLIN, deadline_in(WAIT_MS)) == 0)
            break;
        n = recv(fd, out + have, len - have, 0);
        if (n <= 0)
            break;
        have += (size_t)n;
    }
    return have;
}

void expect_receive(const char *what, int fd, const void *expected, size_t len)
{
    static char got[1 << 16];
    const char *wanted = expected;
    char said[512]; /* what may be what about() has just said */

    snprintf(said, sizeof said, "%s", what);
    for (size_t at = 0; at < len; at += sizeof got) {
        size_t piece = len - at < sizeof got ? len - at : sizeof got;
        size_t have = receive(fd, got, piece);

        if (have < piece || memcmp(got, wanted + at, piece) != 0)
            expect_bytes(at == 0 ? said
                                 : about("%s, behind byte %zu", said, at),
                         got, have, wanted + at, piece);
    }
}

const char *lab_program(const char *name)
{
    static char path[4096];
    const char *directory = getenv("LB_LAB");

    if (directory == NULL)
        failure("this test is run by `make grade`");
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}
