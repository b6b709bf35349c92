#ifndef LB_COMMAND_H
#define LB_COMMAND_H

#include <stddef.h>

/* lb_command: what holds for the command line of every load balancer of the
 * course, from chapter 3 on. The suites add what is theirs:
 *
 *     static const struct lb_command me = { LB_PROGRAM, "HOST:PORT" };
 *     lb_command_refuses_what_is_wrong(&me);
 *     lb_command_refuses(&me, own_cases, count);
 *
 * All functions fail the running test instead of returning an error. */

#define LB_COMMAND_WORDS 6

struct lb_command {
    const char *program; /* as for program_start() */
    const char *backend; /* what its messages call a backend */
};

/* A wrong command line and what is said about it: "NAME: SAYS: WORD". */
struct lb_command_case {
    const char *arguments[LB_COMMAND_WORDS]; /* up to a NULL */
    const char *says; /* NULL: that the word is no backend */
    const char *word; /* the wrong one; NULL: none is named */
};

/* One line that says what is wrong, then what -h prints; exit status 2. */
void lb_command_refuses(const struct lb_command *c,
                        const struct lb_command_case *cases, size_t count);

/* What is wrong for all of them, whatever options they have. */
void lb_command_refuses_what_is_wrong(const struct lb_command *c);

/* -h and --help anywhere: the usage, with this first line (or its beginning)
 * and a line for each of these option letters; exit status 0. */
void lb_command_explains_itself(const struct lb_command *c,
                                const char *operands, const char *options);

/* These command lines start it. */
void lb_command_accepts(const struct lb_command *c,
                        const char *const lines[][LB_COMMAND_WORDS],
                        size_t count);

void lb_command_takes_256_backends(const struct lb_command *c);

/* A port in use ends it, and does not harm who uses it; the port of one that
 * has ended can be had at once. An unknown host ends it. Exit status 1. */
void lb_command_needs_its_port(const struct lb_command *c);
void lb_command_needs_known_hosts(const struct lb_command *c);

#endif
