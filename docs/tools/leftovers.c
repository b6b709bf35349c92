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

/* Whether /proc/PID/stat says that a living process is ours:
 * "PID (name) STATE PARENT GROUP SESSION ..." */
static int is_ours(const char *pid, pid_t session)
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
    return state != 'Z' && (parent == getpid() || its_session == session);
}

int leftovers_kill(pid_t session, const char *tty)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    int n = 0;

    (void)tty;
    if (processes == NULL)
        return 0;
    while ((entry = readdir(processes)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]) ||
            !is_ours(entry->d_name, session))
            continue;
        kill((pid_t)strtol(entry->d_name, NULL, 10), SIGKILL);
        n++;
    }
    closedir(processes);
    return n;
}

#else

void leftovers_adopt(void)
{
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
