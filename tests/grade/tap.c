/* TAP 14: https://testanything.org/tap-version-14-specification.html */
#include <string.h>

#include "quote.h"
#include "report.h"

/* A YAML block of two spaces; `|` keeps the lines as they are. Only what readers of
 * TAP 13 know, too: Perl's prove has no YAML of its own. */
static void add_diagnosis(struct text *t, const struct attempt *a, int index)
{
    const struct result *r = &a->results[index];
    int points = a->lab->tests[index].points;

    text_printf(t, "  ---\n  points: %d\n  of: %d\n  duration_ms: %ld\n",
                r->outcome == PASSED ? points : 0, points, r->ms);
    if (r->why[0] != '\0') {
        text_printf(t, "  message: ");
        quote_json(t, r->why);
        text_printf(t, "\n");
    }
    if (r->outcome == FAILED && r->hint[0] != '\0') {
        text_printf(t, "  hint: ");
        quote_json(t, r->hint);
        text_printf(t, "\n");
    }
    if (r->outcome == FAILED && r->said[0] != '\0') {
        /* The first line has no blank of its own: it sets the indentation. */
        text_printf(t, "  output: |\n      it printed:\n");
        report_said(t, r->said);
    }
    text_printf(t, "  ...\n");
}

/* A blocked test is "not ok": some readers take a skipped one for passed. */
void report_tap(struct text *t, const struct grading *g)
{
    int n = 0;

    text_printf(t, "TAP version 14\n1..%d\n", grading_tests(g));
    for (int k = 0; k < g->count; k++)
        for (int i = 0; i < g->attempts[k]->lab->tests_count; i++) {
            const struct attempt *a = g->attempts[k];

            text_printf(t, "%sok %d - %s ",
                        a->results[i].outcome == PASSED ? "" : "not ", ++n,
                        a->lab->number);
            quote_tap(t, a->lab->tests[i].name);
            text_printf(t, "\n");
            add_diagnosis(t, a, i);
        }
}
