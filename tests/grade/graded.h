#ifndef GRADED_H
#define GRADED_H

/* graded: the real grader on a submission that a test wrote, in a copy of a lab
 * that the submission may spoil.
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. Include it after fixture.h. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failure.h"
#include "program.h"

struct graded {
    char top[512]; /* a directory of the test's: lab/, by/, out/ */
    int status;    /* of the grader */
    char *table;   /* what it printed, on both outputs */
    char out[640]; /* the directory with all reports */
};

static inline void shell(const char *script, const char *word)
{
    const char *argv[] = {"/bin/sh", "-c", script, LB_ROOT, word, NULL};
    struct run r = program_run(argv, NULL, 0);

    if (r.status != 0)
        failure("%s: %s%s", script, r.out, r.err);
    run_free(&r);
}

/* A copy of tests/grade/labs/victim with the solution as the submission. */
static inline void graded_begin(struct graded *g)
{
    snprintf(g->top, sizeof g->top, "%s/build/try.XXXXXX", LB_ROOT);
    shell("mkdir -p \"$0/build\"", "");
    if (mkdtemp(g->top) == NULL)
        failure("%s cannot be made", g->top);
    shell("cp -r \"$0/tests/grade/labs/victim\" \"$1/lab\" && "
          "cp -r \"$1/lab/solution\" \"$1/by\" && mkdir \"$1/out\"",
          g->top);
    snprintf(g->out, sizeof g->out, "%s/out", g->top);
    g->table = NULL;
}

static inline void graded_write(const struct graded *g, const char *name,
                                const char *text)
{
    char path[1024];
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", g->top, name);
    if ((f = fopen(path, "w")) == NULL || fputs(text, f) < 0 || fclose(f) != 0)
        failure("%s cannot be written", path);
}

/* Runs `program` (grade, prove, bughunt) on the copy of the lab; what it says
 * on standard error stands in the table, too. What these tools hold at their
 * end, they hold on purpose: no leaks are looked for. */
static inline void graded_by(struct graded *g, const char *program,
                             const char *setting)
{
    static const char script[] =
        "cd \"$0\" && lab=${1#\"$0\"/}/lab && unset MAKEFLAGS MFLAGS && "
        "ASAN_OPTIONS=detect_leaks=0 && export ASAN_OPTIONS && "
        "program=$2 && by=$1/by && out=$1/out && shift 2 && "
        "exec 2>&1 \"$program\" LAB=\"$lab\" "
        "${1:+\"$1\"} ${2:+SUBMISSION=\"$by\" FORMAT=all OUT=\"$out\"}";
    char path[640];
    const char *argv[] = {
        "/bin/sh", "-c", script,  LB_ROOT,
        g->top,    path, setting, strcmp(program, "grade") ? "" : "1",
        NULL};
    struct run r;

    snprintf(path, sizeof path, "%s/tests/grade/%s", PROGRAMS, program);
    r = program_run(argv, NULL, 0);
    g->status = r.status;
    free(g->table);
    g->table = r.out;
    free(r.err);
}

static inline void graded_run(struct graded *g, const char *setting)
{
    graded_by(g, "grade", setting);
}

static inline void graded_has(const struct graded *g, const char *text)
{
    if (strstr(g->table, text) == NULL)
        failure("no \"%s\" in\n%s", text, g->table);
}

/* free() it. */
static inline char *graded_report(const struct graded *g, const char *name)
{
    char path[1024];
    char *text = calloc(1, 1 << 20);
    FILE *f;

    snprintf(path, sizeof path, "%s/%s", g->out, name);
    f = fopen(path, "r");
    if (f == NULL || text == NULL)
        failure("%s is not there", path);
    text[fread(text, 1, (1 << 20) - 1, f)] = '\0';
    fclose(f);
    return text;
}

static inline void graded_end(struct graded *g)
{
    shell("rm -rf \"$1\" \"$0/build/plain/${1#\"$0\"/}\"", g->top);
    free(g->table);
}

#endif
