#define _XOPEN_SOURCE 700 /* realpath() */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "text.h"

/* $1 is the root and $2 the top of the scratch directory. */
static const char copy_script[] =
    "mkdir \"$2/tree\" \"$2/home\" \"$2/tmp\" && cd \"$1\" || exit 1\n"
    "if git rev-parse --git-dir >/dev/null 2>&1 && [ -e .git ]; then\n"
    "    git -c core.quotePath=off ls-files --cached --others"
    " --exclude-standard |\n"
    "    while IFS= read -r f; do\n"
    "        [ -e \"$f\" ] && printf '%s\\n' \"$f\"\n"
    "    done\n"
    "else\n"
    "    find . \\( -name .git -o -path ./build \\) -prune -o -type f -print\n"
    "fi | tar -cf - -T - | tar -xf - -C \"$2/tree\"\n"
    "find \"$2/tree\" -type f >\"$2/list\"\n"
    "[ -d build/plain ] || exit 0\n"
    "find build/plain -path build/plain/tests -prune -o -type f"
    " \\( -name '*.[ado]' -o -name flags -o -name '*_page.c' \\) -print |\n"
    "    tar -cf - -T - | tar -xf - -C \"$2/tree\"\n";

/* Runs a shell script with two arguments; returns its exit status, or -1. */
static int run(const char *script, const char *one, const char *two)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        execlp("sh", "sh", "-c", script, "sh", one, two, (char *)NULL);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Cuts the last part off a path; "" at the end. */
static void go_up(char *path)
{
    char *slash = strrchr(path, '/');

    *(slash != NULL ? slash : path) = '\0';
}

static int climb_to(const char *file, const char *mark, char root[PATH_MAX])
{
    char path[PATH_MAX + 16];

    text_put(root, PATH_MAX, "%s", file);
    for (go_up(root); root[0] != '\0'; go_up(root)) {
        text_put(path, sizeof path, "%s/%s", root, mark);
        if (access(path, F_OK) == 0)
            return 0;
    }
    return -1;
}

int scratch_root(const char *file, char root[PATH_MAX])
{
    char real[PATH_MAX];

    if (realpath(file, real) == NULL)
        return -1;
    if (climb_to(real, ".git", root) < 0 &&
        climb_to(real, "common.mk", root) < 0) {
        memcpy(root, real, sizeof real);
        go_up(root);
    }
    return 0;
}

/* Files that may hold ports and that programs read: configuration, scripts. */
static int may_hold_ports(const char *path, const struct text *t)
{
    const char *dot = strrchr(path, '.');

    return strncmp(t->at, "#!", 2) == 0 ||
           (dot != NULL &&
            (strcmp(dot, ".json") == 0 || strcmp(dot, ".conf") == 0));
}

static void rewrite_ports(const char *path, const struct ports *ports)
{
    struct text t;

    if (file_read(&t, path) < 0)
        return;
    if (may_hold_ports(path, &t)) {
        ports_to_real(ports, t.at);
        if (file_write(&t, path) < 0)
            fprintf(stderr, "readme: %s: %s\n", path, strerror(errno));
    }
    free(t.at);
}

static int make_top(struct scratch *s)
{
    const char *tmp = getenv("TMPDIR");
    char made[PATH_MAX];

    text_put(made, sizeof made, "%s/readme-XXXXXX",
             tmp != NULL && *tmp != '\0' ? tmp : "/tmp");
    s->top[0] = '\0';
    return mkdtemp(made) != NULL && realpath(made, s->top) != NULL ? 0 : -1;
}

static void rewrite_all(const struct scratch *s, const struct ports *ports)
{
    char list[PATH_MAX + 16];
    struct lines files;

    text_put(list, sizeof list, "%s/list", s->top);
    if (lines_read(&files, list) < 0)
        return;
    for (int i = 0; i < files.count; i++)
        rewrite_ports(files.at[i], ports);
    lines_free(&files);
}

int scratch_make(struct scratch *s, const char *root, const char *file,
                 const struct ports *ports)
{
    char real[PATH_MAX];

    if (realpath(file, real) == NULL || make_top(s) < 0) {
        fprintf(stderr, "readme: %s: no temporary directory: %s\n", file,
                strerror(errno));
        return -1;
    }
    go_up(real);
    if (snprintf(s->work, sizeof s->work, "%s/tree%s", s->top,
                 real + strlen(root)) >= (int)sizeof s->work ||
        run(copy_script, root, s->top) != 0 || access(s->work, X_OK) < 0) {
        fprintf(stderr, "readme: %s: the tree cannot be copied to %s\n", file,
                s->top);
        scratch_remove(s);
        return -1;
    }
    rewrite_all(s, ports);
    return 0;
}

void scratch_remove(struct scratch *s)
{
    if (s->top[0] != '\0' && run("rm -rf -- \"$1\"", s->top, "") != 0)
        fprintf(stderr, "readme: %s cannot be removed\n", s->top);
    s->top[0] = '\0';
}
