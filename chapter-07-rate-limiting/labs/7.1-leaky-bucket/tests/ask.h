#ifndef ASK_H
#define ASK_H

/* ask: one client's bucket, and what it must say. */

#include "expect.h"
#include "leaky_bucket.h"

struct client {
    double rate;
    int burst;
    uint64_t free_at_us;
};

static inline int ask(struct client *c, uint64_t now_ms, uint64_t *delay_ms)
{
    return leaky_bucket_ask(&c->free_at_us, c->rate, c->burst, now_ms,
                            delay_ms);
}

/* A request at now_ms passes after delay_ms. */
static inline void expect_pass(struct client *c, uint64_t now_ms,
                               uint64_t delay_ms)
{
    uint64_t delay = 0;
    int at = (int)now_ms;

    expect_int(about("rate %g, burst %d, at %d ms: may it pass", c->rate,
                     c->burst, at),
               ask(c, now_ms, &delay), 1);
    expect_int(about("rate %g, burst %d, at %d ms: the delay in ms", c->rate,
                     c->burst, at),
               (long long)delay, (long long)delay_ms);
}

static inline void expect_refusal(struct client *c, uint64_t now_ms)
{
    uint64_t delay;

    expect_int(about("rate %g, burst %d, at %d ms: may it pass", c->rate,
                     c->burst, (int)now_ms),
               ask(c, now_ms, &delay), 0);
}

#endif
