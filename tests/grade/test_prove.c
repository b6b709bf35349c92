/* What prove and bughunt say of labs that are in order, and of others. */
#include "fixture.h"
#include "graded.h"

#define MINE(name, condition)                                        \
    "#include \"answer.h\"\n#include \"expect.h\"\n"                 \
    "#include \"fixture.h\"\n"                                       \
    "static void " name "(void **state)\n"                           \
    "{ (void)state; expect_that(\"it\", " condition ", \"so\"); }\n" \
    "int main(void) { static const struct CMUnitTest tests[] = {\n"  \
    "    fixture_test(" name ") }; return fixture_run(\"mine\", tests); }\n"

static void spoil(const struct graded *g, const char *sed, const char *file)
{
    char script[1024];

    snprintf(script, sizeof script,
             "cd \"$1/lab\" && sed '%s' %s >new && mv new %s", sed, file, file);
    shell(script, g->top);
}

static void a_lab_in_order_is_proved(void **state)
{
    struct graded g;

    (void)state;
    graded_begin(&g);
    graded_by(&g, "prove", "RUNS=1");
    graded_has(&g, "3 tests, 6 points, starter 0, solution 6, sanitized 6");
    graded_has(&g, "    X  the_answer_is_right\n");
    assert_int_equal(g.status, 0);
    graded_end(&g);
}

static const struct {
    const char *sed, *file;
    const char *says;
} faults[] = {
    {"s/return 0/return 42/", "starter/answer.c", "gets full marks"},
    {"s/return 0/int n; return 0/", "starter/answer.c", "unused variable"},
    {"s/return 42/return 43/", "solution/answer.c", "cannot be made"},
    {"s/%d/%d?/", "solution/ask.c", "the_program_says_it"},
    {"s/^+    return 41/+    return 42/", "twins/one_less.patch",
     "twin one_less does not lose: the_answer_is_right"},
    {"s/^hint:.*/hint: 43/", "twins/one_less.patch",
     "twin one_less does not draw the hint: 43"},
    {"s/^kills:.*/kills: nobody/", "twins/one_less.patch",
     "no test has the name nobody"},
    {"s/^nothing_is_wrong.*//", "points", "is not in the file points"},
    {"s/^nothing_is/everything_is/", "points", "no suite has this test"},
    {"s/nothing_is_wrong            1/nothing_is_wrong x/", "points",
     "no number of points: x"},
    {"s/visible  the_answer/visible  an_answer/", "points",
     "no test above has this name: an_answer_is_right"},
    {"s/1  visible/1  seen/", "points",
     "neither visible, hidden nor after_due: seen"},
    {"s/1  visible/1  hidden/", "points", "is hidden, but stands in tests/"},
    {"s/^# test.*/    a hint/", "points", "a hint without a test: a hint"},
    {"s/^title/titel/", "lab", "no such key: titel"},
    {"s/^seconds: .*/seconds: x/", "lab", "not a number above 0: seconds"},
    {"s/^seconds: .*/suites: tests\\/none/", "lab",
     "tests/none.c: cannot be taken"},
};

static void a_lab_with_a_fault_is_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct graded g;

        graded_begin(&g);
        spoil(&g, faults[i].sed, faults[i].file);
        graded_by(&g, "prove", "RUNS=1");
        graded_has(&g, faults[i].says);
        assert_int_equal(g.status, 1);
        graded_end(&g);
    }
}

/* ---- bughunt ------------------------------------------------------------- */

static void hunt(const char *tests, int status, const char *says)
{
    struct graded g;

    graded_begin(&g);
    shell("mkdir \"$1/lab/mine\"", g.top);
    graded_write(&g, "lab/mine/test_mine.c", tests);
    graded_by(&g, "bughunt", "");
    graded_has(&g, says);
    assert_int_equal(g.status, status);
    graded_end(&g);
}

static void a_test_that_tells_the_twin_gets_its_point(void **state)
{
    (void)state;
    hunt(MINE("it_is_even", "answer() % 2 == 0"), 0,
         "1 of 1 points: 1 killed, 0 false alarms");
}

static void one_that_sees_nothing_gets_none(void **state)
{
    (void)state;
    hunt(MINE("it_is_above_10", "answer() > 10"), 1,
         "0 of 1 points: 0 killed, 0 false alarms");
}

static void a_false_alarm_gets_none(void **state)
{
    (void)state;
    hunt(MINE("it_is_43", "answer() == 43"), 1,
         "0 of 1 points: 0 killed, 1 false alarm");
}

/* A personal variant: the same seed, the same numbers, and other ones than in
 * the lab as it stands. */
static void a_seed_varies_the_lab(void **state)
{
    struct graded g;

    (void)state;
    graded_begin(&g);
    shell("sh \"$0/tests/grade/vary\" \"$1/lab\" alice \"$1/one\" && "
          "sh \"$0/tests/grade/vary\" \"$1/lab\" alice \"$1/two\" && "
          "diff -r \"$1/one\" \"$1/two\" && "
          "grep -q 'return 68' \"$1/one/solution/answer.c\" && "
          "grep -q '68' \"$1/one/tests/test_victim.c\" && "
          "rm -r \"$1/lab\" && mv \"$1/one\" \"$1/lab\"",
          g.top);
    graded_run(&g, "JOBS=1");
    graded_has(&g, "0 of 6 points"); /* the submission says 42 */
    shell("cp \"$1\"/two/solution/* \"$1/by\"", g.top);
    graded_run(&g, "JOBS=1");
    graded_has(&g, "6 of 6 points");
    graded_end(&g);
}

/* Those that are joined change together, whatever letters they have. */
static void words_that_are_joined_vary_together(void **state)
{
    struct graded g;

    (void)state;
    graded_begin(&g);
    shell("cd \"$1\" && mkdir pair && "
          "echo 'vary: ADD=/s.b PLUS=/m&[n' >pair/lab && "
          "echo 'ADD /s.b /sub' >pair/text && "
          "for seed in 1 2 3 4 5 6 7 8; do "
          "sh \"$0/tests/grade/vary\" pair $seed varied && "
          "cat varied/text; done | sort -u >seen && "
          "printf 'ADD /s.b /sub\\nPLUS /m&[n /sub\\n' | cmp - seen",
          g.top);
    graded_end(&g);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_lab_in_order_is_proved),
        fixture_test(a_lab_with_a_fault_is_not),
        fixture_test(a_test_that_tells_the_twin_gets_its_point),
        fixture_test(one_that_sees_nothing_gets_none),
        fixture_test(a_false_alarm_gets_none),
        fixture_test(a_seed_varies_the_lab),
        fixture_test(words_that_are_joined_vary_together),
    };

    return fixture_run("prove", tests);
}
