#ifndef MARKDOWN_H
#define MARKDOWN_H

#include "text.h"

/* markdown: the fenced blocks and headings of a README, as GitHub reads them.
 *
 * A fence may be indented (in a list); its lines lose that much indentation. */

enum { INFO_SIZE = 512 };

struct fence { /* where a walk over the lines stands; begins as {0} */
    char mark; /* '`' or '~' inside of a block, else 0 */
    int length, indent;
};

enum place { PROSE, FENCE_OPENS, IN_BLOCK, FENCE_CLOSES };
enum place fence_step(struct fence *f, const char *line);

struct block {
    int fence;       /* index of the line that opens it */
    int first, last; /* its lines: first <= i < last */
    int indent;
    char language[INFO_SIZE]; /* the first word behind the fence, or "" */
    char info[INFO_SIZE];     /* what follows that word, or "" */
};

/* The next block at or behind line b->last; begin with struct block b = {0}.
 * Returns 1, or 0 if there is none. A block that is never closed ends with the
 * file, as on GitHub. */
int block_next(const struct lines *doc, struct block *b);

/* Line i of a block, without the indentation of its fence. */
const char *block_line(const struct lines *doc, const struct block *b, int i);

/* Whether a heading has this anchor: `## What's new?` has `whats-new`, the next
 * one of that name `whats-new-1`. An id="anchor" in HTML counts, too. */
int markdown_has_anchor(const struct lines *doc, const char *anchor);

#endif
