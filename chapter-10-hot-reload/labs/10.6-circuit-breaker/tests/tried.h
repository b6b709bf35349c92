#ifndef TRIED_H
#define TRIED_H

/* tried: a breaker of five failures within 10 s, open for 30 s. */

#include "breaker.h"
#include "expect.h"
#include "fixture.h"

static inline struct breaker five_in_ten(void)
{
    struct breaker b;

    breaker_init(&b, 5, 10000, 30000);
    return b;
}

static inline void expect_ticket(struct breaker *b, uint64_t now_ms,
                                 enum breaker_ticket expected)
{
    static const char *const names[] = {"refused", "passed", "trial"};
    int came = (int)breaker_ask(b, now_ms);

    expect_between("the ticket", came, BREAKER_REFUSED, BREAKER_TRIAL);
    expect_text(about("the ticket at %d ms", (int)now_ms), names[came],
                names[expected]);
}

/* So many requests pass and fail, one each `step` ms; returns when the last one
 * did. */
static inline uint64_t fail_all(struct breaker *b, int count, uint64_t from,
                                uint64_t step)
{
    for (int i = 0; i < count; i++) {
        expect_ticket(b, from, BREAKER_PASSED);
        breaker_report(b, BREAKER_PASSED, 0, from);
        from += step;
    }
    return from - step;
}

#endif
