#ifndef LIMITED_H
#define LIMITED_H

#include "limit_filter.h"
#include "pooled.h"

/* limited: what the load balancers from this chapter on have in common: those of
 * chapter 6 (pooled.h), with a limit for each client.
 *
 *     limited_init -> options_read, with limited_take
 *     limited_prepare -> ... -> pooled_run -> limited_close */

#define LIMITED_OPTIONS POOLED_OPTIONS "rbl"
#define LIMITED_USAGE                                                          \
    POOLED_USAGE                                                               \
    "  -r RATE    requests per second of one client address (0.5: one in two\n" \
    "             seconds); more get 429. Without it there is no limit\n"      \
    "  -b BURST   so many at once, after a pause (default: those of a "        \
    "second)\n"                                                                \
    "  -l token_bucket | sliding_window\n"                                     \
    "             how it is counted (default: token_bucket)\n"

struct limited {
    struct pooled pooled; /* first: print_more is handed this */
    double rate; /* 0: no limit */
    int burst;   /* 0: not given */
    RateLimitAlgorithm algorithm;
    struct limit_filter filter; /* its limiter is NULL without a limit */
};

/* The defaults. *l must be all zero. */
void limited_init(struct limited *l, const char *program);

/* As pooled_take(), and the options -r, -b and -l. */
const char *limited_take(void *self, int what, int n, const char *value);

/* As pooled_prepare(), and makes the limiter. 0, or -1, said; then
 * limited_close() is all that is left to do. */
int limited_prepare(struct limited *l);

/* Frees everything, after a prepare that failed, too. */
void limited_close(struct limited *l);

/* Prints a line about the limit, if there is one: for print_more. */
void limited_print(const struct balancer *b);

#endif
