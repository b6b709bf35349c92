#include "lab.h"

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "points.h"

enum { SECONDS = 20, MEMORY_MIB = 1024 };

/* ---- the file `lab` ------------------------------------------------------ */

static const char **text_key(struct lab *lab, const char *key)
{
    const struct {
        const char *name;
        const char **place;
    } keys[] = {
        {"title", &lab->title},       {"guide", &lab->guide},
        {"effort", &lab->effort},     {"after", &lab->after},
        {"files", &lab->files},       {"programs", &lab->programs},
        {"replaces", &lab->replaces}, {"course", &lab->course},
        {"with", &lab->with},         {"uses", &lab->uses},
        {"vary", &lab->vary},         {"suites", &lab->course_suites},
    };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(key, keys[i].name) == 0)
            return keys[i].place;
    return NULL;
}

static int *number_key(struct lab *lab, const char *key)
{
    if (strcmp(key, "seconds") == 0)
        return &lab->seconds;
    return strcmp(key, "memory_mib") == 0 ? &lab->memory_mib : NULL;
}

/* KEY: VALUE; returns what is wrong with it, or NULL. */
static const char *read_key(struct lab *lab, char *line)
{
    char *value = strchr(line, ':');

    if (value == NULL)
        return "not KEY: VALUE";
    *value++ = '\0';
    value += strspn(value, " \t");
    if (text_key(lab, line) != NULL) {
        *text_key(lab, line) = text_copy(value, strlen(value));
        return NULL;
    }
    if (number_key(lab, line) == NULL)
        return "no such key";
    *number_key(lab, line) = atoi(value);
    return atoi(value) > 0 ? NULL : "not a number above 0";
}

static void set_defaults(struct lab *lab)
{
    lab->guide = lab->after = lab->programs = lab->replaces = lab->course =
        lab->with = lab->vary = lab->course_suites = text_copy("", 0);
    lab->seconds = SECONDS;
    lab->memory_mib = MEMORY_MIB;
}

