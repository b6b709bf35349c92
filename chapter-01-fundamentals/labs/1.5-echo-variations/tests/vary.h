#ifndef VARY_H
#define VARY_H

#include <stddef.h>
#include <time.h>

/* vary: what is answered to a line, and what is logged of it. Pure: the time is
 * an argument. A line is what stands in front of a newline, any bytes. */

#define VARY_LINE   1024                   /* bytes of a line at most */
#define VARY_ANSWER (VARY_LINE + 32)       /* of its answer */
#define VARY_LOG    (4 * VARY_LINE + 64)   /* of what is logged of it */

struct vary {
    int capitals; /* -u: the letters a to z as capitals */
    int stamps;   /* -t: the time in front: "2026-02-03T04:05:06Z hello" */
};

/* Writes the answer with its newline, without a NUL; returns its length. */
size_t vary_answer(const struct vary *v, const char *line, size_t len,
                   time_t now, char out[VARY_ANSWER]);

/* Writes who said what, as it came, with a newline, without a NUL; returns the
 * length:
 *     127.0.0.1 "hello"
 * '"' and '\' have a '\' in front; other bytes than ' ' to '~' are \xNN. */
size_t vary_log(const char *ip, const char *line, size_t len,
                char out[VARY_LOG]);

#endif
