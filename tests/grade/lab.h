#ifndef LAB_H
#define LAB_H

#include <limits.h>

#include "text.h"

/* lab: what a lab's directory says about itself: its files `lab` and `points`,
 * and the names of its tests. docs/instructors.md tells authors the format.
 *
 * Faults are printed to standard error as `FILE:LINE: what`. Paths begin at the
 * root of the tree, in which the grader runs. */

enum { LAB_TESTS = 64, LAB_SUITES = 16, LAB_HINTS = 4 };

enum seen { VISIBLE, HIDDEN, AFTER_DUE };

struct hint {
    char *when; /* the test's output holds this text; NULL: always */
    char *text;
};

struct lab_test {
    const char *name;
    int points;
    enum seen seen;
    int parent;                   /* its index; -1: none */
    int suite;                    /* index into suites */
    struct hint hints[LAB_HINTS]; /* the first whose condition holds */
    int hints_count;
};

struct lab {
    char path[PATH_MAX]; /* chapter-01-fundamentals/labs/1.1-uppercase-echo */
    char chapter[64];    /* chapter-01-fundamentals */
    char number[16];     /* 1.1 */
    const char *title, *guide, *effort, *after;
    const char *vary; /* words that a seed may change: see the script vary */
    const char *uses; /* the chapter whose modules it is built with */
    const char *files, *programs; /* words; "" if there are none */
    const char *replaces, *course, *with; /* words, too */
    const char *course_suites;            /* tests/chapter-03/test_balance */
    int seconds;              /* a test may take */
    int memory_mib;           /* each of its processes may have */
    char *suites[LAB_SUITES]; /* tests/test_x, hidden/test_y; the course's */
    int runs[LAB_SUITES]; /* how often it runs its tests: 0 and 1 are once */
    int suites_count;
    int of_course; /* so many of these, the last ones, are the course's */
    struct lab_test tests[LAB_TESTS];
    int tests_count;
    int hidden_points; /* of tests that are not in this tree (a handout) */
};

/* Reads the lab in that directory. Returns it, to be kept; NULL if it has
 * faults, which have been printed. */
struct lab *lab_read(const char *path);

/* The directories of all labs, by number; or those that `wanted` names: numbers
 * and beginnings of numbers ("1.1 3"), or paths. Returns how many; -1 if a
 * wanted one does not exist, which has been printed. The strings are to be
 * kept. */
int lab_list(const char *wanted, char ***paths);

/* The hint for a test that printed `said` and ended as `why` tells; "" if there
 * is none. */
const char *lab_hint(const struct lab_test *test, const char *said,
                     const char *why);

int lab_points(const struct lab *lab);

/* The test of that name: its index, or -1. */
int lab_test_index(const struct lab *lab, const char *name, size_t len);

#endif
