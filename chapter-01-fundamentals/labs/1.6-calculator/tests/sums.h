#ifndef SUMS_H
#define SUMS_H

/* sums: lines for this lab, and their answers. */

#include "calculate.h"
#include "expect.h"

#include <string.h>

#define LEAST "-9223372036854775808"
#define MOST  "9223372036854775807"

/* The line lies before memory that may not be read: it has no NUL. */
#define expect_answer(line, answer) check_answer(line, strlen(line), answer)

static inline void check_answer(const char *line, size_t len,
                                const char *expected)
{
    char *at = guard_copy(line, len), answer[CALCULATE_ANSWER];

    memset(answer, 0, sizeof answer);
    calculate(at, len, answer);
    guard_free(at, len);
    expect_text(about("the answer to \"%s\"", line), answer, expected);
}

#endif
