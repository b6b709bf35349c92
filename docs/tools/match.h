#ifndef MATCH_H
#define MATCH_H

#include "text.h"

/* match: whether what a terminal printed is what a README shows.
 *
 * Blanks at the end of a line (and CR) do not count. In a shown line "…" stands
 * for any characters, also none; a line that is only "…" stands for any lines,
 * also none. */

enum {
    MATCH_NUMBERS = 1,   /* digits match any digits, blanks any blanks */
    MATCH_UNORDERED = 2, /* the lines may come in any order */
    MATCH_SKIPS = 4      /* as if the shown lines began with "…" */
};

/* Compares the shown lines with the first lines of the actual ones, at least
 * `least` of them. Returns how many it took (the fewest that do), MATCH_MORE if
 * lines that are still to come could complete it, or MATCH_NEVER. *reached is
 * the number of the first shown line that found none. */
enum { MATCH_MORE = -1, MATCH_NEVER = -2 };
int match_lines(const struct lines *shown, unsigned flags,
                const struct lines *actual, int least, int *reached);

int match_is_gap(const char *shown);

#endif
