#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "quote.h"

report_form *report_find(const char *name, const char **file)
{
    static const struct {
        const char *name, *file;
        report_form *form;
    } forms[] = {
        {"table", "grade.txt", report_table},
        {"tap", "grade.tap", report_tap},
        {"junit", "grade.xml", report_junit},
        {"gradescope", "results.json", report_gradescope},
        {"autolab", "autolab.txt", report_autolab},
        {"summary", "summary.md", report_summary},
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(name, forms[i].name) == 0) {
            *file = forms[i].file;
            return forms[i].form;
        }
    return NULL;
}

/* Whoever reads it sees the old one or the new one, never a half; and a
 * submission that has put a link in its place has only lost its link. */
static int replace_file(const struct text *t, const char *path)
{
    char temporary[PATH_MAX + 32];

    text_put(temporary, sizeof temporary, "%s.%ld", path, (long)getpid());
    if (file_write(t, temporary) != 0)
        return -1;
    return rename(temporary, path);
}

int report_write(report_form *form, const struct grading *g, const char *path)
{
    struct text t = {0};
    int result = 0;

    text_add(&t, "", 0);
    form(&t, g);
    if (strcmp(path, "-") == 0) {
        fwrite(t.at, 1, t.len, stdout);
        fflush(stdout);
    } else {
        result = replace_file(&t, path);
    }
    free(t.at);
    return result;
}

int grading_score(const struct grading *g)
{
    int sum = 0;

    for (int i = 0; i < g->count; i++)
        sum += attempt_score(g->attempts[i]);
    return sum;
}

int grading_points(const struct grading *g)
{
    int sum = 0;

    for (int i = 0; i < g->count; i++)
        sum += lab_points(g->attempts[i]->lab);
    return sum;
}

int grading_tests(const struct grading *g)
{
    int sum = 0;

    for (int i = 0; i < g->count; i++)
        sum += g->attempts[i]->lab->tests_count;
    return sum;
}

const char *report_verdict(enum outcome outcome)
{
    static const char *const words[] = {"not run", "passed", "failed",
                                        "blocked"};

    return words[outcome];
}

void report_name(struct text *t, const char *name)
{
    for (; *name != '\0'; name++)
        text_add(t, *name == '_' ? " " : name, 1);
}
