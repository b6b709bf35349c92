# shellcheck shell=sh disable=SC2154 # room is the stage's
# The chapter's limiter, with a clock that is a number.
compile window chapter-07-rate-limiting <<'C'
#include "rate_limiter.h"

#include <stdio.h>

static int passed(rate_limiter_t *limiter, int asked, uint64_t now_ms)
{
    int n = 0;

    while (asked-- > 0)
        n += rate_limiter_allow_at(limiter, "192.0.2.7", now_ms);
    return n;
}

int main(void)
{
    rate_limiter_t *limiter =
        rate_limiter_create(RATE_LIMIT_SLIDING_WINDOW, 10, 10);

    printf("at 60.5 s: %d of 8 pass\n", passed(limiter, 8, 60500));
    printf("at 61.3 s: %d of 20 pass\n", passed(limiter, 20, 61300));
    rate_limiter_destroy(limiter);
    return 0;
}
C
play window
result "$(sed -n 's/^at 61.3 s: \([0-9]*\) .*/\1/p' "$room/window.out")"
