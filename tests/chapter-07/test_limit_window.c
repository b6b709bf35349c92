/* limit_rule: what the sliding window takes for granted, and how far it is off. */
#include "fixture.h"

#include "limit_log.h"

static const struct {
    double rate;
    int burst;
} rules[] = {{1, 1}, {10, 10}, {100, 20}, {2, 7}, {500, 3}, {50, 100}};
#define RULES (sizeof rules / sizeof *rules)

#define MS 10000u /* ticks of a millisecond */

/* What the header says: `before` requests of the window before now's, `count` of
 * this one, taken from the log, which has forgotten nothing. */
struct estimate {
    int before, count;
    double elapsed; /* share of the window */
};

static struct estimate estimate_at(const struct limit_log *log,
                                   uint64_t window, uint64_t now_ms)
{
    struct estimate e = {0, 0, (double)(now_ms * MS % window) / (double)window};
    uint64_t number = now_ms * MS / window;

    for (int i = 0; i < log->count; i++) {
        e.before += log->at_ms[i] * MS / window + 1 == number;
        e.count += log->at_ms[i] * MS / window == number;
    }
    return e;
}

static double weight(const struct estimate *e)
{
    return e->before * (1 - e->elapsed) + e->count;
}

/* However the requests came, the decision is the formula's, and the formula is as
 * close to the truth as the header says. */
static void decides_by_the_formula_and_that_is_near_the_truth(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    for (int pattern = 0; pattern < 24; pattern++)
        for (size_t i = 0; i < RULES; i++) {
            static struct limit_log log;
            struct limit_client c = limit_client(
                RATE_LIMIT_SLIDING_WINDOW, rules[i].rate, rules[i].burst);
            uint64_t window = c.rule.window, now = window / MS * 5;

            log.count = 0;
            for (int n = 0; n < 400; n++) {
                struct estimate e;
                double sum;
                int truth;

                now += limit_pause(&seed, pattern,
                                   1 + (uint64_t)(1000 / rules[i].rate));
                e = estimate_at(&log, window, now);
                sum = weight(&e);
                truth = limit_log_between(&log, now - window / MS, now);
                assert_true(truth - sum <= e.before * e.elapsed + 1e-6);
                assert_true(sum - truth <= e.before * (1 - e.elapsed) + 1e-6);
                assert_true(truth < 2 * rules[i].burst);
                if (limit_client_ask(&c, now).allowed) {
                    assert_true(sum + 1 <= rules[i].burst + 1e-6);
                    limit_log_add(&log, now);
                } else {
                    assert_true(sum + 1 > rules[i].burst - 1e-6);
                }
            }
        }
}

/* The worst that can happen: a burst at the end of a window, and all that the
 * next one gives until just before its end. A fixed window would give the second
 * burst at once. */
static void the_worst_case_is_nearly_twice_the_burst(void **state)
{
    struct limit_client c = limit_client(RATE_LIMIT_SLIDING_WINDOW, 10, 10);
    static struct limit_log log;

    (void)state;
    for (uint64_t now = 999; now < 1999; now++)
        while (limit_client_ask(&c, now).allowed)
            limit_log_add(&log, now);
    assert_int_equal(limit_log_between(&log, 998, 1000), 10);
    assert_int_equal(limit_log_between(&log, 998, 1099), 10);
    assert_int_equal(limit_log_between(&log, 998, 1100), 11);
    assert_int_equal(limit_log_between(&log, 998, 1998), 19);
    limit_log_check(&log, 10, 10);
}

static void refused_requests_do_not_count(void **state)
{
    struct limit_client c = limit_client(RATE_LIMIT_SLIDING_WINDOW, 2, 2);

    (void)state;
    assert_true(limit_client_ask(&c, 0).allowed);
    assert_true(limit_client_ask(&c, 0).allowed);
    for (uint64_t now = 1; now < 1500; now++)
        assert_false(limit_client_ask(&c, now).allowed);
    assert_true(limit_client_ask(&c, 1500).allowed);
}

static void windows_without_a_request_are_windows_too(void **state)
{
    (void)state;
    for (uint64_t pause = 1; pause < 5; pause++) {
        struct limit_client c = limit_client(RATE_LIMIT_SLIDING_WINDOW, 4, 4);
        int passed = 0;

        for (int n = 0; n < 4; n++)
            assert_true(limit_client_ask(&c, 500).allowed);
        for (int n = 0; n < 9; n++) /* the middle of a later window */
            passed += limit_client_ask(&c, 500 + pause * 1000).allowed;
        assert_int_equal(passed, pause == 1 ? 2 : 4);
    }
}

/* Another process is a little ahead: it has begun the next window already. */
static void a_clock_that_is_behind_waits_for_the_window(void **state)
{
    struct limit_client c = limit_client(RATE_LIMIT_SLIDING_WINDOW, 2, 2);
    struct limit_verdict v;

    (void)state;
    assert_true(limit_client_ask(&c, 900).allowed);
    assert_true(limit_client_ask(&c, 1000).allowed); /* 1 * 1 + 0 + 1 <= 2 */
    v = limit_client_ask(&c, 990);
    assert_false(v.allowed);
    assert_true(limit_client_peek(&c, 990 + v.wait_ms).allowed);
    assert_false(limit_client_peek(&c, 990 + v.wait_ms - 1).allowed);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(decides_by_the_formula_and_that_is_near_the_truth),
        fixture_test(the_worst_case_is_nearly_twice_the_burst),
        fixture_test(refused_requests_do_not_count),
        fixture_test(windows_without_a_request_are_windows_too),
        fixture_test(a_clock_that_is_behind_waits_for_the_window),
    };

    return fixture_run("limit_rule: sliding window", tests);
}
