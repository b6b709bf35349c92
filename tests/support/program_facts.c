/* What the system tells about a program that runs. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"

#ifdef __linux__
static FILE *open_fact(const struct program *p, const char *name)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%ld/%s", (long)program_pid(p), name);
    return fopen(path, "r");
}

int program_descriptors(const struct program *p)
{
    char path[64];
    struct dirent *entry;
    DIR *list;
    int count = 0;

    snprintf(path, sizeof path, "/proc/%ld/fd", (long)program_pid(p));
    list = opendir(path);
    if (list == NULL)
        return -1;
    while ((entry = readdir(list)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(list);
    return count;
}

long program_memory_kib(const struct program *p)
{
    FILE *facts = open_fact(p, "status");
    char line[256];
    long kib = -1;

    while (facts != NULL && fgets(line, sizeof line, facts) != NULL)
        if (strncmp(line, "VmRSS:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    if (facts != NULL)
        fclose(facts);
    return kib;
}

/* proc(5): utime and stime are the 14th and 15th words of stat; the 2nd is the
 * name in parentheses, which may hold anything. */
long program_cpu_ms(const struct program *p)
{
    FILE *facts = open_fact(p, "stat");
    char line[1024], *at;
    long ticks = 0, per_second = sysconf(_SC_CLK_TCK);

    if (facts == NULL)
        return -1;
    at = fgets(line, sizeof line, facts) ? strrchr(line, ')') : NULL;
    fclose(facts);
    for (int word = 3; at != NULL && word <= 15; word++) {
        at = strchr(at + 1, ' ');
        if (at != NULL && word >= 14)
            ticks += strtol(at, NULL, 10);
    }
    return at != NULL ? ticks * 1000 / per_second : -1;
}
#else
int program_descriptors(const struct program *p)
{
    (void)p;
    return -1;
}

long program_memory_kib(const struct program *p)
{
    char pid[24];
    const char *argv[] = { "/bin/ps", "-o", "rss=", "-p", pid, NULL };
    struct run r;
    long kib;

    snprintf(pid, sizeof pid, "%ld", (long)program_pid(p));
    r = program_run(argv, NULL, 0);
    kib = r.status == 0 ? strtol(r.out, NULL, 10) : -1;
    run_free(&r);
    return kib;
}

long program_cpu_ms(const struct program *p)
{
    (void)p;
    return -1;
}
#endif
