/* prove: shows that a lab grades what it says it grades.
 *
 *     prove [LAB="1.1 3"] [RUNS=N] [JOBS=N] [VARIABLE=VALUE for make ...]
 *
 * The starter compiles without a warning and does not get full marks; the
 * solution gets them RUNS times in a row, and under the sanitizers; each twin
 * loses the points that it must lose, and draws its hint. Prints the kill
 * matrix of each lab; the exit status is 0 if all is proved. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attempt.h"
#include "leftovers.h"
#include "quote.h"
#include "twin.h"

enum { RUNS = 3, SETTINGS = 12 };

struct proof {
    const struct lab *lab;
    int runs, jobs, faults;
    struct text said; /* printed at the end, so that labs do not mix */
};

static const char *plain_settings[SETTINGS];

/* ---- one attempt --------------------------------------------------------- */

static void use_settings(int sanitized)
{
    int n = 0;

    while (plain_settings[n] != NULL) {
        build_settings[n] = plain_settings[n];
        n++;
    }
    build_settings[n++] = "STRICT=1";
    build_settings[n] = sanitized ? "SANITIZE=1" : NULL;
    build_settings[n + 1] = NULL;
}

static void fault(struct proof *p, const char *what, const char *more)
{
    if (p->said.len > 0 && p->said.at[p->said.len - 1] != '\n')
        text_printf(&p->said, "\n");
    text_printf(&p->said, "  FAULT: %s%s%s\n", what, *more ? ": " : "", more);
    p->faults++;
}

static struct attempt *try_files(struct proof *p, const char *from,
                                 const char *name)
{
    struct attempt *a = attempt_new(p->lab);

    if (attempt_run(a, from, name, NULL, p->jobs, NULL, NULL) != 0)
        fault(p, name, "could not be tried");
    else if (!a->build.ok)
        fault(p, name, a->build.said.at);
    return a;
}

/* ---- starter and solution ------------------------------------------------ */

static void prove_starter(struct proof *p)
{
    char from[PATH_MAX + 16];
    struct attempt *a;
    int score;

    text_put(from, sizeof from, "%s/starter", p->lab->path);
    a = try_files(p, from, "prove-starter");
    score = attempt_score(a);
    text_printf(&p->said, ", starter %d", score);
    if (score >= lab_points(p->lab))
        fault(p, "the starter", "gets full marks");
    attempt_free(a);
}

static void complain(struct proof *p, const struct attempt *a)
{
    for (int i = 0; i < p->lab->tests_count; i++) {
        const struct result *r = &a->results[i];

        if (r->outcome != FAILED)
            continue;
        fault(p, p->lab->tests[i].name, r->why);
        quote_lines(&p->said, r->said, "    ", 40, 200);
    }
}

static void prove_solution(struct proof *p, int runs, int sanitized)
{
    char from[PATH_MAX + 16];

    text_put(from, sizeof from, "%s/solution", p->lab->path);
    use_settings(sanitized);
    for (int i = 0; i < runs; i++) {
        struct attempt *a = try_files(p, from, "prove-solution");
        int score = attempt_score(a);

        if (i == 0 || score < lab_points(p->lab))
            text_printf(&p->said, ", %s %d",
                        sanitized ? "sanitized" : "solution", score);
        complain(p, a);
        attempt_free(a);
    }
    use_settings(0);
    if (runs > 1)
        text_printf(&p->said, " (%d times)", runs);
}

/* ---- twins --------------------------------------------------------------- */

struct matrix {
    struct twin twins[TWINS];
    int count;
    enum outcome outcomes[TWINS][LAB_TESTS];
};

static int draws_its_hint(const struct twin *twin, const struct attempt *a)
{
    for (int i = 0; i < a->lab->tests_count; i++)
        if (twin->kills[i] && a->results[i].outcome == FAILED &&
            a->results[i].hint[0] != '\0' &&
            strstr(a->results[i].hint, twin->hint) != NULL)
            return 1;
    return 0;
}

static void judge_twin(struct proof *p, const struct twin *twin,
                       const struct attempt *a)
{
    char what[256];
    int missed = 0;

    for (int i = 0; a->build.ok && i < p->lab->tests_count; i++)
        if (twin->kills[i] && a->results[i].outcome != FAILED) {
            text_put(what, sizeof what, "twin %s does not lose", twin->name);
            fault(p, what, p->lab->tests[i].name);
            missed = 1;
        }
    if (a->build.ok && !missed && !draws_its_hint(twin, a)) {
        text_put(what, sizeof what, "twin %s does not draw the hint",
                 twin->name);
        fault(p, what, twin->hint);
    }
}

