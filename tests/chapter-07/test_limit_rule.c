/* limit_rule: both algorithms, against an exact log; the token bucket against an
 * exact bucket. */
#include "fixture.h"

#include "limit_log.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const RateLimitAlgorithm both[] = {RATE_LIMIT_TOKEN_BUCKET,
                                          RATE_LIMIT_SLIDING_WINDOW};

static const struct {
    double rate, burst;
} rules[] = {
    {1, 1}, {10, 1}, {100, 20}, {3, 7}, {0.5, 2}, {0.3, 3.7}, {7, 2.5},
    {1000, 1}, {250, 500}, {33.3, 10}, {1000, 3}, {0.01, 100},
};
#define RULES (sizeof rules / sizeof *rules)

/* ---- ranges -------------------------------------------------------------- */

static void takes_numbers_in_their_ranges_only(void **state)
{
    static const struct {
        double rate, burst;
        int is_fit;
    } cases[] = {
        {1, 1, 1}, {1e6, 1e6, 1}, {1e6, 1, 1}, {1 / 604800.0, 1, 1},
        {1, 604800, 1}, {0, 1, 0}, {-1, 1, 0}, {1, 0, 0}, {1, 0.99, 0},
        {1, -1, 0}, {1000001, 1, 0}, {1, 1000001, 0}, {1, 604801, 0},
        {1 / 604801.0, 1, 0}, {DBL_MIN, 1, 0}, {DBL_MAX, 1, 0},
        {1, DBL_MAX, 0}, {HUGE_VAL, 1, 0}, {1, HUGE_VAL, 0},
        {-HUGE_VAL, 1, 0},
    };
    struct limit_rule rule;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int a = 0; a < 2; a++) {
            int fit = limit_rule_init(&rule, both[a], cases[i].rate,
                                      cases[i].burst) == 0;

            if (fit != cases[i].is_fit)
                print_error("%g %g\n", cases[i].rate, cases[i].burst);
            assert_int_equal(fit, cases[i].is_fit);
        }
    assert_int_equal(limit_rule_init(&rule, both[0], HUGE_VAL - HUGE_VAL, 1), -1);
    assert_int_equal(limit_rule_init(&rule, both[0], 1, HUGE_VAL - HUGE_VAL), -1);
    assert_int_equal(limit_rule_init(&rule, (RateLimitAlgorithm)2, 1, 1), -1);
}

/* ---- never too much ------------------------------------------------------ */

static void lets_no_more_pass_than_rate_and_burst(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    for (int pattern = 0; pattern < 40; pattern++)
        for (size_t i = 0; i < RULES; i++)
            for (int a = 0; a < 2; a++) {
                static struct limit_log log;
                uint64_t scale = 1 + (uint64_t)(1000 / rules[i].rate), now = 0;
                struct limit_client c =
                    limit_client(both[a], rules[i].rate, rules[i].burst);

                log.count = 0;
                for (int n = 0; n < 400; n++) {
                    now += limit_pause(&seed, pattern, scale);
                    if (limit_client_ask(&c, now).allowed)
                        limit_log_add(&log, now);
                }
                assert_true(log.count > 0);
                limit_log_check(&log, rules[i].rate, rules[i].burst);
            }
}

/* Steadily asked for too much, it gives what it promises: the bucket all of the
 * rate, the window all but one request of each window. */
static void gives_the_rate_to_who_asks_for_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < RULES; i++)
        for (int a = 0; a < 2; a++) {
            double rate = rules[i].rate, burst = rules[i].burst, least;
            uint64_t step = 1 + (uint64_t)(100 / rate), now;
            struct limit_client c = limit_client(both[a], rate, burst);
            double seconds = 300 / rate + 3 * burst / rate;
            int passed = 0;

            if (rate > 300)
                continue; /* the clock is too coarse to ask for more */
            for (now = 0; now < (uint64_t)(seconds * 1000); now += step)
                passed += limit_client_ask(&c, now).allowed;
            least = rate; /* of the window's, one in each is lost */
            if (a == 1)
                least *= burst < 2 ? 0.5 : 1 - 1.0 / (int)burst;
            if (passed < least * seconds * 0.9 - 1)
                failure("%d passed in %g s at %g/s with a burst of %g", passed,
                        seconds, rate, burst);
        }
}

/* ---- the exact bucket ---------------------------------------------------- */

/* Tokens counted in ticks, the plain way: a level, and when it was true. */
struct bucket {
    uint64_t level, at_ms;
};

static int bucket_takes(struct bucket *b, const struct limit_rule *rule,
                        uint64_t now_ms)
{
    uint64_t full = rule->tolerance + rule->interval;

    b->level += (now_ms - b->at_ms) * 10000;
    b->at_ms = now_ms;
    if (b->level > full)
        b->level = full;
    if (b->level < rule->interval)
        return 0;
    b->level -= rule->interval;
    return 1;
}

static void the_arrival_time_is_a_bucket(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    for (int pattern = 0; pattern < 40; pattern++)
        for (size_t i = 0; i < RULES; i++) {
            struct limit_client c = limit_client(
                RATE_LIMIT_TOKEN_BUCKET, rules[i].rate, rules[i].burst);
            struct bucket exact = {c.rule.tolerance + c.rule.interval, 0};
            uint64_t scale = 1 + (uint64_t)(1000 / rules[i].rate), now = 0;

            for (int n = 0; n < 1000; n++) {
                now += limit_pause(&seed, pattern, scale);
                assert_int_equal(limit_client_ask(&c, now).allowed,
                                 bucket_takes(&exact, &c.rule, now));
            }
        }
}

/* ---- when to come again -------------------------------------------------- */

