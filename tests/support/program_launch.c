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

#include "descriptors.h"
#include "failure.h"
#include "program_launch.h"

#define MAX_WORDS 600
#define MAX_TEXT  65536

struct command {
    char *words[MAX_WORDS + 1]; /* into text; ends in NULL */
    int count;
    char text[MAX_TEXT];
    size_t used;
};

static void add_word(struct command *c, const char *word, size_t len)
{
    if (c->count == MAX_WORDS || c->used + len + 1 > sizeof c->text)
        failure("a command line is too long");
    c->words[c->count] = memcpy(c->text + c->used, word, len);
    c->words[++c->count] = NULL;
    c->text[c->used + len] = '\0';
    c->used += len + 1;
}

static void add_wrapper(struct command *c)
{
    const char *at = getenv("LB_TEST_PROGRAM_WRAPPER");

    while (at != NULL && *(at += strspn(at, " ")) != '\0') {
        size_t len = strcspn(at, " ");

        add_word(c, at, len);
        at += len;
    }
}

/* LB_TEST_INSTEAD="lb=/home/alice/lb": another program stands in for the course's
 * own of that name (`make accept`). NULL: not for this one. */
static const char *stand_in(const char *path)
{
    const char *instead = getenv("LB_TEST_INSTEAD");
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t len = strlen(name);

    if (instead == NULL || strncmp(instead, name, len) != 0 ||
        instead[len] != '=')
        return NULL;
    return instead + len + 1;
}

static void add_path(struct command *c, const char *path)
{
    const char *instead = stand_in(path);
    char full[4096];

    if (instead != NULL)
        snprintf(full, sizeof full, "%s", instead);
    else
        snprintf(full, sizeof full, "%s/%s", PROGRAMS, path);
    add_word(c, full, strlen(full));
}

static void build_command(struct command *c, const char *const argv[])
{
    c->count = 0;
    c->used = 0;
    if (argv[0][0] == '/') {
        add_word(c, argv[0], strlen(argv[0]));
    } else {
        add_wrapper(c);
        add_path(c, argv[0]);
    }
    for (int i = 1; argv[i] != NULL; i++)
        add_word(c, argv[i], strlen(argv[i]));
}

/* What the test ignores (SIGPIPE) a program would inherit as ignored, and a
 * program that forgot to ignore it itself would pass its tests. */
static void default_signals(void)
{
    static const int all[] = { SIGPIPE, SIGINT,  SIGTERM, SIGHUP,
                               SIGALRM, SIGUSR1, SIGUSR2, SIGCHLD };
    struct sigaction action;
    sigset_t none;

    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        sigaction(all[i], &action, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void die_with(pid_t parent)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127); /* it died before the line above */
#else
    (void)parent;
#endif
}

static void hide_from_exec(int fd, void *unused)
{
    (void)unused;
    if (fd > 2)
        descriptors_private(fd);
}

/* In the child: the reason why exec failed goes to the parent through `report`,
 * which exec closes otherwise. */
static void become(struct command *c, const int standard[3], int report,
                   pid_t parent)
{
    int reason;

    default_signals();
    die_with(parent);
    descriptors_each(hide_from_exec, NULL); /* also what make left open */
    for (int fd = 0; fd < 3; fd++)
        if (dup2(standard[fd], fd) < 0)
            _exit(127);
    execvp(c->words[0], c->words);
    reason = errno;
    if (write(report, &reason, sizeof reason) < 0)
        _exit(127);
    _exit(127);
}

void launch_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        failure("pipe: %s", strerror(errno));
    descriptors_private(ends[0]);
    descriptors_private(ends[1]);
}

static int read_reason(int fd)
{
    int reason = 0;
    ssize_t n;

    do
        n = read(fd, &reason, sizeof reason);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof reason ? reason : 0;
}

pid_t launch(const char *const argv[], const int standard[3])
{
    struct command c;
    int report[2], reason;
    pid_t pid, parent = getpid();

    build_command(&c, argv);
    launch_pipe(report);
    fflush(NULL); /* or the child might print our buffers, too */
    pid = fork();
    if (pid == 0)
        become(&c, standard, report[1], parent);
    close(report[1]);
    reason = pid < 0 ? errno : read_reason(report[0]);
    close(report[0]);
    if (reason != 0) {
        if (pid > 0)
            waitpid(pid, NULL, 0);
        failure("cannot start %s: %s", c.words[0], strerror(reason));
    }
    return pid;
}