/* Nothing is gained by waiting as long for the twins as for a student. */
static void prove_twin(struct proof *p, struct matrix *m, int index)
{
    const struct twin *twin = &m->twins[index];
    char from[PATH_MAX], name[128];
    struct attempt *a;

    text_put(from, sizeof from, "build/twins/%s-%s", p->lab->number,
             twin->name);
    text_put(name, sizeof name, "prove-twin-%s", twin->name);
    if (twin_make(twin, p->lab, from) != 0) {
        fault(p, twin->name, "cannot be made");
        return;
    }
    a = try_files(p, from, name);
    for (int i = 0; i < p->lab->tests_count; i++)
        m->outcomes[index][i] = a->results[i].outcome;
    judge_twin(p, twin, a);
    attempt_free(a);
}

/* X: killed as it must be; x: killed besides; -: not run, its parent failed. */
static char cell(const struct matrix *m, int twin, int test)
{
    switch (m->outcomes[twin][test]) {
    case FAILED:
        return m->twins[twin].kills[test] ? 'X' : 'x';
    case BLOCKED:
        return '-';
    case PASSED:
    case NOT_RUN:
        break;
    }
    return m->twins[twin].kills[test] ? '!' : '.';
}

static void add_matrix(struct proof *p, const struct matrix *m)
{
    for (int t = 0; t < m->count; t++)
        text_printf(&p->said, "   %c  %s: %s\n", 'a' + t, m->twins[t].name,
                    m->twins[t].mistake);
    text_printf(&p->said, "\n   ");
    for (int t = 0; t < m->count; t++)
        text_printf(&p->said, " %c", 'a' + t);
    text_printf(&p->said, "\n");
    for (int i = 0; m->count > 0 && i < p->lab->tests_count; i++) {
        text_printf(&p->said, "   ");
        for (int t = 0; t < m->count; t++)
            text_printf(&p->said, " %c", cell(m, t, i));
        text_printf(&p->said, "  %s\n", p->lab->tests[i].name);
    }
    text_printf(&p->said, "\n");
}

static void prove_twins(struct proof *p)
{
    struct matrix m = {.count = 0};

    m.count = twin_list(p->lab, m.twins);
    if (m.count < 0) {
        m.count = 0;
        fault(p, "twins", "their heads have faults");
    }
    if (setenv("LB_TEST_TIMEOUT_SCALE", "0.4", 0) != 0)
        perror("setenv");
    for (int t = 0; t < m.count; t++)
        prove_twin(p, &m, t);
    add_matrix(p, &m);
}

/* ---- all labs ------------------------------------------------------------ */

static int prove(const char *path, int runs, int jobs)
{
    struct proof p = {.lab = lab_read(path), .runs = runs, .jobs = jobs};
    int scaled = getenv("LB_TEST_TIMEOUT_SCALE") != NULL;

    if (p.lab == NULL)
        return 1;
    use_settings(0);
    text_printf(&p.said, "%s %s: %d tests, %d points", p.lab->number,
                p.lab->title, p.lab->tests_count, lab_points(p.lab));
    prove_starter(&p);
    prove_solution(&p, runs, 0);
    prove_solution(&p, 1, 1);
    text_printf(&p.said, "\n");
    prove_twins(&p);
    if (!scaled)
        unsetenv("LB_TEST_TIMEOUT_SCALE");
    fwrite(p.said.at, 1, p.said.len, stdout);
    fflush(stdout);
    free(p.said.at);
    return p.faults;
}

static int number_in(const char *word, const char *key, int *out)
{
    size_t len = strlen(key);

    if (strncmp(word, key, len) != 0)
        return 0;
    if (atoi(word + len) > 0)
        *out = atoi(word + len);
    return 1;
}

int main(int argc, char **argv)
{
    const char *labs = "";
    int runs = RUNS, settings = 0, faults = 0, count;
    int jobs = (int)sysconf(_SC_NPROCESSORS_ONLN);
    char **paths;

    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "LAB=", 4) == 0)
            labs = argv[i] + 4;
        else if (!number_in(argv[i], "RUNS=", &runs) &&
                 !number_in(argv[i], "JOBS=", &jobs) && settings + 4 < SETTINGS)
            plain_settings[settings++] = argv[i];
    }
    leftovers_adopt();
    count = lab_list(labs, &paths);
    for (int i = 0; i < count; i++)
        faults += prove(paths[i], runs, jobs);
    if (faults > 0)
        printf("%d fault%s\n", faults, faults == 1 ? "" : "s");
    return count > 0 && faults == 0 ? 0 : 1;
}
