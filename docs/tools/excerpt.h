#ifndef EXCERPT_H
#define EXCERPT_H

#include "text.h"

/* excerpt: finds in a source what a quote names (see quotes.h). */

/* Copies the lines that `what` names, without their common indentation, into
 * *out, which the caller frees. Returns 0; or -1 when nothing is so named, or
 * the expression cannot be read: then nothing is in *out. */
int excerpt_find(const struct lines *source, const char *what,
                 struct lines *out);

#endif
