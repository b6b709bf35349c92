/* Gradescope's results.json, and the last line that Autolab reads.
 * https://gradescope-autograders.readthedocs.io/en/latest/specs/
 * https://docs.autolabproject.com/lab/#scoreboard */
#include <stdlib.h>

#include "quote.h"
#include "report.h"

static void add_pair(struct text *t, const char *key, const char *value)
{
    quote_json(t, key);
    text_printf(t, ": ");
    quote_json(t, value);
}

static void add_test(struct text *t, const struct attempt *a, int index)
{
    static const char *const visibility[] = {"visible", "hidden",
                                             "after_due_date"};
    const struct lab_test *test = &a->lab->tests[index];
    const struct result *r = &a->results[index];
    int passed = r->outcome == PASSED;
    struct text story = {0}, name = {0};

    text_printf(&name, "%s ", a->lab->number);
    report_name(&name, test->name);
    if (passed)
        text_add(&story, "", 0);
    else if (r->outcome == FAILED)
        report_story(&story, a, index, NULL);
    else
        text_printf(&story, "%s",
                    r->outcome == NOT_RUN ? "not run yet" : r->why);
    text_printf(t, "    {");
    add_pair(t, "number", a->lab->number);
    text_printf(t, ", ");
    add_pair(t, "name", name.at);
    text_printf(t, ", \"score\": %d, \"max_score\": %d, ",
                passed ? test->points : 0, test->points);
    add_pair(t, "status", passed ? "passed" : "failed");
    text_printf(t, ", ");
    add_pair(t, "visibility", visibility[test->seen]);
    text_printf(t, ", \"output_format\": \"text\", ");
    add_pair(t, "output", story.at);
    text_printf(t, "}");
    free(story.at);
    free(name.at);
}

void report_gradescope(struct text *t, const struct grading *g)
{
    const char *between = "\n";

    text_printf(t, "{\n  \"score\": %d,\n", grading_score(g));
    if (!g->is_done)
        text_printf(t, "  \"output\": \"The grader was ended before it was "
                       "done. What is not run counts nothing.\",\n");
    text_printf(t, "  \"stdout_visibility\": \"hidden\",\n  \"tests\": [");
    for (int k = 0; k < g->count; k++)
        for (int i = 0; i < g->attempts[k]->lab->tests_count; i++) {
            text_printf(t, "%s", between);
            add_test(t, g->attempts[k], i);
            between = ",\n";
        }
    text_printf(t, "\n  ]\n}\n");
}

/* A problem for each lab, which has its number as its name. */
void report_autolab(struct text *t, const struct grading *g)
{
    report_table(t, g);
    text_printf(t, "{\"scores\": {");
    for (int i = 0; i < g->count; i++) {
        text_printf(t, "%s", i > 0 ? ", " : "");
        quote_json(t, g->attempts[i]->lab->number);
        text_printf(t, ": %d", attempt_score(g->attempts[i]));
    }
    text_printf(t, "}, \"scoreboard\": [%d]}\n", grading_score(g));
}
