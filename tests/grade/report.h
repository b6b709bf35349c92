#ifndef REPORT_H
#define REPORT_H

#include "attempt.h"

/* report: one run in six forms.
 *
 * A form is a function of the attempts: it appends to a text. So a report can
 * be written again after each test, as Gradescope wants it (a grader that is
 * killed leaves what it knew), and every form tells the same. */

struct grading {
    struct attempt **attempts;
    int count;
    int is_done;
    const char *rerun; /* the beginning of the command that runs a test alone */
};

typedef void report_form(struct text *t, const struct grading *g);

report_form report_table, report_tap, report_junit, report_gradescope,
    report_autolab, report_summary;

/* The form of that name, or NULL; its usual file in *file. */
report_form *report_find(const char *name, const char **file);

/* Writes it to a file, which is replaced in one step; "-" is standard output.
 * Returns 0, or -1 and errno. */
int report_write(report_form *form, const struct grading *g, const char *path);

/* ---- for those who write a form ------------------------------------------ */

int grading_score(const struct grading *g);
int grading_points(const struct grading *g);
int grading_tests(const struct grading *g);

/* The whole story of a lost point, as in the table. */
void report_story(struct text *t, const struct attempt *a, int index,
                  const char *rerun);

/* What a test printed, without cmocka's frames, indented and made harmless. */
void report_said(struct text *t, const char *said);

const char *report_verdict(enum outcome outcome); /* "passed" ... */

/* "says_hello" is "says hello". */
void report_name(struct text *t, const char *name);

#endif
