/* What hostile submissions are tried on: a function, and a program. */
#include "answer.h"
#include "expect.h"
#include "fixture.h"
#include "program.h"

static void the_answer_is_right(void **state)
{
    (void)state;
    expect_int("the answer", answer(), 42);
}

static void the_program_says_it(void **state)
{
    const char *argv[] = {lab_program("ask"), NULL};
    struct run r = program_run(argv, NULL, 0);

    (void)state;
    expect_text("what it prints", r.out, "42\n");
    expect_int("its exit status", r.status, 0);
    run_free(&r);
}

static void nothing_is_wrong(void **state)
{
    (void)state;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_answer_is_right),
        fixture_test(the_program_says_it),
        fixture_test(nothing_is_wrong),
    };

    return fixture_run("victim", tests);
}
