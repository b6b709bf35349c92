#ifndef TREE_H
#define TREE_H

/* tree: a small source tree in a temporary directory, and the readme tool run
 * over a README in it. One tree serves a whole suite:
 *
 *     int main(void) { tree_make(); ... tree_remove(); }
 *
 * After each run the tool must have left nothing in its TMPDIR.
 * (static inline: a suite is linked with its own object and tests/support/.) */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "program.h"

#define TREE_README "docs/tools/readme"

static char tree_top[] = "/tmp/readme-test-XXXXXX";

static inline const char *tree_path(const char *name)
{
    static char path[512];

    snprintf(path, sizeof path, "%s/%s", tree_top, name);
    return path;
}

static inline void tree_write(const char *name, const char *text)
{
    FILE *f = fopen(tree_path(name), "w");

    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* Returns what the file holds, in memory valid until the next call. */
static inline const char *tree_read(const char *name)
{
    static char text[8192];
    FILE *f = fopen(tree_path(name), "r");
    size_t n;

    assert_non_null(f);
    n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

static inline void tree_make(void)
{
    static const char *const directories[] = {"tmp", "backends",
                                              "chapter-01-a", "chapter-02-b"};

    if (mkdtemp(tree_top) == NULL) {
        perror("mkdtemp");
        exit(1);
    }
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        mkdir(tree_path(directories[i]), 0700);
    fclose(fopen(tree_path("common.mk"), "w")); /* this is the root */
    setenv("TMPDIR", tree_path("tmp"), 1);
}

static inline void tree_remove(void)
{
    char command[64];

    snprintf(command, sizeof command, "rm -rf %s", tree_top);
    if (system(command) != 0)
        fprintf(stderr, "%s is left\n", tree_top);
}

static inline int tree_tmp_is_empty(void)
{
    DIR *d = opendir(tree_path("tmp"));
    int n = 0;

    assert_non_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    return n == 2;
}

/* Runs `readme TASK FILE`, and expects this status and these words of its
 * output. */
static inline void tree_expect(const char *task, const char *file, int status,
                               const char *says)
{
    char path[512];
    const char *argv[] = {TREE_README, "--verbose", task, path, NULL};
    struct run r;

    snprintf(path, sizeof path, "%s", tree_path(file));
    r = program_run(argv, NULL, 0);
    if (r.status != status || strstr(r.out, says) == NULL) {
        print_message("%s\nexpected status %d and: %s\nstatus %d:\n%s%s",
                      tree_read(file), status, says, r.status, r.out, r.err);
        run_free(&r);
        fail();
    }
    run_free(&r);
    assert_true(tree_tmp_is_empty());
}

/* The same for a README that is written for it. */
static inline void tree_expect_text(const char *task, const char *text,
                                    int status, const char *says)
{
    tree_write("R.md", text);
    tree_expect(task, "R.md", status, says);
}

#endif
