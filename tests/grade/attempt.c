#include "attempt.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leftovers.h"
#include "supervise.h"

enum {
    OUTPUT_MIB = 64, /* a test may print */
    FILE_MIB = 64,   /* a file may grow to */
    PROCESSES = 64   /* a test may have; a load test starts a few */
};

uid_t attempt_user;

/* A test that runs: its place in the table of supervisors is its place here. */
struct running {
    int test;
    char scratch[PATH_MAX + 16];
};

struct run {
    struct attempt *a;
    struct supervised supervised[SUPERVISED_MOST];
    struct running tests[SUPERVISED_MOST];
    int jobs;
};

/* ---- starting one -------------------------------------------------------- */

static int scaled(int seconds)
{
    const char *text = getenv("LB_TEST_TIMEOUT_SCALE");
    double scale = text != NULL ? strtod(text, NULL) : 1;

    return (int)(seconds * (scale > 1 ? scale : 1));
}

/* A directory of its own for each test, with which it may do what it likes. */
static int make_scratch(const struct attempt *a, struct running *t)
{
    text_put(t->scratch, sizeof t->scratch, "%s/try.XXXXXX", a->build.work);
    if (mkdtemp(t->scratch) == NULL) {
        perror(t->scratch);
        return -1;
    }
    return attempt_user != 0 ? chown(t->scratch, attempt_user, (gid_t)-1) : 0;
}

static int start_test(struct run *r, int slot, int index)
{
    const struct lab *lab = r->a->lab;
    const struct lab_test *test = &lab->tests[index];
    const char *suite = strrchr(lab->suites[test->suite], '/') + 1;
    char path[PATH_MAX + 256], filter[192], work[PATH_MAX + 16];
    const char *argv[] = {path, NULL};
    const char *variables[] = {filter, work, NULL};
    struct order order = {.argv = argv,
                          .directory = r->tests[slot].scratch,
                          .variables = variables,
                          .wants_verdict = 1,
                          .seconds = scaled(lab->seconds),
                          .memory_mib = lab->memory_mib,
                          .file_mib = FILE_MIB,
                          .processes = PROCESSES,
                          .output = (long)OUTPUT_MIB << 20,
                          .user = attempt_user};

    if (build_is_sanitized())
        order.memory_mib = 0; /* AddressSanitizer maps terabytes */
    text_put(path, sizeof path, "%s/%s", r->a->build.work, suite);
    text_put(filter, sizeof filter, "LB_TEST_FILTER=%s", test->name);
    text_put(work, sizeof work, "LB_LAB=%s", r->a->build.work);
    r->tests[slot].test = index;
    return make_scratch(r->a, &r->tests[slot]) != 0
               ? -1
               : supervise_start(&r->supervised[slot], &order);
}

/* ---- judging one --------------------------------------------------------- */

static void why_ended(const struct ended *e, int seconds, char *why,
                      size_t size)
{
    static const char *const reasons[] = {
        [TOO_MUCH] = "it was ended: it printed more than 64 MiB",
        [TOO_MANY] = "it was ended: it had started more than 64 processes",
        [INTERRUPTED] = "the grader was told to stop",
        [LOST] = "the process that watched it was killed"};

    if (e->ending == TOO_LATE)
        text_put(why, size, "it was ended after %d seconds", seconds);
    else if (e->ending != ENDED)
        text_put(why, size, "%s", reasons[e->ending]);
    else if (WIFSIGNALED(e->status))
        text_put(why, size, "it was ended by signal %d (%s)",
                 WTERMSIG(e->status), strsignal(WTERMSIG(e->status)));
    else if (WEXITSTATUS(e->status) == 0)
        text_put(why, size, "the process ended (exit 0) before the test did");
    else if (e->left > 0)
        text_put(why, size, "it left %d process%s running", e->left,
                 e->left == 1 ? "" : "es");
}

/* As often as its suite runs its tests (on two loops, say), and no more. */
static int has_passed(const struct attempt *a, int index, const struct ended *e)
{
    const char *at = e->verdict.at;
    int runs = a->lab->runs[a->lab->tests[index].suite];
    char verdict[256];
    size_t len;

    text_put(verdict, sizeof verdict, "%s %s\n", a->build.key,
             a->lab->tests[index].name);
    len = strlen(verdict);
    for (; runs > 1 && strncmp(at, verdict, len) == 0; runs--)
        at += len;
    return e->ending == ENDED && e->status == 0 && e->left == 0 &&
           strcmp(at, verdict) == 0;
}

