#ifndef QUOTES_H
#define QUOTES_H

#include "markdown.h"

/* quotes: the listings of a README against the sources that they name.
 *
 * A block ```c NAME:WHAT quotes WHAT of the file NAME. NAME is looked for
 * beside the README, then as a path from the root, then in chapter-NN-name/,
 * backends/ and tests/, where it must be the only one. WHAT is one of
 *
 *     net_listen                  a function, up to its closing brace; of a
 *                                 file that only declares it, the declaration
 *     struct channel              also enum and union
 *     #define BACKLOG             with its continuation lines
 *     /first line/,/last line/    basic regular expressions, as sed's
 *     /one line/
 *     *                           the whole file
 *
 * without the indentation that its lines have in common. A block that has only
 * a language is an illustration and is counted, not checked. */

/* Compares all quotes; with `refresh` writes those that differ into the file. */
void quotes_check(const struct lines *doc, const char *root, int refresh,
                  struct tally *t);

/* All relative links must lead to a file, and their #anchors to a heading. */
void links_check(const struct lines *doc, const char *root, struct tally *t);

/* Directory of a path, with a '/' at its end, or "" */
void directory_of(const char *path, char *out, size_t size);

#endif
