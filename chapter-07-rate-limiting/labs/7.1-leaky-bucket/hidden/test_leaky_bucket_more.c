/* leaky_bucket: rounding, and numbers that nobody expects. */
#include "ask.h"
#include "fixture.h"

#include <limits.h>

static void delays_are_rounded_up(void **state)
{
    struct client c = {3, 10, 0};

    (void)state;
    expect_pass(&c, 0, 0);
    expect_pass(&c, 0, 334);
    expect_pass(&c, 0, 667);
    expect_pass(&c, 0, 1001);
}

static void the_rate_is_never_exceeded(void **state)
{
    struct client c = {7, 5, 0};
    int left = 0;

    (void)state;
    for (uint64_t now = 0; now < 10000; now++) {
        uint64_t delay = 0;

        if (ask(&c, now, &delay))
            left += now + delay < 10000;
    }
    expect_int("rate 7, a request each ms: how many leave within 10 s", left,
               70);
}

static void a_thousand_a_second_and_more(void **state)
{
    static const uint64_t delay[] = {0, 1, 1, 1, 1, 2, 2, 2, 2, 3};
    struct client c = {4000, 100, 0}, fastest = {1000000, 5000, 0};

    (void)state;
    for (int i = 0; i < 10; i++)
        expect_pass(&c, 0, delay[i]);
    for (int i = 0; i <= 1000; i++)
        expect_pass(&fastest, 0, i == 0 ? 0 : 1);
    expect_pass(&fastest, 0, 2);
}

static void with_no_burst_nobody_waits(void **state)
{
    struct client c = {10, 0, 0};

    (void)state;
    expect_pass(&c, 0, 0);
    expect_refusal(&c, 0);
    expect_refusal(&c, 99);
    expect_pass(&c, 100, 0);
}

static void a_large_burst_does_not_overflow(void **state)
{
    struct client c = {0.0001, INT_MAX, 0};

    (void)state;
    for (uint64_t i = 0; i < 100; i++)
        expect_pass(&c, 5, 10000000 * i);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(delays_are_rounded_up),
        fixture_test(the_rate_is_never_exceeded),
        fixture_test(a_thousand_a_second_and_more),
        fixture_test(with_no_burst_nobody_waits),
        fixture_test(a_large_burst_does_not_overflow),
    };

    return fixture_run("leaky_bucket_more", tests);
}
