/* Markdown for the step summary of public CI ($GITHUB_STEP_SUMMARY). */
#include "quote.h"
#include "report.h"

static void add_row(struct text *t, const struct attempt *a, int index)
{
    const struct lab_test *test = &a->lab->tests[index];
    const struct result *r = &a->results[index];
    int passed = r->outcome == PASSED;

    text_printf(t, "| %s | ", report_verdict(r->outcome));
    report_name(t, test->name);
    text_printf(t, " | %d of %d | ", passed ? test->points : 0, test->points);
    quote_cell(t, passed ? "" : r->why[0] != '\0' ? r->why : r->hint);
    text_printf(t, " |\n");
}

void report_summary(struct text *t, const struct grading *g)
{
    text_printf(t, "## %d of %d points\n", grading_score(g), grading_points(g));
    for (int k = 0; k < g->count; k++) {
        const struct attempt *a = g->attempts[k];

        text_printf(t, "\n### %s ", a->lab->number);
        quote_cell(t, a->lab->title);
        text_printf(t,
                    ": %d of %d points\n\n"
                    "| | test | points | |\n|---|---|---|---|\n",
                    attempt_score(a), lab_points(a->lab));
        for (int i = 0; i < a->lab->tests_count; i++)
            add_row(t, a, i);
    }
}
