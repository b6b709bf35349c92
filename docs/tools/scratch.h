#ifndef SCRATCH_H
#define SCRATCH_H

#include <limits.h>

#include "ports.h"

/* scratch: a copy of the tree in a temporary directory, for one replay.
 *
 * It holds what git knows or would add (without git: all but .git and build), and
 * the objects of build/plain, if there are any: so `make` there need only link.
 * In its .json and .conf files and its scripts (#!) are the real ports. */

struct scratch {
    char top[PATH_MAX];  /* holds tree/, home/ and tmp/ */
    char work[PATH_MAX]; /* the README's directory in the copy */
};

/* The directory that holds .git, or else the one that holds common.mk, at or
 * above that of the file; else the file's own. Returns 0, or -1 and errno. */
int scratch_root(const char *file, char root[PATH_MAX]);

/* Copies the tree around `file`. Returns 0; or -1 after it has said why. */
int scratch_make(struct scratch *s, const char *root, const char *file,
                 const struct ports *ports);
void scratch_remove(struct scratch *s);

#endif
