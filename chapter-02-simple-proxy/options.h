#ifndef OPTIONS_H
#define OPTIONS_H

#include "log.h"

/* options: a command line whose options may stand before, between or after the
 * operands.
 *
 * getopt(3) stops at the first operand on most systems, so `advanced_lb 8080
 * HOST:PORT -a lc` would not be understood everywhere. This is an iterator: the
 * program asks for the next thing until there is none.
 *
 *     while ((what = options_next(&o, "a")) != OPTIONS_END)
 *         switch (what) {
 *         case 'a':             ... o.value is the option's value ...
 *         case OPTIONS_OPERAND: ... o.value is the operand ...
 *         case OPTIONS_HELP:    ... -h or --help ...
 *         case OPTIONS_BAD:     ... o.error says why, with o.value ...
 *
 * "--" ends the options; "-a rr" and "-arr" are the same. */

enum { OPTIONS_END = -1, OPTIONS_OPERAND = 0, OPTIONS_HELP = 1, OPTIONS_BAD };

struct options {
    int argc, next;
    char **argv;
    int only_operands; /* "--" was seen */
    const char *value, *error;
};

void options_begin(struct options *o, int argc, char **argv);

/* `with_value` holds the letters of the options, all of which take a value. */
int options_next(struct options *o, const char *with_value);

/* Prints the usage to standard output, as -h and --help ask. Returns the exit
 * status: 0, or 1 if it could not be written. */
int print_usage(const char *usage);

/* Prints one line that says what is wrong, then the usage, to standard error.
 * Returns 2, the exit status of a program that was called wrongly. */
int options_fail(const char *program, const char *usage, const char *format,
                 ...) LOG_PRINTF(3, 4);

#endif
