/* The table in a terminal, and the story of each lost point. */
#include <stdlib.h>
#include <string.h>

#include "quote.h"
#include "report.h"

enum { WIDTH = 76, COLUMN = 58, SAID_LINES = 30 };

/* ---- what a test printed ------------------------------------------------- */

/* Lines with which cmocka frames what a test says. */
static int is_frame(const char *line, size_t len)
{
    static const char *const frames[] = {
        "[==========]",      "[ RUN      ]",      "[  FAILED  ]",
        "[       OK ]",      "[  PASSED  ]",      "[  SKIPPED ]",
        "../tests/support/", " 1 FAILED TEST(S)", " 0 FAILED TEST(S)"};

    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        if (len >= strlen(frames[i]) &&
            memcmp(line, frames[i], strlen(frames[i])) == 0)
            return 1;
    return len == 0;
}

/* "[  ERROR   ] --- 0x1 != 0x2", "ERROR: the 3rd pick": without what is before.
 */
static const char *without_labels(const char *line)
{
    static const char *const labels[] = {"[  ERROR   ] --- ",
                                         "ERROR: ", "[   LINE   ] --- "};
    const size_t count = sizeof labels / sizeof *labels;

    for (size_t i = 0; i < count; i++)
        if (strncmp(line, labels[i], strlen(labels[i])) == 0) {
            line += strlen(labels[i]);
            i = (size_t)-1; /* from the first one again */
        }
    return line;
}

void report_said(struct text *t, const char *said)
{
    struct text kept = {0};

    text_add(&kept, "", 0);
    while (*said != '\0') {
        size_t len = strcspn(said, "\n");
        const char *from = without_labels(said);

        if (!is_frame(from, len - (size_t)(from - said))) {
            text_add(&kept, from, len - (size_t)(from - said));
            text_add(&kept, "\n", 1);
        }
        said += len + (said[len] == '\n');
    }
    quote_lines(t, kept.at, "      ", SAID_LINES, WIDTH * 2);
    free(kept.at);
}

/* ---- the story ----------------------------------------------------------- */

/* Breaks at blanks. */
static void add_wrapped(struct text *t, const char *label, const char *s)
{
    size_t indent = strlen(label), column = indent;

    text_printf(t, "%s", label);
    while (*s != '\0') {
        size_t len = strcspn(s, " ");

        if (column > indent && column + 1 + len > WIDTH) {
            text_printf(t, "\n%*s", (int)indent, "");
            column = indent;
        }
        text_printf(t, "%s%.*s", column > indent ? " " : "", (int)len, s);
        column += len + (column > indent);
        s += len + strspn(s + len, " ");
    }
    text_add(t, "\n", 1);
}

void report_story(struct text *t, const struct attempt *a, int index,
                  const char *rerun)
{
    const struct result *r = &a->results[index];
    const char *name = a->lab->tests[index].name;

    text_printf(t, "  %s %s\n", a->lab->number, name);
    if (r->why[0] != '\0')
        text_printf(t, "      %s\n", r->why);
    report_said(t, r->said);
    if (r->hint[0] != '\0')
        add_wrapped(t, "    likely cause: ", r->hint);
    if (a->build.ok && rerun != NULL)
        text_printf(t, "    again, alone: %s LAB=%s TEST=%s\n", rerun,
                    a->lab->number, name);
    text_add(t, "\n", 1);
}

/* ---- the table ----------------------------------------------------------- */

static void add_row(struct text *t, const struct attempt *a, int index)
{
    const struct lab_test *test = &a->lab->tests[index];
    enum outcome outcome = a->results[index].outcome;
    struct text name = {0};

    report_name(&name, test->name);
    if (test->seen != VISIBLE)
        text_printf(&name, " (hidden)");
    text_printf(t, "  %-7s  %-*s  %2d of %d\n", report_verdict(outcome), COLUMN,
                name.at, outcome == PASSED ? test->points : 0, test->points);
    free(name.at);
}

static void add_lab(struct text *t, const struct attempt *a)
{
    int total = a->lab->tests_count, blocked = attempt_count(a, BLOCKED);

    text_printf(t, "%s %s\n", a->lab->number, a->lab->title);
    for (int i = 0; i < total; i++)
        add_row(t, a, i);
    text_printf(t, "  %d of %d points, %d of %d tests unlocked",
                attempt_score(a), lab_points(a->lab), total - blocked, total);
    if (a->lab->hidden_points > 0)
        text_printf(t, "; tests that are not here give %d more",
                    a->lab->hidden_points);
    text_add(t, "\n\n", 2);
}

static void add_stories(struct text *t, const struct grading *g,
                        const struct attempt *a)
{
    for (int i = 0; i < a->lab->tests_count; i++)
        if (a->results[i].outcome == FAILED)
            report_story(t, a, i, g->rerun);
}

void report_table(struct text *t, const struct grading *g)
{
    for (int i = 0; i < g->count; i++) {
        add_lab(t, g->attempts[i]);
        add_stories(t, g, g->attempts[i]);
    }
    if (g->count > 1)
        text_printf(t, "%d labs: %d of %d points\n", g->count, grading_score(g),
                    grading_points(g));
}