static void judge(struct attempt *a, int index, struct ended *e)
{
    struct result *result = &a->results[index];
    int passed = has_passed(a, index, e);

    result->outcome = passed ? PASSED : FAILED;
    result->ms = e->ms;
    free(result->said);
    result->said = e->output.at;
    free(e->verdict.at);
    if (!passed) {
        why_ended(e, scaled(a->lab->seconds), result->why, sizeof result->why);
        result->hint = lab_hint(&a->lab->tests[index], result->said,
                                result->why);
    }
}

static void remove_tree(const char *path)
{
    const char *argv[] = {"rm", "-rf", path, NULL};
    struct order order = {.argv = argv, .seconds = 60};
    struct ended ended = supervise(&order);

    ended_free(&ended);
}

/* ---- all of them --------------------------------------------------------- */

static void block(struct attempt *a, int index, int parent)
{
    a->results[index].outcome = BLOCKED;
    text_put(a->results[index].why, sizeof a->results[index].why,
             "blocked: it needs %s", a->lab->tests[parent].name);
}

static int is_started(const struct run *r, int index)
{
    for (int i = 0; i < r->jobs; i++)
        if (r->supervised[i].supervisor != 0 && r->tests[i].test == index)
            return 1;
    return 0;
}

/* The next test that can be run now; those that never can are blocked. -1: none
 * at the moment. */
static int next_test(struct run *r, const char *only)
{
    struct attempt *a = r->a;

    for (int i = 0; i < a->lab->tests_count; i++) {
        int parent = only == NULL ? a->lab->tests[i].parent : -1;

        if (a->results[i].outcome != NOT_RUN || is_started(r, i) ||
            (only != NULL && strcmp(only, a->lab->tests[i].name) != 0))
            continue;
        if (parent < 0 || a->results[parent].outcome == PASSED)
            return i;
        if (a->results[parent].outcome != NOT_RUN)
            block(a, i, parent);
    }
    return -1;
}

static int free_slot(const struct run *r)
{
    for (int i = 0; i < r->jobs; i++)
        if (r->supervised[i].supervisor == 0)
            return i;
    return -1;
}

static int start_what_can_be(struct run *r, const char *only)
{
    int slot, index;

    while ((slot = free_slot(r)) >= 0 && (index = next_test(r, only)) >= 0)
        if (start_test(r, slot, index) != 0)
            return -1;
    return 0;
}

static int run_tests(struct run *r, const char *only, attempt_progress progress,
                     void *data)
{
    struct ended ended;
    int slot;

    for (int i = 0; i < r->jobs; i++)
        r->supervised[i].report = -1;
    if (start_what_can_be(r, only) != 0)
        return -1;
    while ((slot = supervise_wait(r->supervised, r->jobs, &ended)) >= 0) {
        judge(r->a, r->tests[slot].test, &ended);
        remove_tree(r->tests[slot].scratch);
        if (start_what_can_be(r, only) != 0)
            return -1;
        if (progress != NULL)
            progress(data);
    }
    return 0;
}

/* Nothing can be run: each test says so, and shows what the compiler said. */
static void not_built(struct attempt *a)
{
    for (int i = 0; i < a->lab->tests_count; i++) {
        a->results[i].outcome = i == 0 ? FAILED : BLOCKED;
        text_put(a->results[i].why, sizeof a->results[i].why,
                 i == 0 ? "it does not compile" : "blocked: nothing was built");
    }
    free(a->results[0].said);
    a->results[0].said = text_copy(a->build.said.at, a->build.said.len);
}

int attempt_run(struct attempt *a, const char *from, const char *name,
                const char *only, int jobs, attempt_progress progress,
                void *data)
{
    struct run r = {.a = a,
                    .jobs = jobs < SUPERVISED_MOST ? jobs : SUPERVISED_MOST};

    if (build_lab(&a->build, a->lab, from, name) != 0)
        return -1;
    if (!a->build.ok) {
        not_built(a);
        return 0;
    }
    return run_tests(&r, only, progress, data);
}

struct attempt *attempt_new(const struct lab *lab)
{
    struct attempt *a = text_zeros(sizeof *a);

    a->lab = lab;
    for (int i = 0; i < lab->tests_count; i++) {
        a->results[i].said = text_copy("", 0);
        a->results[i].hint = "";
    }
    return a;
}

void attempt_free(struct attempt *a)
{
    for (int i = 0; i < a->lab->tests_count; i++)
        free(a->results[i].said);
    free(a->build.said.at);
    free(a);
}

int attempt_score(const struct attempt *a)
{
    int sum = 0;

    for (int i = 0; i < a->lab->tests_count; i++)
        if (a->results[i].outcome == PASSED)
            sum += a->lab->tests[i].points;
    return sum;
}

int attempt_count(const struct attempt *a, enum outcome outcome)
{
    int n = 0;

    for (int i = 0; i < a->lab->tests_count; i++)
        n += a->results[i].outcome == outcome;
    return n;
}
