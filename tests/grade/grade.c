/* grade: grades labs. Runs in the root of the tree; see docs/instructors.md.
 *
 *     grade [LAB="1.1 3"] [SOLUTION=1 | SUBMISSION=DIRECTORY] [TEST=NAME]
 *           [FORMAT=table|tap|junit|gradescope|autolab|summary|all] [OUT=FILE]
 *           [JOBS=N] [RUN_AS=UID] [SEED=WORD] [VARIABLE=VALUE for make ...] */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attempt.h"
#include "leftovers.h"
#include "report.h"

enum { FULL_MARKS = 0, POINTS_LOST = 1, TROUBLE = 2 }; /* the exit status */
enum { REPORTS = 6 };

struct wishes {
    const char *labs, *submission, *test, *format, *out, *jobs, *user, *seed;
    int solution;
};

struct grader {
    struct wishes wishes;
    struct grading grading;
    struct {
        report_form *form;
        char path[PATH_MAX];
    } reports[REPORTS];
    int reports_count;
};

/* ---- the command line ---------------------------------------------------- */

static const char usage[] =
    "usage: grade [LAB=N.M] [SOLUTION=1 | SUBMISSION=DIRECTORY] [TEST=NAME]\n"
    "             [FORMAT=table|tap|junit|gradescope|autolab|summary|all]\n"
    "             [OUT=FILE] [JOBS=N] [RUN_AS=UID] [SEED=WORD]\n"
    "             [VARIABLE=VALUE...]\n";

static const char **wish_place(struct wishes *w, const char *word, size_t len)
{
    const struct {
        const char *name;
        const char **place;
    } all[] = {{"LAB", &w->labs},    {"SUBMISSION", &w->submission},
               {"TEST", &w->test},   {"FORMAT", &w->format},
               {"OUT", &w->out},     {"JOBS", &w->jobs},
               {"RUN_AS", &w->user}, {"SEED", &w->seed}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strlen(all[i].name) == len && memcmp(word, all[i].name, len) == 0)
            return all[i].place;
    return NULL;
}

/* An empty value is as good as none: that is how a Makefile hands it on. */
static int read_wish(struct wishes *w, const char *word)
{
    static int settings;
    size_t len = strcspn(word, "=");
    const char **place = wish_place(w, word, len);

    if (word[len] == '\0')
        return -1;
    if (word[len + 1] == '\0')
        return 0;
    if (place != NULL)
        *place = word + len + 1;
    else if (strncmp(word, "SOLUTION=", 9) == 0)
        w->solution = 1;
    else if (settings + 1 < (int)(sizeof build_settings / sizeof(char *)))
        build_settings[settings++] = word;
    return 0;
}

static int read_wishes(struct wishes *w, int argc, char **argv)
{
    *w = (struct wishes){.labs = "", .format = "table", .out = ""};
    for (int i = 1; i < argc; i++)
        if (read_wish(w, argv[i]) != 0) {
            fprintf(stderr, "grade: what is \"%s\"?\n%s", argv[i], usage);
            return -1;
        }
    if (w->user != NULL)
        attempt_user = (uid_t)atoi(w->user);
    return 0;
}

/* ---- reports ------------------------------------------------------------- */

static int add_report(struct grader *g, const char *name, const char *path)
{
    const char *file;
    report_form *form = report_find(name, &file);
    int n = g->reports_count;

    if (form == NULL) {
        fprintf(stderr, "grade: no format \"%s\"\n%s", name, usage);
        return -1;
    }
    text_put(g->reports[n].path, PATH_MAX, "%s", path);
    g->reports[n].form = form;
    g->reports_count++;
    return 0;
}

/* All of them go to a directory, beside the table on standard output. */
static int add_all(struct grader *g, const char *directory)
{
    static const char *const names[] = {"tap", "junit", "gradescope", "autolab",
                                        "summary"};
    char path[PATH_MAX];
    const char *file;

    if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
        perror(directory);
        return -1;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        report_find(names[i], &file);
        text_put(path, sizeof path, "%s/%s", directory, file);
        add_report(g, names[i], path);
    }
    return add_report(g, "table", "-");
}

static int choose_reports(struct grader *g)
{
    const char *out = g->wishes.out;

    if (strcmp(g->wishes.format, "all") == 0)
        return add_all(g, *out != '\0' ? out : "build/grades");
    if (*out != '\0' && strcmp(g->wishes.format, "table") != 0 &&
        add_report(g, "table", "-") != 0)
        return -1;
    return add_report(g, g->wishes.format, *out != '\0' ? out : "-");
}

static int write_reports(struct grader *g, int is_final)
{
    int result = 0;

    g->grading.is_done = is_final;
    for (int i = 0; i < g->reports_count; i++) {
        const char *path = g->reports[i].path;

        if (strcmp(path, "-") == 0 && !is_final)
            continue;
        if (report_write(g->reports[i].form, &g->grading, path) != 0) {
            perror(path);
            result = -1;
        }
    }
    return result;
}

static void write_again(void *grader)
{
    write_reports(grader, 0);
}

/* ---- the labs ------------------------------------------------------------ */

/* What is built of a submission goes where nothing of another one goes
 * (FNV-1a). */
