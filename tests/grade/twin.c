#include "twin.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "supervise.h"

enum { PATCH_SECONDS = 60 };

/* ---- what the patch says about itself ------------------------------------ */

static int read_kills(struct twin *twin, const struct lab *lab, const char *at)
{
    int faults = 0;

    while (*(at += strspn(at, " ")) != '\0') {
        size_t len = strcspn(at, " ");
        int index = lab_test_index(lab, at, len);

        if (index >= 0) {
            twin->kills[index] = 1;
        } else {
            fprintf(stderr, "%s: no test has the name %.*s\n", twin->path,
                    (int)len, at);
            faults++;
        }
        at += len;
    }
    return faults;
}

static int read_head(struct twin *twin, const struct lab *lab)
{
    struct lines lines;
    int faults = 0, kills = 0;

    if (lines_read(&lines, twin->path) < 0) {
        perror(twin->path);
        return 1;
    }
    for (int i = 0; i < lines.count && strncmp(lines.at[i], "---", 3); i++) {
        const char *line = lines.at[i];

        if (i == 0) {
            twin->mistake = text_copy(line, strlen(line));
        } else if (strncmp(line, "kills:", 6) == 0) {
            faults += read_kills(twin, lab, line + 6);
            kills = 1;
        } else if (strncmp(line, "hint: ", 6) == 0) {
            twin->hint = text_copy(line + 6, strlen(line + 6));
        }
    }
    lines_free(&lines);
    if (!kills)
        fprintf(stderr, "%s: no line `kills: TEST...`\n", twin->path);
    return faults + !kills;
}

int twin_list(const struct lab *lab, struct twin twins[TWINS])
{
    char pattern[PATH_MAX + 32];
    int faults = 0, count = 0;
    glob_t found;

    text_put(pattern, sizeof pattern, "%s/twins/*.patch", lab->path);
    if (glob(pattern, 0, NULL, &found) != 0)
        return 0;
    for (size_t i = 0; i < found.gl_pathc && count < TWINS; i++) {
        const char *path = found.gl_pathv[i];
        const char *name = strrchr(path, '/') + 1;

        twins[count] = (struct twin){.hint = text_copy("", 0)};
        text_put(twins[count].path, PATH_MAX, "%s", path);
        twins[count].name = text_copy(name, strlen(name) - strlen(".patch"));
        faults += read_head(&twins[count++], lab);
    }
    globfree(&found);
    return faults == 0 ? count : -1;
}

/* ---- its files ----------------------------------------------------------- */

/* By the shell, as it is said in one line there. */
static int run_shell(const char *script, const char *const variables[])
{
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    struct order order = {.argv = argv,
                          .variables = variables,
                          .seconds = PATCH_SECONDS,
                          .output = 1 << 20};
    struct ended ended = supervise(&order);
    int ok = ended.ending == ENDED && ended.status == 0;

    if (!ok)
        fputs(ended.output.at, stderr);
    ended_free(&ended);
    return ok ? 0 : -1;
}

int twin_make(const struct twin *twin, const struct lab *lab,
              const char *directory)
{
    char from[PATH_MAX + 32], to[PATH_MAX + 8], patch[PATH_MAX + 8];
    const char *variables[] = {from, to, patch, NULL};

    text_put(from, sizeof from, "FROM=%s/solution", lab->path);
    text_put(to, sizeof to, "TO=%s", directory);
    text_put(patch, sizeof patch, "PATCH=%s", twin->path);
    if (run_shell("rm -rf \"$TO\" && mkdir -p \"$TO\" && "
                  "cp \"$FROM\"/* \"$TO\" && "
                  "exec patch -s -p0 -d \"$TO\" <\"$PATCH\"",
                  variables) == 0)
        return 0;
    fprintf(stderr, "%s: does not fit the solution\n", twin->path);
    return -1;
}
