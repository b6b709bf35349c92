/* client_limit: who gets through, and when. */
#include "fixture.h"
#include "clients.h"

#define A "192.0.2.1"
#define B "192.0.2.10"

static void as_many_as_allowed_pass(void **state)
{
    (void)state;
    begin(3);
    for (int i = 0; i < 3; i++)
        expect_answer(A, (uint64_t)i, 0);
    expect_answer(A, 3, 429);
    expect_answer(A, 999, 429);
    end();
}

static void each_client_has_its_own(void **state)
{
    (void)state;
    begin(2);
    expect_answer(A, 0, 0);
    expect_answer(A, 10, 0);
    expect_answer(B, 10, 0);
    expect_answer(A, 999, 429);
    expect_answer(B, 999, 0);
    end();
}

static void a_new_second_begins_anew(void **state)
{
    (void)state;
    begin(2);
    expect_answer(A, 0, 0);
    expect_answer(A, 10, 0);
    expect_answer(A, 999, 429);
    expect_answer(A, 1000, 0);
    expect_answer(A, 1001, 0);
    expect_answer(A, 1002, 429);
    expect_answer(A, 5000, 0);
    end();
}

static void who_is_refused_hears_why(void **state)
{
    (void)state;
    begin(1);
    expect_answer(A, 0, 0);
    expect_that("the failure of one that passed", last.failure == NULL,
                "none");
    expect_answer(A, 1, 429);
    expect_that("the failure of one that was refused", last.failure != NULL,
                "a text for the log");
    expect_int("its retry_after_s", last.retry_after_s, 1);
    end();
}

static void no_limit_lets_all_pass(void **state)
{
    (void)state;
    begin(0);
    for (int i = 0; i < 5000; i++)
        expect_answer(A, 0, 0);
    end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(as_many_as_allowed_pass),
        fixture_test(each_client_has_its_own),
        fixture_test(a_new_second_begins_anew),
        fixture_test(who_is_refused_hears_why),
        fixture_test(no_limit_lets_all_pass),
    };

    return fixture_run("client_limit", tests);
}
