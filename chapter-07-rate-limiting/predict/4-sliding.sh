# shellcheck shell=sh disable=SC2154 # room and root are the stage's
# The chapter's limiter, with a clock that is a number.
cat >"$room/window.c" <<'C'
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
for chapter in "$root"/chapter-0[2-7]-*; do
    headers="$headers -I$chapter"
done
# shellcheck disable=SC2086 # a list of words
${CC:-cc} -D_POSIX_C_SOURCE=200809L $headers -o "$room/window" "$room/window.c" \
    "$root/build/plain/chapter-07-rate-limiting/modules.a" ||
    fail "window.c does not build"
"$room/window" >"$room/passed"
while read -r line; do show "$line"; done <"$room/passed"
result "$(sed -n 's/^at 61.3 s: \([0-9]*\) .*/\1/p' "$room/passed")"
