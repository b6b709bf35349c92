#ifndef SETTINGS_H
#define SETTINGS_H

#include "contenders.h"
#include "latency.h"

#include <stdint.h>

/* settings: what is to be played, as NAME=VALUE words.
 *
 * One table (settings.c) holds name, range, preset and meaning of each; the
 * parser, its complaints and --help come from it. Nothing here is freed: texts
 * are those of the caller. */

enum fault { FAULT_REFUSE, FAULT_ERROR, FAULT_HANG };

#define STALE_NEVER   (-1.0)
#define MAX_BALANCERS 256

struct settings {
    const struct balance *algorithms[CONTENDERS_MAX + 1]; /* up to a NULL */
    int backends, slots, queue, balancers, subset, clients, requests;
    int retries, fanout, seed;
    int weights[MAX_BACKENDS];
    double load;       /* of what all backends can do at their usual pace */
    double service_ms; /* the mean of one request, without waiting */
    double slow;       /* the first backend takes so many times as long */
    double timeout_ms, check_s;
    double stale_ms;   /* age of what balancers know of each other, at most */
    double fail_s, back_s; /* the last backend is ill from, to; 0, 0: never */
    enum fault fault;
    int spread; /* not all balancers begin with the first of their backends */
    const struct latency *latency;
    const char *data; /* a file for the points of a chart, or NULL */
};

/* Everything as preset. */
void settings_begin(struct settings *s);

/* Takes one word: NULL; or what is wrong with it, valid until the next call, in
 * `wrong`. */
#define SETTINGS_WRONG 256
const char *settings_take(struct settings *s, const char *word,
                          char wrong[SETTINGS_WRONG]);

/* What only shows when all are known. NULL, or what is wrong. */
const char *settings_end(struct settings *s);

/* Prints the table to standard output. */
void settings_print_help(void);

/* Slots of all backends: a backend has SLOTS times its weight. */
int settings_all_slots(const struct settings *s);

/* Requests a second. */
double settings_rate(const struct settings *s);

#endif
