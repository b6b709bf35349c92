#include "limit_rule.h"

#include <stddef.h>

#define TICKS_PER_S  10000000.0
#define TICKS_PER_MS 10000u

/* ---- the rule ----------------------------------------------------------- */

static uint64_t up_to_ms(uint64_t ticks)
{
    return ticks / TICKS_PER_MS + (ticks % TICKS_PER_MS != 0);
}

/* To the next whole tick; far below 2^53, so a double holds it exactly. */
static uint64_t up_to_ticks(double ticks)
{
    uint64_t whole = (uint64_t)ticks;

    return whole + ((double)whole < ticks);
}

/* Written so that it refuses what is not a number, too. */
static int is_in(double x, double min, double max)
{
    return x >= min && x <= max;
}

int limit_rule_init(struct limit_rule *rule, RateLimitAlgorithm algorithm,
                    double rate, double burst)
{
    double tick_per_request;

    if (!is_in(rate, 0, LIMIT_RATE_MAX) || !is_in(burst, 1, LIMIT_BURST_MAX) ||
        !is_in(burst, 0, rate * LIMIT_FILL_MAX))
        return -1;
    if (algorithm != RATE_LIMIT_TOKEN_BUCKET &&
        algorithm != RATE_LIMIT_SLIDING_WINDOW)
        return -1;
    tick_per_request = TICKS_PER_S / rate;
    rule->algorithm = algorithm;
    rule->interval = up_to_ticks(tick_per_request);
    rule->tolerance = (uint64_t)((burst - 1) * (double)rule->interval);
    rule->burst = (uint64_t)burst;
    rule->window = up_to_ticks((double)rule->burst * tick_per_request);
    rule->memory_ms = up_to_ms(algorithm == RATE_LIMIT_TOKEN_BUCKET
                                   ? rule->tolerance + rule->interval
                                   : 2 * rule->window);
    return 0;
}

static struct limit_verdict allow(uint64_t value)
{
    struct limit_verdict verdict = {1, value, 0};

    return verdict;
}

static struct limit_verdict refuse(uint64_t ticks)
{
    struct limit_verdict verdict = {0, 0, up_to_ms(ticks)};

    return verdict;
}

/* ---- token bucket ------------------------------------------------------- */

#define TIME_MASK ((UINT64_C(1) << 56) - 1)

/* How far a time lies ahead of now, both of 56 bits; 0 if it has passed. They
 * are never further apart than half of all times: 114 years. */
static uint64_t ticks_ahead(uint64_t time, uint64_t now)
{
    uint64_t ahead = (time - now) & TIME_MASK;

    return ahead > TIME_MASK / 2 ? 0 : ahead;
}

static struct limit_verdict ask_bucket(const struct limit_rule *rule,
                                       const uint64_t *full_at, uint64_t now)
{
    uint64_t ahead = full_at != NULL ? ticks_ahead(*full_at, now) : 0;

    /* More can't be missing, unless the rule was another one until now. */
    if (ahead > rule->tolerance + rule->interval)
        ahead = rule->tolerance + rule->interval;
    if (ahead > rule->tolerance)
        return refuse(ahead - rule->tolerance);
    return allow((now + ahead + rule->interval) & TIME_MASK);
}

/* ---- sliding window ----------------------------------------------------- */

struct window {
    uint64_t number;  /* counted since the clock's zero; 16 bits are kept */
    uint64_t elapsed; /* ticks */
    uint64_t early;   /* ticks until it begins, if time has gone back */
    uint64_t before, count; /* requests in the window before it, and in it */
};

#define NUMBER_MASK  UINT64_C(0xffff)
#define REQUEST_MASK UINT64_C(0xfffff)

static uint64_t pack(const struct window *w)
{
    return (w->number & NUMBER_MASK) << 40 | w->before << 20 | w->count;
}

/* The window in which `now` lies, with what is remembered of it. */
static struct window window_at(const struct limit_rule *rule,
                               const uint64_t *value, uint64_t now)
{
    struct window w = {now / rule->window, now % rule->window, 0, 0, 0};
    uint64_t count, age;

    if (value == NULL)
        return w;
    count = *value & REQUEST_MASK;
    age = (w.number - (*value >> 40)) & NUMBER_MASK;
    if (age == 1) {
        w.before = count;
    } else if (age == 0 || age > NUMBER_MASK / 2) {
        w.before = *value >> 20 & REQUEST_MASK;
        w.count = count;
    }
    if (age > NUMBER_MASK / 2) { /* time has gone back: wait for that window */
        age = NUMBER_MASK + 1 - age;
        w.number += age;
        w.early = age * rule->window - w.elapsed;
        w.elapsed = 0;
    }
    return w;
}

/* So many ticks after its beginning a window has room for one more: when `before`
 * requests weigh no more than `room`. At its end at the latest. */
static uint64_t has_room_at(const struct limit_rule *rule, uint64_t before,
                            uint64_t room)
{
    return before <= room ? 0 : rule->window - room * rule->window / before;
}

/* When there is room if there is none now, in ticks since the window began. */
static uint64_t next_room(const struct limit_rule *rule, const struct window *w)
{
    uint64_t at = rule->window;

    if (w->count < rule->burst)
        at = has_room_at(rule, w->before, rule->burst - 1 - w->count);
    if (at < rule->window)
        return at;
    return rule->window + has_room_at(rule, w->count, rule->burst - 1);
}

static struct limit_verdict ask_window(const struct limit_rule *rule,
                                       const uint64_t *value, uint64_t now)
{
    struct window w = window_at(rule, value, now);
    uint64_t room;

    /* before * (window - elapsed) / window + count + 1 <= burst, without
     * fractions: no product is above 2^63. */
    if (w.count < rule->burst) {
        room = rule->burst - 1 - w.count;
        if (w.before * (rule->window - w.elapsed) <= room * rule->window) {
            w.count++;
            return allow(pack(&w));
        }
    }
    return refuse(w.early + next_room(rule, &w) - w.elapsed);
}

struct limit_verdict limit_rule_ask(const struct limit_rule *rule,
                                    const uint64_t *value, uint64_t now_ms)
{
    uint64_t now = now_ms * TICKS_PER_MS;

    return rule->algorithm == RATE_LIMIT_TOKEN_BUCKET
               ? ask_bucket(rule, value, now)
               : ask_window(rule, value, now);
}
