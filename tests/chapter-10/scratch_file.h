#ifndef SCRATCH_FILE_H
#define SCRATCH_FILE_H

/* scratch_file: a directory of the test's own, and files in it. */

#include "failure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scratch {
    char dir[64];
    char file[80]; /* DIR/lb.json: need not exist */
};

static inline void scratch_make(struct scratch *s)
{
    strcpy(s->dir, "/tmp/lb-config-XXXXXX");
    if (mkdtemp(s->dir) == NULL)
        failure("mkdtemp: %s", strerror(errno));
    snprintf(s->file, sizeof s->file, "%s/lb.json", s->dir);
}

static inline void scratch_write(const char *path, const char *bytes,
                                 size_t len)
{
    FILE *f = fopen(path, "w");

    if (f == NULL || fwrite(bytes, 1, len, f) != len || fclose(f) != 0)
        failure("%s: %s", path, strerror(errno));
}

static inline void scratch_remove(const struct scratch *s)
{
    remove(s->file); /* a directory, too */
    if (rmdir(s->dir) != 0)
        failure("%s: %s", s->dir, strerror(errno));
}

#endif
