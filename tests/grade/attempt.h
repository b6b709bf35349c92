#ifndef ATTEMPT_H
#define ATTEMPT_H

#include "build.h"
#include "lab.h"

/* attempt: one submission to one lab, and what came of each test. */

enum outcome { NOT_RUN, PASSED, FAILED, BLOCKED };

struct result {
    enum outcome outcome;
    char why[160]; /* one line; "" for a failed assertion, which is in said */
    char *said;    /* what the test and the programs printed; never NULL */
    const char *hint; /* "" if there is none */
    long ms;
};

struct attempt {
    const struct lab *lab;
    struct build build;
    struct result results[LAB_TESTS];
};

/* Called each time when one more result is there: for reports that must exist
 * even if we are killed. */
typedef void (*attempt_progress)(void *data);

/* Prepares one: nothing is run. NAME says where it is built (see build.h). */
struct attempt *attempt_new(const struct lab *lab);
void attempt_free(struct attempt *a);

/* Builds and runs it, so many tests at the same time; `only` is a test's name
 * or NULL. Returns 0, or -1 if it could not be tried at all, which was printed.
 */
int attempt_run(struct attempt *a, const char *from, const char *name,
                const char *only, int jobs, attempt_progress progress,
                void *data);

int attempt_score(const struct attempt *a);
int attempt_count(const struct attempt *a, enum outcome outcome);

/* Who runs the tests, if we are root: see confine.h. */
extern uid_t attempt_user;

#endif
