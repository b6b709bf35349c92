/* breaker: opens, rests, tries. */
#include "tried.h"

static void a_healthy_backend_gets_all(void **state)
{
    struct breaker b = five_in_ten();

    (void)state;
    for (uint64_t now = 0; now < 100; now++) {
        expect_ticket(&b, now, BREAKER_PASSED);
        breaker_report(&b, BREAKER_PASSED, 1, now);
    }
}

static void five_failures_open_it(void **state)
{
    struct breaker b = five_in_ten();

    (void)state;
    fail_all(&b, 5, 0, 1000);
    expect_ticket(&b, 4000, BREAKER_REFUSED);
    expect_ticket(&b, 5000, BREAKER_REFUSED);
}

static void it_stays_open_for_its_time(void **state)
{
    struct breaker b = five_in_ten();

    (void)state;
    fail_all(&b, 5, 0, 1000);
    expect_ticket(&b, 33999, BREAKER_REFUSED);
    expect_ticket(&b, 34000, BREAKER_TRIAL);
}

static void one_request_tries_it(void **state)
{
    struct breaker b = five_in_ten();

    (void)state;
    fail_all(&b, 5, 0, 1000);
    expect_ticket(&b, 34100, BREAKER_TRIAL);
    expect_ticket(&b, 34100, BREAKER_REFUSED);
    expect_ticket(&b, 99000, BREAKER_REFUSED);
}

static void a_good_trial_closes_it(void **state)
{
    struct breaker b = five_in_ten();

    (void)state;
    fail_all(&b, 5, 0, 1000);
    expect_ticket(&b, 34100, BREAKER_TRIAL);
    breaker_report(&b, BREAKER_TRIAL, 1, 34200);
    expect_ticket(&b, 34200, BREAKER_PASSED);
    expect_ticket(&b, 34300, BREAKER_PASSED);
}

static void a_bad_trial_opens_it_again(void **state)
{
    struct breaker b = five_in_ten();

    (void)state;
    fail_all(&b, 5, 0, 1000);
    expect_ticket(&b, 34100, BREAKER_TRIAL);
    breaker_report(&b, BREAKER_TRIAL, 0, 34200);
    expect_ticket(&b, 34200, BREAKER_REFUSED);
    expect_ticket(&b, 64199, BREAKER_REFUSED);
    expect_ticket(&b, 64200, BREAKER_TRIAL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_healthy_backend_gets_all),
        fixture_test(five_failures_open_it),
        fixture_test(it_stays_open_for_its_time),
        fixture_test(one_request_tries_it),
        fixture_test(a_good_trial_closes_it),
        fixture_test(a_bad_trial_opens_it_again),
    };

    return fixture_run("breaker", tests);
}
