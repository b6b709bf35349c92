#ifndef LIMIT_RULE_H
#define LIMIT_RULE_H

#include <stdint.h>

/* limit_rule: may one more request pass? The arithmetic of both algorithms,
 * which knows neither clients nor clocks nor who else is asking.
 *
 * What it remembers of a client is one number of 56 bits, the value: it is given
 * the old one and says the new one.
 *
 *     token bucket     | theoretical arrival time: 56 bits, in ticks |
 *     sliding window   | window 16 | requests before 20 | in it 20 |
 *
 * Both hold: in no span of t seconds more than rate * t + burst requests pass.
 * Refused requests do not count.
 *
 * Token bucket. A bucket holds `burst` tokens and gets `rate` new ones a second;
 * a request takes one, and passes only if there is one. Instead of tokens and the
 * time of the last look we keep one time: when the bucket will be full again
 * (the generic cell rate algorithm of ITU-T I.371 calls it the theoretical
 * arrival time). A token is 1 / rate seconds of it.
 *
 * Sliding window. A window is as long as `burst` requests at `rate` take, and
 * `burst` (without its fraction) may pass in it. What passed in the window before
 * counts by the share of it that the last window's length still covers:
 *
 *     before * (1 - elapsed / window) + now + 1 <= burst
 *
 * That takes the requests of the window before as evenly spread. The true number
 * in the last window's length lies between `before * elapsed / window` above that
 * estimate and `before * (1 - elapsed / window)` below it: less than `burst` off,
 * so always less than twice `burst`. One of `burst` is lost under pressure: with
 * a burst of 1 half the rate passes, with 20 it is 95 %.
 *
 * Times are ticks of 100 ns; lengths are rounded up, so a rate is never exceeded,
 * and missed by 0.1 % at 10,000 a second. */

typedef enum {
    RATE_LIMIT_TOKEN_BUCKET,
    RATE_LIMIT_SLIDING_WINDOW
} RateLimitAlgorithm;

#define LIMIT_RATE_MAX  1000000.0 /* requests per second */
#define LIMIT_BURST_MAX 1000000.0 /* requests; the least is 1 */
#define LIMIT_FILL_MAX  604800.0  /* seconds that burst / rate may be: a week */

struct limit_rule {
    RateLimitAlgorithm algorithm;
    uint64_t interval;  /* token bucket: ticks that a token takes */
    uint64_t tolerance; /* how far the arrival time may lie ahead */
    uint64_t window;    /* sliding window: its ticks */
    uint64_t burst;     /* whole requests in it */
    uint64_t memory_ms; /* after so long without a request all is as new */
};

struct limit_verdict {
    int allowed;
    uint64_t value;   /* allowed: to be remembered from now on */
    uint64_t wait_ms; /* refused: so much later it would be allowed */
};

/* 0, or -1 if a number is none, or out of its range. */
int limit_rule_init(struct limit_rule *rule, RateLimitAlgorithm algorithm,
                    double rate, double burst);

/* `value` is what is remembered of the client, NULL for a new one. Time that
 * goes back is never to anybody's advantage. */
struct limit_verdict limit_rule_ask(const struct limit_rule *rule,
                                    const uint64_t *value, uint64_t now_ms);

#endif
