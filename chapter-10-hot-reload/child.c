#include "child.h"

#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define DESCRIPTORS_MAX 65536 /* what lb raises its own limit to, at most */

static int is_kept(int fd, const int *keep, int count)
{
    for (int i = 0; i < count; i++)
        if (fd == keep[i])
            return 1;
    return 0;
}

static void keep_only(const int *keep, int count)
{
    struct rlimit limit;
    int top = DESCRIPTORS_MAX;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
        limit.rlim_cur < (rlim_t)top)
        top = (int)limit.rlim_cur;
    for (int fd = STDERR_FILENO + 1; fd < top; fd++)
        if (!is_kept(fd, keep, count))
            close(fd);
}

pid_t child_fork(const int *keep, int count)
{
    sigset_t all, before;
    pid_t pid;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid = fork();
    if (pid == 0) {
        keep_only(keep, count);
        if (signals_renew() != 0)
            _exit(1);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return pid;
}

int child_reap(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

const char *child_fate(int status, char text[CHILD_TEXT])
{
    if (WIFSIGNALED(status))
        snprintf(text, CHILD_TEXT, "was killed by signal %d",
                 WTERMSIG(status));
    else
        snprintf(text, CHILD_TEXT, "exited with status %d",
                 WEXITSTATUS(status));
    return text;
}
