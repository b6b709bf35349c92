#ifndef OPTIONS_H
#define OPTIONS_H

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

/* `letters` are those of the options: "pt", or "pt|v", where those behind the
 * '|' take no value (o.value is then empty). */
int options_next(struct options *o, const char *letters);

/* A number as every program takes it: digits only, min..max. NULL, or what is
 * wrong with the value. */
const char *options_number(const char *value, int min, int max, int *out);

/* Prints the usage to standard output, as -h and --help ask. Returns the exit
 * status: 0, or 1 if it could not be written. */
int print_usage(const char *usage);

/* What a program is called with. */
struct command_line {
    const char *program, *usage;
    const char *letters; /* as for options_next() */
    int at_least;           /* so many operands ... */
    const char *expected;   /* ... which are these: "PORT and HOST:PORT" */
};

/* Reads a whole command line. For each option (`what` is its letter) and each
 * operand (OPTIONS_OPERAND, the n-th, from 1) it calls `take`, which returns
 * NULL, or what is wrong with the value. Returns -1 to go on, or the exit
 * status: of printing the usage; or 2, after one line on standard error that
 * says what is wrong, and the usage. */
int options_read(const struct command_line *c, int argc, char **argv,
                 const char *(*take)(void *self, int what, int n,
                                     const char *value),
                 void *self);

#endif
