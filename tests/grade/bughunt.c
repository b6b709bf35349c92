/* bughunt: grades the tests that a student has written.
 *
 *     bughunt LAB=N.M [TESTS=DIRECTORY] [JOBS=N] [VARIABLE=VALUE for make ...]
 *
 * They are cmocka suites test_*.c, in the lab's directory mine/ unless TESTS
 * says otherwise. They are run on the solution, where all must pass, and on
 * each twin, where one must fail. A test that fails on the solution is a false
 * alarm: it is left out of the hunt, and costs a point. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attempt.h"
#include "leftovers.h"
#include "report.h"
#include "twin.h"

struct hunt {
    struct lab *lab; /* with the student's tests instead of its own */
    int jobs;
    struct twin twins[TWINS];
    int twins_count, killed, alarms;
    unsigned char is_alarm[LAB_TESTS];
};

/* ---- the student's tests ------------------------------------------------- */

/* "fixture_test(NAME)" in a suite. */
static void take_tests(struct lab *lab, const char *source)
{
    static const char mark[] = "fixture_test(";

    for (const char *at = source; (at = strstr(at, mark)) != NULL;) {
        size_t len = strcspn(at += sizeof mark - 1, ")");
        struct lab_test *test = &lab->tests[lab->tests_count];

        if (lab->tests_count == LAB_TESTS)
            return;
        *test = (struct lab_test){.name = text_copy(at, len),
                                  .points = 1,
                                  .parent = -1,
                                  .suite = lab->suites_count};
        lab->tests_count++;
    }
}

static int take_suites(struct lab *lab, const char *directory)
{
    char pattern[PATH_MAX + 16];
    glob_t found;
    struct text source;

    lab->tests_count = lab->suites_count = lab->of_course = 0;
    text_put(pattern, sizeof pattern, "%s/%s/test_*.c", lab->path, directory);
    if (glob(pattern, 0, NULL, &found) != 0) {
        fprintf(stderr, "bughunt: no %s\n", pattern);
        return -1;
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *name = found.gl_pathv[i] + strlen(lab->path) + 1;

        if (lab->suites_count == LAB_SUITES ||
            file_read(&source, found.gl_pathv[i]) < 0)
            continue;
        take_tests(lab, source.at);
        free(source.at);
        lab->suites[lab->suites_count++] = text_copy(name, strlen(name) - 2);
    }
    globfree(&found);
    return lab->tests_count > 0 ? 0 : -1;
}

/* ---- the hunt ------------------------------------------------------------ */

static struct attempt *run_on(struct hunt *h, const char *from,
                              const char *name)
{
    struct attempt *a = attempt_new(h->lab);

    if (attempt_run(a, from, name, NULL, h->jobs, NULL, NULL) == 0 &&
        a->build.ok)
        return a;
    if (a->build.said.at != NULL)
        fputs(a->build.said.at, stdout);
    printf("the tests do not compile on %s\n", name);
    attempt_free(a);
    return NULL;
}

static int hunt_solution(struct hunt *h)
{
    char from[PATH_MAX + 16];
    struct attempt *a;

    text_put(from, sizeof from, "%s/solution", h->lab->path);
    if ((a = run_on(h, from, "hunt-solution")) == NULL)
        return -1;
    for (int i = 0; i < h->lab->tests_count; i++)
        if (a->results[i].outcome != PASSED) {
            struct text said = {0};

            h->is_alarm[i] = 1;
            h->alarms++;
            printf("  false alarm: %s fails on a right solution\n",
                   h->lab->tests[i].name);
            report_said(&said, a->results[i].said);
            fputs(said.at != NULL ? said.at : "", stdout);
            free(said.at);
        }
    attempt_free(a);
    return 0;
}

/* A test that tells the twin from the solution: its name; NULL if none does. */
static const char *killer(const struct hunt *h, const struct attempt *a)
{
    for (int i = 0; i < h->lab->tests_count; i++)
        if (a->results[i].outcome == FAILED && !h->is_alarm[i])
            return h->lab->tests[i].name;
    return NULL;
}

static void hunt_twin(struct hunt *h, const struct twin *twin, int number)
{
    char from[PATH_MAX], name[160];
    const char *by = NULL;
    struct attempt *a;

    text_put(from, sizeof from, "build/twins/%s-hunt-%s", h->lab->number,
             twin->name);
    text_put(name, sizeof name, "hunt-%s", twin->name);
    if (twin_make(twin, h->lab, from) != 0)
        return;
    if ((a = run_on(h, from, name)) != NULL)
        by = killer(h, a);
    if (by != NULL) {
        h->killed++;
        printf("  twin %d: killed by %s\n", number, by);
        printf("          (%s)\n", twin->mistake);
    } else {
        printf("  twin %d: alive\n", number);
    }
    fflush(stdout);
    if (a != NULL)
        attempt_free(a);
}

static int hunt(struct hunt *h)
{
    int score;

    if (h->twins_count <= 0) {
        printf("the twins of lab %s are not in this tree\n", h->lab->number);
        return 2;
    }
    printf("%s %s: %d tests, %d twins\n", h->lab->number, h->lab->title,
           h->lab->tests_count, h->twins_count);
    if (hunt_solution(h) != 0)
        return 2;
    setenv("LB_TEST_TIMEOUT_SCALE", "0.4", 0);
    for (int t = 0; t < h->twins_count; t++)
        hunt_twin(h, &h->twins[t], t + 1);
    score = h->killed > h->alarms ? h->killed - h->alarms : 0;
    printf("  %d of %d points: %d killed, %d false alarm%s\n", score,
           h->twins_count, h->killed, h->alarms, h->alarms == 1 ? "" : "s");
    return score == h->twins_count ? 0 : 1;
}

int main(int argc, char **argv)
{
    static struct hunt h;
    const char *wanted = "", *directory = "mine";
    int settings = 0;
    char **paths;

    h.jobs = (int)sysconf(_SC_NPROCESSORS_ONLN);
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "LAB=", 4) == 0)
            wanted = argv[i] + 4;
        else if (strncmp(argv[i], "TESTS=", 6) == 0)
            directory = argv[i] + 6;
        else if (strncmp(argv[i], "JOBS=", 5) == 0)
            h.jobs = atoi(argv[i] + 5);
        else if (settings + 1 < 16)
            build_settings[settings++] = argv[i];
    }
    leftovers_adopt();
    if (*wanted == '\0' || lab_list(wanted, &paths) != 1) {
        fprintf(stderr, "usage: bughunt LAB=N.M [TESTS=DIRECTORY]\n");
        return 2;
    }
    if ((h.lab = lab_read(paths[0])) == NULL)
        return 2;
    h.twins_count = twin_list(h.lab, h.twins);
    return take_suites(h.lab, directory) == 0 ? hunt(&h) : 2;
}
