#ifndef BUILD_H
#define BUILD_H

#include "lab.h"
#include "supervise.h"

/* build: makes the tests of a lab around the files of a submission. */

struct build {
    char from[PATH_MAX]; /* the submission: a directory, absolute */
    char work[PATH_MAX]; /* what is built of it, absolute */
    char key[33];        /* drawn anew: see tests/support/verdict.h */
    struct text said;    /* by make and the compiler; free() at */
    int ok;
};

/* What make is told in addition: "CC=clang", "SANITIZE=1"; up to a NULL. */
extern const char *build_settings[16];

/* Whether what is built is built with sanitizers: they need address space. */
int build_is_sanitized(void);

/* Builds it in build/VARIANT/LAB/NAME. Returns 0, or -1 if there is no such
 * submission; b->ok tells whether it compiles. */
int build_lab(struct build *b, const struct lab *lab, const char *from,
              const char *name);

#endif
