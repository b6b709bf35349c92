#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "deadline.h"
#include "descriptors.h"
#include "failure.h"
#include "fixture.h"
#include "program.h"
#include "program_poll.h"
#include "verdict.h"

#define SUITE_MS  120000
#define ORPHAN_MS 2000 /* a killed master's workers need a moment to notice */
#define MAX_TESTS 512

static struct {
    unsigned char open_before[DESCRIPTORS_MAX];
    int count_before;
    int passed;     /* the running test came to its end */
    int asked_seed; /* its numbers are worth repeating */
} test;

/* ---- descriptors -------------------------------------------------------- */

static void count_one(int fd, void *count)
{
    (void)fd;
    ++*(int *)count;
}

int fixture_descriptors(void)
{
    int count = 0;

    descriptors_each(count_one, &count);
    return count;
}

static void remember(int fd, void *unused)
{
    (void)unused;
    test.open_before[fd] = 1;
}

static void close_if_new(int fd, void *unused)
{
    (void)unused;
    if (!test.open_before[fd])
        close(fd);
}

/* ---- one test ----------------------------------------------------------- */

int fixture_setup(void **state)
{
    (void)state;
    memset(test.open_before, 0, sizeof test.open_before);
    descriptors_each(remember, NULL);
    test.count_before = fixture_descriptors();
    test.passed = 0;
    test.asked_seed = 0;
    return 0;
}

/* Reaps what other programs orphaned; returns 1 if some of it runs on. */
static int children_left(void)
{
    deadline_t deadline = deadline_in(ORPHAN_MS);
    pid_t pid;

    for (;;) {
        pid = waitpid(-1, NULL, WNOHANG);
        if (pid < 0 && errno == ECHILD)
            return 0;
        if (pid == 0 && !deadline_pause(deadline))
            return 1;
    }
}

/* Only what descends from this process is its child. The list is Linux's; where
 * there is none, there is no subreaper either, and nothing to end. */
static void kill_children(void)
{
    char path[64];
    long pid = getpid();
    FILE *list;

    snprintf(path, sizeof path, "/proc/self/task/%ld/children", pid);
    list = fopen(path, "r");
    while (list != NULL && fscanf(list, "%ld", &pid) == 1)
        kill((pid_t)pid, SIGKILL);
    if (list != NULL)
        fclose(list);
    children_left();
}

static void check_left_behind(void)
{
    int programs = program_end_all();
    int descriptors = fixture_descriptors() - test.count_before;

    if (programs > 0)
        failure("the test left %d program(s) running", programs);
    if (children_left())
        failure("the test, or a program of it, left a child running");
    if (descriptors > 0)
        failure("the test left %d descriptor(s) open", descriptors);
}

/* cmocka does not tell a teardown how its test ended. So fixture_run() puts
 * this in the place of each test: a failed assertion jumps over the end. */
static void run_and_check(void **state)
{
    const struct CMUnitTest *wrapped = *state;
    void *own_state = NULL;

    wrapped->test_func(&own_state);
    check_left_behind();
    verdict_passed(wrapped->name);
    test.passed = 1;
}

int fixture_teardown(void **state)
{
    (void)state;
    program_end_all();
    if (children_left())
        kill_children();
    descriptors_each(close_if_new, NULL);
    if (!test.passed && test.asked_seed)
        fprintf(stderr, "LB_TEST_SEED=%lu repeats it\n",
                (unsigned long)random_seed());
    return 0;
}

/* ---- the suite ---------------------------------------------------------- */

static void end_suite(int sig)
{
    static const char late[] = "ERROR: the suite is not done in time\n";

    program_kill_from_handler();
    if (sig == SIGALRM && write(2, late, sizeof late - 1) < 0)
        _exit(1);
    raise(sig); /* SA_RESETHAND: ends the process as if nobody had caught it */
}

static void handle(int sig, void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(sig, &action, NULL);
}

/* Descriptors 0 to 2 must be taken, or a socket becomes "standard output". */
static void take_standard_descriptors(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd < 3);
    if (fd >= 0)
        close(fd);
}

int fixture_group_setup(void **state)
{
    (void)state;
    take_standard_descriptors();
    verdict_take();
#ifdef __linux__
    /* What a program under test leaves behind becomes our child: it is seen. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
    handle(SIGPIPE, SIG_IGN);
    handle(SIGALRM, end_suite);
    handle(SIGINT, end_suite);
    handle(SIGTERM, end_suite);
    handle(SIGHUP, end_suite);
    alarm((unsigned)deadline_left(deadline_in(SUITE_MS)) / 1000);
    return 0;
}

int fixture_run_group(const char *group, const struct CMUnitTest *tests,
                      size_t count)
{
    static struct CMUnitTest wrapped[MAX_TESTS];
    const char *filter = getenv("LB_TEST_FILTER");

    if (count > MAX_TESTS) {
        fprintf(stderr, "%s: more than %d tests\n", group, MAX_TESTS);
        return 1;
    }
    memcpy(wrapped, tests, count * sizeof *tests);
    for (size_t i = 0; i < count; i++)
        if (wrapped[i].setup_func == fixture_setup) {
            wrapped[i].test_func = run_and_check;
            wrapped[i].initial_state = (void *)(uintptr_t)&tests[i];
        }
    if (filter != NULL)
        cmocka_set_test_filter(filter);
    return _cmocka_run_group_tests(group, wrapped, count, fixture_group_setup,
                                   NULL);
}

uint32_t random_seed(void)
{
    const char *text = getenv("LB_TEST_SEED");

    test.asked_seed = 1;
    return text != NULL ? (uint32_t)strtoul(text, NULL, 0) : 20240917u;
}
