/* The six forms, of attempts that are made up: what a submission printed must
 * break none of them. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "json.h"
#include "quote.h"
#include "report.h"

#define NASTY                                                                 \
    "\"quoted\" \\back <b>&amp;</b> ]]> # hash | pipe\n\tnot ok 7 - forged\n" \
    "\033[2J\x7f\xff\xfe \xc3\x9f \xed\xa0\x80\n...\n1..9\n"

static struct lab lab = {
    .path = "chapter-01-x/labs/1.1-y",
    .number = "1.1",
    .title = "A <lab> & \"more\"",
    .tests = {{.name = "starts", .points = 1, .parent = -1},
              {.name = "says_it", .points = 2, .parent = 0},
              {.name = "stays", .points = 4, .seen = HIDDEN, .parent = 1},
              {.name = "ends", .points = 8, .seen = AFTER_DUE, .parent = 0}},
    .tests_count = 4,
};

static struct attempt *made_up(void)
{
    struct attempt *a = attempt_new(&lab);

    free(a->results[1].said);
    a->results[1].said = text_copy(NASTY, strlen(NASTY));
    a->results[1].hint = "Look \"there\" & <here>.";
    text_put(a->results[1].why, sizeof a->results[1].why, "ended by \"11\"");
    text_put(a->results[2].why, sizeof a->results[2].why, "blocked");
    a->results[0].outcome = PASSED;
    a->results[1].outcome = FAILED;
    a->results[2].outcome = BLOCKED;
    return a;
}

static char *written(report_form *form)
{
    struct attempt *a = made_up();
    struct grading g = {.attempts = &a, .count = 1, .rerun = "make grade"};
    struct text t = {0};

    form(&t, &g);
    attempt_free(a);
    return t.at;
}

static void expect_in(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in\n%s", part, text);
}

/* Whether all of it may go to a terminal: no control character but newlines. */
static void expect_printable(const char *text)
{
    for (; *text != '\0'; text++)
        assert_true((unsigned char)*text >= ' ' || *text == '\n');
}

static void gradescope_is_json_with_the_score(void **state)
{
    char *text = written(report_gradescope);
    struct json_error error;
    struct json_value *top = json_parse(text, strlen(text), &error);
    const struct json_value *tests, *test;

    (void)state;
    if (top == NULL)
        fail_msg("%d:%d: %s\n%s", error.place.line, error.place.column,
                 error.why, text);
    assert_string_equal(json_member(top, "score")->text.at, "1");
    tests = json_member(top, "tests");
    assert_int_equal(tests->count, 4);
    test = tests->first->next;
    assert_string_equal(json_member(test, "status")->text.at, "failed");
    assert_string_equal(json_member(test, "max_score")->text.at, "2");
    expect_in(json_member(test, "output")->text.at, "\\x1b[2J");
    test = test->next;
    assert_string_equal(json_member(test, "visibility")->text.at, "hidden");
    test = test->next;
    assert_string_equal(json_member(test, "visibility")->text.at,
                        "after_due_date");
    assert_string_equal(json_member(test, "output")->text.at, "not run yet");
    json_free(top);
    free(text);
}

/* What a test printed is indented: no line of it begins with ok or not ok. */
static void tap_has_one_plan_and_one_line_a_test(void **state)
{
    char *text = written(report_tap), *line;
    int plans = 0, tests = 0;

    (void)state;
    assert_int_equal(strncmp(text, "TAP version 14\n1..4\n", 20), 0);
    expect_printable(text);
    for (line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        plans += strncmp(line, "1..", 3) == 0;
        tests += strncmp(line, "ok ", 3) == 0 || !strncmp(line, "not ok ", 7);
    }
    assert_int_equal(plans, 1);
    assert_int_equal(tests, 4);
    free(text);
}

static void junit_escapes_what_xml_cannot_hold(void **state)
{
    char *text = written(report_junit);

    (void)state;
    expect_printable(text);
    expect_in(text, "name=\"lab 1.1 A &lt;lab&gt; &amp; &quot;more&quot;\"");
    expect_in(text, "tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"2\"");
    expect_in(text, "&lt;b&gt;&amp;amp;&lt;/b&gt; ]]&gt;");
    expect_in(text, "\\x7f\\xff\\xfe \xc3\x9f \\xed\\xa0\\x80");
    free(text);
}

static void autolab_ends_in_one_line_of_json(void **state)
{
    char *text = written(report_autolab);
    const char *last = text + strlen(text) - 1;

    (void)state;
    while (last > text && last[-1] != '\n')
        last--;
    assert_string_equal(last,
                        "{\"scores\": {\"1.1\": 1}, \"scoreboard\": [1]}\n");
    free(text);
}

static void the_summary_is_a_table(void **state)
{
    char *text = written(report_summary);

    (void)state;
    expect_in(text, "## 1 of 15 points\n");
    expect_in(text, "| passed | starts | 1 of 1 |  |\n");
    expect_in(text, "| blocked | stays | 0 of 4 | blocked |\n");
    free(text);
}

static void the_table_tells_what_was_lost_and_why(void **state)
{
    char *text = written(report_table);

    (void)state;
    expect_printable(text);
    expect_in(text, "  1 of 15 points, 3 of 4 tests unlocked\n");
    expect_in(text, "      ended by \"11\"\n");
    expect_in(text, "likely cause: Look \"there\" & <here>.\n");
    free(text);
}

/* Any bytes: what comes out is printable, and JSON. */
static void random_bytes_are_made_harmless(void **state)
{
    uint32_t seed = random_seed();
    struct json_error error;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        char bytes[64] = "";
        struct text t = {0};
        struct json_value *top;

        for (size_t i = 0; i < random_next(&seed) % sizeof bytes; i++)
            bytes[i] = (char)(random_next(&seed) % 255 + 1);
        bytes[sizeof bytes - 1] = '\0';
        quote_json(&t, bytes);
        expect_printable(t.at);
        top = json_parse(t.at, t.len, &error);
        if (top == NULL)
            fail_msg("%s: %s", t.at, error.why);
        json_free(top);
        free(t.at);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(gradescope_is_json_with_the_score),
        fixture_test(tap_has_one_plan_and_one_line_a_test),
        fixture_test(junit_escapes_what_xml_cannot_hold),
        fixture_test(autolab_ends_in_one_line_of_json),
        fixture_test(the_summary_is_a_table),
        fixture_test(the_table_tells_what_was_lost_and_why),
        fixture_test(random_bytes_are_made_harmless),
    };

    return fixture_run("report", tests);
}
