#ifndef CALCULATE_H
#define CALCULATE_H

#include <stddef.h>

/* calculate: the answer to one line.
 *
 *     ADD 5 3 -> 8     SUB 5 8 -> -3     MUL 4 3 -> 12     DIV -7 2 -> -3
 *
 * A line is an operation in capitals and two whole numbers, with one space
 * between them and nothing else: no newline. A number is digits, with a '-' in
 * front if it is negative, and fits into 64 bits; so must the result. DIV cuts
 * off what is behind the point, as C does. */

#define CALCULATE_LINE_MAX 64 /* bytes of a line; a longer one is an error */
#define CALCULATE_ANSWER   32 /* room for the longest answer */

/* Writes the answer to these len bytes, without a newline, with a NUL: the
 * result, or
 *   ERROR syntax    this is no such line
 *   ERROR range     a number or the result does not fit
 *   ERROR division  by zero */
void calculate(const char *line, size_t len, char answer[CALCULATE_ANSWER]);

#endif
