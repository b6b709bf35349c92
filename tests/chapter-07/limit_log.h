#ifndef LIMIT_LOG_H
#define LIMIT_LOG_H

/* limit_log: what a limiter let pass, each request with its time, and what that
 * may be. It is the exact thing that both algorithms approximate: unlike them it
 * needs memory for every request.
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. Include it after fixture.h. */

#include "failure.h"
#include "limit_rule.h"

#define LIMIT_LOG_MAX 4096

struct limit_log {
    int count;
    uint64_t at_ms[LIMIT_LOG_MAX]; /* in their order */
};

static inline void limit_log_add(struct limit_log *log, uint64_t at_ms)
{
    assert_in_range(log->count, 0, LIMIT_LOG_MAX - 1);
    log->at_ms[log->count++] = at_ms;
}

/* In no span of time, from any request to any later one, passed more than
 * rate * t + burst. Every span is looked at. */
static inline void limit_log_check(const struct limit_log *log, double rate,
                                   double burst)
{
    for (int i = 0; i < log->count; i++)
        for (int j = i; j < log->count; j++) {
            double seconds = (double)(log->at_ms[j] - log->at_ms[i]) / 1000;

            if (j - i + 1 > rate * seconds + burst + 1e-6)
                failure("%d requests in %g s at %g/s with a burst of %g",
                        j - i + 1, seconds, rate, burst);
        }
}

/* How many passed after `from` and not after `to`. */
static inline int limit_log_between(const struct limit_log *log, uint64_t from,
                                    uint64_t to)
{
    int count = 0;

    for (int i = 0; i < log->count; i++)
        count += log->at_ms[i] > from && log->at_ms[i] <= to;
    return count;
}

/* One client of a rule: asks, and remembers. */
struct limit_client {
    struct limit_rule rule;
    uint64_t value;
    int is_known;
};

static inline struct limit_client limit_client(RateLimitAlgorithm algorithm,
                                               double rate, double burst)
{
    struct limit_client c;

    c.value = 0;
    c.is_known = 0;
    assert_int_equal(limit_rule_init(&c.rule, algorithm, rate, burst), 0);
    return c;
}

static inline struct limit_verdict limit_client_peek(
    const struct limit_client *c, uint64_t now_ms)
{
    return limit_rule_ask(&c->rule, c->is_known ? &c->value : NULL, now_ms);
}

static inline struct limit_verdict limit_client_ask(struct limit_client *c,
                                                    uint64_t now_ms)
{
    struct limit_verdict verdict = limit_client_peek(c, now_ms);

    if (verdict.allowed) {
        c->value = verdict.value;
        c->is_known = 1;
    }
    return verdict;
}

/* Milliseconds until the next request, as the pattern wants them: many at once,
 * a steady stream, pauses. */
static inline uint64_t limit_pause(uint32_t *seed, int pattern, uint64_t scale)
{
    uint64_t any = random_next(seed) % (2 * scale + 1);

    switch (pattern % 4) {
    case 0:
        return any;
    case 1: /* mostly at the same moment */
        return random_next(seed) % 8 == 0 ? any * 4 : 0;
    case 2: /* evenly, too fast */
        return scale / 2;
    default: /* all sorts */
        return random_next(seed) % 16 == 0 ? any * 64 : any / 4;
    }
}

#endif