static void name_work(const struct wishes *w, const char *from, char name[32])
{
    uint32_t hash = 2166136261u;

    text_put(name, 32, "%s", w->solution ? "solution" : "starter");
    if (w->submission == NULL)
        return;
    for (const char *at = from; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 16777619u;
    text_put(name, 32, "submission-%08lx", (unsigned long)hash);
}

/* Where the files of a submission are: in the directory that was named, or in a
 * tree that it is the root of. */
static void find_submission(const struct wishes *w, const struct lab *lab,
                            char from[PATH_MAX])
{
    char first[PATH_MAX + 64];

    text_put(from, PATH_MAX, "%s/%s", lab->path,
             w->solution ? "solution" : "starter");
    if (w->submission == NULL)
        return;
    text_put(first, sizeof first, "%s/%.*s", w->submission,
             (int)strcspn(lab->files, " "), lab->files);
    text_put(from, PATH_MAX, "%s/%s/starter", w->submission, lab->path);
    if (access(first, F_OK) == 0 || access(from, F_OK) != 0)
        text_put(from, PATH_MAX, "%s", w->submission);
}

/* The lab as it was handed out with this seed: a copy, whose path is to be
 * kept. Without a seed, the lab itself. NULL if it cannot be made. */
static const char *varied(const char *path, const char *seed)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    char copy[PATH_MAX];
    const char *argv[] = {"/bin/sh", "tests/grade/vary", path, seed, copy,
                          NULL};
    struct order order = {.argv = argv, .seconds = 60};
    struct ended ended;

    if (seed == NULL)
        return path;
    text_put(copy, sizeof copy, "build/seed-%s/%s", seed,
             strrchr(path, '/') + 1);
    if (seed[strspn(seed, safe)] == '\0') {
        ended = supervise(&order);
        if (ended.ending == ENDED && ended.status == 0)
            return text_copy(copy, strlen(copy));
        fputs(ended.output.at, stderr);
    }
    fprintf(stderr, "grade: lab %s cannot be made with the seed %s\n", path,
            seed);
    return NULL;
}

static int read_labs(struct grader *g)
{
    char **paths;
    int count = lab_list(g->wishes.labs, &paths), faults = count < 0;

    g->grading.attempts =
        text_zeros((size_t)(count < 0 ? 0 : count) * sizeof(void *));
    for (int i = 0; i < count; i++) {
        const char *path = varied(paths[i], g->wishes.seed);
        struct lab *lab = path != NULL ? lab_read(path) : NULL;

        if (lab == NULL)
            faults++;
        else
            g->grading.attempts[g->grading.count++] = attempt_new(lab);
    }
    if (count == 0)
        fprintf(stderr, "grade: there is no lab here\n");
    return faults == 0 && count > 0 ? 0 : -1;
}

static int check_test_name(const struct grader *g)
{
    const char *name = g->wishes.test;
    const struct grading *all = &g->grading;

    if (name == NULL)
        return 0;
    if (all->count == 1 &&
        lab_test_index(all->attempts[0]->lab, name, strlen(name)) >= 0)
        return 0;
    fprintf(stderr,
            all->count == 1 ? "grade: lab %s has no test %s\n"
                            : "grade: TEST needs one LAB\n",
            all->attempts[0]->lab->number, name);
    return -1;
}

static int grade_all(struct grader *g)
{
    int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    int jobs = g->wishes.jobs != NULL ? atoi(g->wishes.jobs) : cores;
    char from[PATH_MAX], name[32];

    for (int i = 0; i < g->grading.count; i++) {
        struct attempt *a = g->grading.attempts[i];

        find_submission(&g->wishes, a->lab, from);
        name_work(&g->wishes, from, name);
        if (attempt_run(a, from, name, g->wishes.test, jobs > 0 ? jobs : 1,
                        write_again, g) != 0)
            return -1;
    }
    return 0;
}

/* ---- the end ------------------------------------------------------------- */

/* What a supervisor that was killed has left behind is ours by now. */
static void end_strays(void)
{
    for (int tries = 0; tries < 1000 && leftovers_kill(-1, "") > 0; tries++)
        poll(NULL, 0, 1);
}

static int is_lost(const struct grader *g)
{
    const struct grading *all = &g->grading;

    if (g->wishes.test != NULL)
        return attempt_count(all->attempts[0], PASSED) != 1;
    return grading_score(all) < grading_points(all);
}

static int grade(struct grader *g)
{
    if (read_labs(g) != 0 || check_test_name(g) != 0 || choose_reports(g) != 0)
        return TROUBLE;
    g->grading.rerun = g->wishes.solution ? "make grade SOLUTION=1"
                                          : "make grade";
    if (write_reports(g, 0) != 0 || grade_all(g) != 0)
        return TROUBLE;
    end_strays();
    if (write_reports(g, 1) != 0)
        return TROUBLE;
    return is_lost(g) ? POINTS_LOST : FULL_MARKS;
}

int main(int argc, char **argv)
{
    static struct grader grader;

    if (argc > 1 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))) {
        fputs(usage, stdout);
        return FULL_MARKS;
    }
    if (read_wishes(&grader.wishes, argc, argv) != 0)
        return TROUBLE;
    leftovers_adopt();
    return grade(&grader);
}