static void who_waits_as_told_gets_in_and_not_before(void **state)
{
    uint32_t seed = random_seed();
    int refused = 0;

    (void)state;
    for (int pattern = 0; pattern < 40; pattern++)
        for (size_t i = 0; i < RULES; i++)
            for (int a = 0; a < 2; a++) {
                uint64_t scale = 1 + (uint64_t)(1000 / rules[i].rate), now = 0;
                struct limit_client c =
                    limit_client(both[a], rules[i].rate, rules[i].burst);

                for (int n = 0; n < 300; n++) {
                    struct limit_verdict v;

                    now += limit_pause(&seed, pattern, scale);
                    v = limit_client_ask(&c, now);
                    if (v.allowed) {
                        assert_int_equal(v.wait_ms, 0);
                        continue;
                    }
                    refused++;
                    assert_true(v.wait_ms > 0);
                    assert_true(limit_client_peek(&c, now + v.wait_ms).allowed);
                    assert_false(
                        limit_client_peek(&c, now + v.wait_ms - 1).allowed);
                }
            }
    assert_true(refused > 10000);
}

/* ---- time ---------------------------------------------------------------- */

static void a_burst_passes_while_time_stands_still(void **state)
{
    static const uint64_t times[] = {0, 1, 12345678, UINT64_MAX / 3,
                                     UINT64_MAX};

    (void)state;
    for (size_t t = 0; t < sizeof times / sizeof *times; t++)
        for (size_t i = 0; i < RULES; i++)
            for (int a = 0; a < 2; a++) {
                struct limit_client c =
                    limit_client(both[a], rules[i].rate, rules[i].burst);
                int passed = 0;

                for (int n = 0; n < 2000; n++)
                    passed += limit_client_ask(&c, times[t]).allowed;
                assert_int_equal(passed, (int)rules[i].burst);
            }
}

/* Processes read the clock at slightly different times; and a clock may fail. */
static void going_back_in_time_gives_nothing(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    for (size_t i = 0; i < RULES; i++)
        for (int a = 0; a < 2; a++) {
            struct limit_client c =
                limit_client(both[a], rules[i].rate, rules[i].burst);
            uint64_t scale = 1 + (uint64_t)(10000 / rules[i].rate);
            uint64_t now = 100 * scale, first = now, last = now;
            int passed = 0;

            for (int n = 0; n < 3000; n++) {
                now += random_next(&seed) % scale;
                now -= random_next(&seed) % scale;
                first = now < first ? now : first;
                last = now > last ? now : last;
                passed += limit_client_ask(&c, now).allowed;
            }
            assert_true(passed <= (double)(last - first) / 1000 *
                                      rules[i].rate + rules[i].burst + 1e-6);
        }
}

static void after_a_long_pause_it_is_as_new(void **state)
{
    (void)state;
    for (size_t i = 0; i < RULES; i++)
        for (int a = 0; a < 2; a++) {
            struct limit_client c =
                limit_client(both[a], rules[i].rate, rules[i].burst);
            uint64_t now = 5000;

            for (int round = 0; round < 3; round++) {
                int passed = 0;

                for (int n = 0; n < 2000; n++)
                    passed += limit_client_ask(&c, now).allowed;
                assert_int_equal(passed, (int)rules[i].burst);
                now += c.rule.memory_ms;
            }
        }
}

/* ---- the extremes -------------------------------------------------------- */

static void the_fastest_and_the_slowest_rates_hold(void **state)
{
    static const struct {
        double rate, burst;
        uint64_t step_ms;
    } extreme[] = {
        {1e6, 1, 1}, {1e6, 1000, 1}, {700000, 1000, 1},
        {1 / 604800.0, 1, 3600000}, {1e6 / 604800.0, 1e6, 600000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof extreme / sizeof *extreme; i++)
        for (int a = 0; a < 2; a++) {
            double rate = extreme[i].rate, burst = extreme[i].burst;
            struct limit_client c = limit_client(both[a], rate, burst);
            double passed = 0;
            uint64_t now = 0;

            for (int n = 0; n < 4000; n++, now += extreme[i].step_ms)
                for (int at_once = 0; at_once < 1000; at_once++) {
                    if (!limit_client_ask(&c, now).allowed)
                        break;
                    passed++;
                }
            assert_true(passed >= 1);
            assert_true(passed <= rate * (double)now / 1000 + burst);
        }
}

/* A rule that has become another one: no more than a whole burst is missing. */
static void a_new_rule_forgives_what_it_could_not_have_known(void **state)
{
    struct limit_client c = limit_client(RATE_LIMIT_TOKEN_BUCKET, 0.01, 10);

    (void)state;
    for (int n = 0; n < 20; n++)
        limit_client_ask(&c, 0);
    assert_int_equal(limit_rule_init(&c.rule, c.rule.algorithm, 100, 10), 0);
    assert_int_equal(limit_client_ask(&c, 1).wait_ms, 10);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(takes_numbers_in_their_ranges_only),
        fixture_test(lets_no_more_pass_than_rate_and_burst),
        fixture_test(gives_the_rate_to_who_asks_for_more),
        fixture_test(the_arrival_time_is_a_bucket),
        fixture_test(who_waits_as_told_gets_in_and_not_before),
        fixture_test(a_burst_passes_while_time_stands_still),
        fixture_test(going_back_in_time_gives_nothing),
        fixture_test(after_a_long_pause_it_is_as_new),
        fixture_test(the_fastest_and_the_slowest_rates_hold),
        fixture_test(a_new_rule_forgives_what_it_could_not_have_known),
    };

    return fixture_run("limit_rule", tests);
}
