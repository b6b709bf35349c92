#ifndef TWIN_H
#define TWIN_H

#include "lab.h"

/* twin: a wrong implementation, as a patch on the solution.
 *
 *     toupper() of a plain char: bytes above 127 are negative
 *     kills: every_other_byte_is_unchanged
 *     hint: unsigned char
 *     --- upper_server.c
 *     +++ upper_server.c
 *
 * The first line says the mistake; `kills` names the tests that must lose their
 * points by it; one of the hints that are shown then holds the text `hint`. */

enum { TWINS = 16 };

struct twin {
    char *name; /* of the file, without .patch */
    char *mistake;
    char *hint; /* "" if any will do */
    unsigned char kills[LAB_TESTS];
    char path[PATH_MAX];
};

/* The twins of a lab, by name. Returns how many; -1 if they have faults, which
 * have been printed. What the twins point to is to be kept. */
int twin_list(const struct lab *lab, struct twin twins[TWINS]);

/* Writes the twin's files to a directory, which is made anew. Returns 0, or -1
 * after it has printed why not. */
int twin_make(const struct twin *twin, const struct lab *lab,
              const char *directory);

#endif
