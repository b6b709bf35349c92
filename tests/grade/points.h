#ifndef POINTS_H
#define POINTS_H

#include "lab.h"

/* points: reads a lab's file of tests, hints and points.
 *
 *     # test                points  seen      parent
 *     listens_and_says_so   1       visible   -
 *         The likely cause, in a sentence or two, on lines that are indented.
 *         if "came     \"hello": another one, where the output has this text.
 *     hidden: 4
 *
 * Returns the number of faults, which have been printed. */
int points_read(struct lab *lab);

#endif
