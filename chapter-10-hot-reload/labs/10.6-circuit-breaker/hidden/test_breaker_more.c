/* breaker: the window, and answers that come late. */
#include "tried.h"

static void old_failures_do_not_count(void **state)
{
    struct breaker b = five_in_ten();

    (void)state;
    fail_all(&b, 50, 0, 2500);
    expect_ticket(&b, 122500, BREAKER_PASSED);
    breaker_report(&b, BREAKER_PASSED, 0, 122501);
    expect_ticket(&b, 122501, BREAKER_REFUSED);
}

static void a_success_takes_no_failure_back(void **state)
{
    struct breaker b = five_in_ten();

    (void)state;
    fail_all(&b, 4, 0, 1000);
    expect_ticket(&b, 3500, BREAKER_PASSED);
    breaker_report(&b, BREAKER_PASSED, 1, 3500);
    fail_all(&b, 1, 4000, 0);
    expect_ticket(&b, 4000, BREAKER_REFUSED);
}

static void a_good_trial_forgets_all_failures(void **state)
{
    struct breaker b;

    (void)state;
    breaker_init(&b, 5, 10000, 100);
    fail_all(&b, 5, 0, 1);
    expect_ticket(&b, 200, BREAKER_TRIAL);
    breaker_report(&b, BREAKER_TRIAL, 1, 200);
    fail_all(&b, 4, 201, 1);
    expect_ticket(&b, 205, BREAKER_PASSED);
}

static void late_answers_say_nothing(void **state)
{
    struct breaker b = five_in_ten();

    (void)state;
    expect_ticket(&b, 0, BREAKER_PASSED);
    fail_all(&b, 5, 0, 1000);
    for (uint64_t at = 5000; at < 34000; at += 1000)
        breaker_report(&b, BREAKER_PASSED, at % 2000 == 0, at);
    expect_ticket(&b, 33999, BREAKER_REFUSED);
    expect_ticket(&b, 34000, BREAKER_TRIAL);
    breaker_report(&b, BREAKER_PASSED, 1, 34001);
    expect_ticket(&b, 34002, BREAKER_REFUSED);
    breaker_report(&b, BREAKER_PASSED, 0, 34003);
    breaker_report(&b, BREAKER_TRIAL, 1, 34004);
    expect_ticket(&b, 34005, BREAKER_PASSED);
}

static void one_failure_may_be_enough(void **state)
{
    struct breaker b;

    (void)state;
    breaker_init(&b, 1, 1000, 1000);
    fail_all(&b, 1, 7, 0);
    expect_ticket(&b, 7, BREAKER_REFUSED);
    expect_ticket(&b, 1007, BREAKER_TRIAL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(old_failures_do_not_count),
        fixture_test(a_success_takes_no_failure_back),
        fixture_test(a_good_trial_forgets_all_failures),
        fixture_test(late_answers_say_nothing),
        fixture_test(one_failure_may_be_enough),
    };

    return fixture_run("breaker_more", tests);
}
