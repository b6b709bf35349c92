#ifndef DATED_H
#define DATED_H

/* dated: what a wait becomes; nothing is written behind the date. */

#include <string.h>

#include "expect.h"
#include "fixture.h"
#include "retry_date.h"

static inline void expect_date(time_t now, uint64_t wait_ms,
                               const char *expected)
{
    char fill[RETRY_DATE_MAX], *out;

    memset(fill, '#', sizeof fill);
    out = guard_copy(fill, sizeof fill);
    retry_after_date(now, wait_ms, out);
    expect_int(about("where the text of %lld ends", (long long)now),
               out[RETRY_DATE_MAX - 1], '\0');
    expect_text(about("%lld s and %.20g ms", (long long)now, (double)wait_ms),
                out, expected);
    guard_free(out, sizeof fill);
}

#endif
