#include "leftovers.h"

#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#ifdef __linux__
#include <dirent.h>
#include <sys/prctl.h>

void leftovers_adopt(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void leftovers_end_with_parent(void)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
}

struct process {
    pid_t pid, parent;
    int is_ours, is_zombie;
};

/* /proc/PID/stat: "PID (name) STATE PARENT GROUP SESSION ..." */
static int read_process(const char *pid, pid_t session, struct process *p)
{
    char path[64], line[512], *at, state = 'Z';
    int parent = 0, group = 0, its_session = 0;
    FILE *f;

    text_put(path, sizeof path, "/proc/%.20s/stat", pid);
    if ((f = fopen(path, "r")) == NULL)
        return 0;
    if (fgets(line, sizeof line, f) != NULL &&
        (at = strrchr(line, ')')) != NULL)
        sscanf(at + 1, " %c %d %d %d", &state, &parent, &group, &its_session);
    fclose(f);
    p->pid = (pid_t)strtol(pid, NULL, 10);
    p->parent = parent;
    p->is_zombie = state == 'Z';
    p->is_ours = parent == getpid() || its_session == session;
    return 1;
}

static struct process *read_processes(pid_t session, int *count)
{
    struct process *all = NULL, one;
    DIR *list = opendir("/proc");
    struct dirent *entry;

    *count = 0;
    while (list != NULL && (entry = readdir(list)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]) ||
            !read_process(entry->d_name, session, &one))
            continue;
        all = array_grow(all, *count, sizeof *all);
        all[(*count)++] = one;
    }
    if (list != NULL)
        closedir(list);
    return all;
}

static int parent_is_ours(const struct process *all, int count, pid_t parent)
{
    for (int i = 0; i < count; i++)
        if (all[i].pid == parent)
            return all[i].is_ours;
    return 0;
}

/* What ours have started is ours, too, whatever session it is in. */
static void mark_descendants(struct process *all, int count)
{
    int more = 1;

    while (more) {
        more = 0;
        for (int i = 0; i < count; i++)
            if (!all[i].is_ours && parent_is_ours(all, count, all[i].parent))
                more = all[i].is_ours = 1;
    }
}

/* Sends them a signal (0: none); returns how many there are. */
static int each_leftover(pid_t session, int sig)
{
    int count, n = 0;
    struct process *all = read_processes(session, &count);

    mark_descendants(all, count);
    for (int i = 0; i < count; i++)
        if (all[i].is_ours && !all[i].is_zombie && all[i].pid != getpid()) {
            if (sig != 0)
                kill(all[i].pid, sig);
            n++;
        }
    free(all);
    return n;
}

int leftovers_count(pid_t session)
{
    return each_leftover(session, 0);
}

int leftovers_kill(pid_t session, const char *tty)
{
    (void)tty;
    return each_leftover(session, SIGKILL);
}

#else

void leftovers_adopt(void)
{
}

void leftovers_end_with_parent(void)
{
}

/* Only the group of the session's leader can be told. */
int leftovers_count(pid_t session)
{
    return kill(-session, 0) == 0;
}

/* The shell goes last: with it, the others would lose their terminal. */
int leftovers_kill(pid_t session, const char *tty)
{
    char command[256], state[16];
    int others = 0, leads = 0;
    long pid;
    FILE *list;

    text_put(command, sizeof command,
             "ps -o pid= -o stat= -t '%.200s' 2>/dev/null",
             strncmp(tty, "/dev/", 5) == 0 ? tty + 5 : tty);
    if ((list = popen(command, "r")) == NULL)
        return 0;
    while (fscanf(list, "%ld %15s", &pid, state) == 2) {
        if (pid == session && state[0] != 'Z')
            leads = 1;
        else if (state[0] != 'Z' && kill((pid_t)pid, SIGKILL) == 0)
            others++;
    }
    pclose(list);
    if (others == 0 && leads)
        kill(session, SIGKILL);
    return others + leads;
}

#endif