static int facts_read(struct lab *lab)
{
    char path[PATH_MAX + 8];
    struct lines lines;
    int faults = 0;

    text_put(path, sizeof path, "%s/lab", lab->path);
    if (lines_read(&lines, path) < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    for (int i = 0; i < lines.count; i++) {
        char *line = lines.at[i];
        const char *wrong;

        if (line[0] == '\0' || line[0] == '#')
            continue;
        if ((wrong = read_key(lab, line)) != NULL) {
            fprintf(stderr, "%s:%d: %s: %s\n", path, i + 1, wrong, line);
            faults++;
        }
    }
    lines_free(&lines);
    if (!lab->title || !lab->effort || !lab->files) {
        fprintf(stderr, "%s: title, effort and files are needed\n", path);
        faults++;
    }
    return faults;
}

/* ---- the suites ---------------------------------------------------------- */

/* "fixture_test(NAME)": which suite has which test. Of the course's own suites
 * a lab takes those that it gives points for. */
static int take_test(struct lab *lab, const char *path, const char *at)
{
    size_t len = strcspn(at, ")");
    int index = lab_test_index(lab, at, len);
    struct lab_test *test = &lab->tests[index < 0 ? 0 : index];
    int hidden = strncmp(lab->suites[lab->suites_count], "hidden/", 7) == 0;

    if (index < 0 && lab->of_course > 0)
        return 0;
    if (index < 0 || test->suite >= 0 || hidden != (test->seen != VISIBLE)) {
        fprintf(stderr, "%s: %.*s %s\n", path, (int)len, at,
                index < 0          ? "is not in the file points"
                : test->suite >= 0 ? "stands in two suites"
                : hidden           ? "is visible, but stands in hidden/"
                                   : "is hidden, but stands in tests/");
        return 1;
    }
    test->suite = lab->suites_count;
    return 0;
}

static int occurrences(const char *text, const char *word)
{
    int count = 0;

    while ((text = strstr(text, word)) != NULL) {
        text += strlen(word);
        count++;
    }
    return count;
}

/* `name` is its path without .c, from the lab or from the root. */
static int suite_read(struct lab *lab, const char *path, const char *name)
{
    static const char mark[] = "fixture_test(";
    struct text source;
    int faults = 0;

    if (lab->suites_count == LAB_SUITES || file_read(&source, path) < 0) {
        fprintf(stderr, "%s: cannot be taken\n", path);
        return 1;
    }
    lab->suites[lab->suites_count] = text_copy(name, strlen(name) - 2);
    for (const char *at = source.at; (at = strstr(at, mark)) != NULL;)
        faults += take_test(lab, path, at += sizeof mark - 1);
    lab->runs[lab->suites_count] = occurrences(source.at, "fixture_run(");
    free(source.at);
    lab->suites_count++;
    return faults;
}

static int course_suites_read(struct lab *lab)
{
    const char *at = lab->course_suites;
    char path[PATH_MAX];
    int faults = 0;

    while (*(at += strspn(at, " ")) != '\0') {
        int len = (int)strcspn(at, " ");

        text_put(path, sizeof path, "%.*s.c", len, at);
        lab->of_course++;
        faults += suite_read(lab, path, path);
        at += len;
    }
    return faults;
}

static int suites_read(struct lab *lab)
{
    static const char *const kinds[] = {"tests", "hidden"};
    char pattern[PATH_MAX + 32];
    int faults = 0;
    glob_t found;

    for (int kind = 0; kind < 2; kind++) {
        text_put(pattern, sizeof pattern, "%s/%s/test_*.c", lab->path,
                 kinds[kind]);
        if (glob(pattern, 0, NULL, &found) != 0)
            continue;
        for (size_t i = 0; i < found.gl_pathc; i++)
            faults += suite_read(lab, found.gl_pathv[i],
                                 found.gl_pathv[i] + strlen(lab->path) + 1);
        globfree(&found);
    }
    faults += course_suites_read(lab);
    for (int i = 0; i < lab->tests_count; i++)
        if (lab->tests[i].suite < 0) {
            fprintf(stderr, "%s/points: %s: no suite has this test\n",
                    lab->path, lab->tests[i].name);
            faults++;
        }
    return faults;
}

/* ---- the lab ------------------------------------------------------------- */

struct lab *lab_read(const char *path)
{
    struct lab *lab = text_zeros(sizeof *lab);
    const char *name = strrchr(path, '/');
    int faults;

    text_put(lab->path, sizeof lab->path, "%s", path);
    text_put(lab->chapter, sizeof lab->chapter, "%.*s", (int)strcspn(path, "/"),
             path);
    name = name != NULL ? name + 1 : path;
    text_put(lab->number, sizeof lab->number, "%.*s", (int)strcspn(name, "-"),
             name);
    set_defaults(lab);
    lab->uses = lab->chapter;
    faults = facts_read(lab);
    faults += points_read(lab);
    faults += suites_read(lab);
    return faults == 0 ? lab : NULL;
}

int lab_points(const struct lab *lab)
{
    int sum = 0;

    for (int i = 0; i < lab->tests_count; i++)
        sum += lab->tests[i].points;
    return sum;
}

int lab_test_index(const struct lab *lab, const char *name, size_t len)
{
    for (int i = 0; i < lab->tests_count; i++)
        if (strlen(lab->tests[i].name) == len &&
            memcmp(lab->tests[i].name, name, len) == 0)
            return i;
    return -1;
}

const char *lab_hint(const struct lab_test *test, const char *said,
                     const char *why)
{
    const char *always = "";

    for (int i = 0; i < test->hints_count; i++) {
        if (test->hints[i].when == NULL)
            always = test->hints[i].text;
        else if (strstr(said, test->hints[i].when) != NULL ||
                 strstr(why, test->hints[i].when) != NULL)
            return test->hints[i].text;
    }
    return always;
}

/* ---- which labs there are ------------------------------------------------ */

/* "chapter-03-x/labs/3.10-y": 3 and 10. */
static int number_of(const char *path, int part)
{
    const char *name = strrchr(path, '/') + 1;
    const char *dot = strchr(name, '.');

    return atoi(part == 0 || dot == NULL ? name : dot + 1);
}

static int by_number(const void *left, const void *right)
{
    const char *a = *(char *const *)left, *b = *(char *const *)right;

    if (number_of(a, 0) != number_of(b, 0))
        return number_of(a, 0) - number_of(b, 0);
    return number_of(a, 1) - number_of(b, 1);
}

/* Whether "3.1" or "3" stands for the lab 3.1-random (and not for 3.10-...). */
static int is_wanted(const char *path, const char *word, size_t len)
{
    const char *name = strrchr(path, '/') + 1;

    return len == 0 || (strncmp(name, word, len) == 0 &&
                        !isdigit((unsigned char)name[len]));
}

static int take_wanted(const glob_t *found, const char *word, size_t len,
                       char **paths, int count)
{
    for (size_t i = 0; i < found->gl_pathc; i++)
        if (is_wanted(found->gl_pathv[i], word, len))
            paths[count++] = text_copy(found->gl_pathv[i],
                                       strlen(found->gl_pathv[i]));
    return count;
}

int lab_list(const char *wanted, char ***paths)
{
    glob_t found = {0};
    int count = 0, before;

    glob("chapter-*/labs/*-*", 0, NULL, &found);
    if (found.gl_pathc > 0)
        qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv,
              by_number);
    *paths = text_zeros(2 * (found.gl_pathc + 8) * sizeof **paths);
    if (wanted[strspn(wanted, " ")] == '\0')
        count = take_wanted(&found, "", 0, *paths, 0);
    while (*(wanted += strspn(wanted, " ,")) != '\0') {
        size_t len = strcspn(wanted, " ,");

        before = count;
        if (memchr(wanted, '/', len) != NULL)
            (*paths)[count++] = text_copy(wanted, len);
        else
            count = take_wanted(&found, wanted, len, *paths, count);
        if (count == before || count > (int)found.gl_pathc + 8) {
            fprintf(stderr, "grade: no lab %.*s\n", (int)len, wanted);
            count = -1;
            break;
        }
        wanted += len;
    }
    globfree(&found);
    return count;
}
