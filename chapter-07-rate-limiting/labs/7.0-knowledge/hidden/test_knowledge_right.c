/* The answers. Where the course has code that knows, that code is asked. */
#include "answers.h"
#include "expect.h"
#include "fixture.h"
#include "rate_limiter.h"

/* How many of `tries` requests at this moment pass. */
static int passing(rate_limiter_t *limiter, int tries, uint64_t now_ms)
{
    int passed = 0;

    for (int i = 0; i < tries; i++)
        passed += rate_limiter_allow_at(limiter, "192.0.2.1", now_ms);
    return passed;
}

static void a_bucket_fills_by_the_rate(void **state)
{
    rate_limiter_t *limiter =
        rate_limiter_create(RATE_LIMIT_TOKEN_BUCKET, 10, 5);
    int first = passing(limiter, 8, 1000000);
    int second = passing(limiter, 8, 1000250);

    (void)state;
    rate_limiter_destroy(limiter);
    expect_answer_number("at_once", first);
    expect_answer_number("later", second);
}

static void a_token_takes_its_time(void **state)
{
    rate_limiter_t *limiter =
        rate_limiter_create(RATE_LIMIT_TOKEN_BUCKET, 10, 5);
    uint64_t wait = 0;

    (void)state;
    passing(limiter, 5, 1000000);
    rate_limiter_ask(limiter, "192.0.2.1", 1000000, &wait);
    rate_limiter_destroy(limiter);
    expect_answer_number("wait_ms", (double)wait);
}

static void rate_times_time_and_the_burst(void **state)
{
    (void)state;
    expect_answer_number("in_a_minute", 10 * 60 + 5);
}

static void a_fixed_window_has_edges(void **state)
{
    (void)state;
    expect_answer_number("at_the_edge", 2 * 100);
}

static void what_was_before_counts_by_its_share(void **state)
{
    rate_limiter_t *limiter =
        rate_limiter_create(RATE_LIMIT_SLIDING_WINDOW, 10, 10);
    int before = passing(limiter, 10, 1000900);
    int more = passing(limiter, 10, 1001100);

    (void)state;
    rate_limiter_destroy(limiter);
    expect_int("requests that pass at first", before, 10);
    expect_answer_number("sliding", more);
}

static void the_answer_says_when(void **state)
{
    (void)state;
    expect_answer_number("status", 429);
    expect_answer("field", "Retry-After");
}

static void an_address_is_not_a_person(void **state)
{
    (void)state;
    expect_answer("school", "one|1");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_bucket_fills_by_the_rate),
        fixture_test(a_token_takes_its_time),
        fixture_test(rate_times_time_and_the_burst),
        fixture_test(a_fixed_window_has_edges),
        fixture_test(what_was_before_counts_by_its_share),
        fixture_test(the_answer_says_when),
        fixture_test(an_address_is_not_a_person),
    };

    return fixture_run("knowledge_right", tests);
}
