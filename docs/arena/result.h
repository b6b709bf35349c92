#ifndef RESULT_H
#define RESULT_H

#include "backend.h"

#include <stddef.h>
#include <stdint.h>

/* result: what became of the requests of one run. */

struct result {
    uint64_t *took_ns; /* of those that were answered; `answered` of them */
    size_t arrived, answered, retried, lost, checks;
    uint64_t ended_ns;
    int backends;
    uint64_t given[MAX_BACKENDS]; /* by backend; each attempt counts */
    int weights[MAX_BACKENDS];
};

/* Room for so many requests. 0, or -1 and errno. Close it. */
int result_open(struct result *r, size_t requests);
void result_close(struct result *r);

/* One more answer. */
void result_add(struct result *r, uint64_t took_ns);

/* Call it when all were added, before these. */
void result_sort(struct result *r);

/* Milliseconds; 0 if nothing was answered. `part` is 0 to 1: of so many the
 * answer came within what is returned. */
double result_mean(const struct result *r);
double result_quantile(const struct result *r, double part);

/* The same for a page that is complete when `fanout` such answers are there, if
 * each is drawn by lot: all of them must be within. */
double result_page_quantile(const struct result *r, double part, int fanout);

/* How many took `from_ms` or more, and less than `to_ms`. */
size_t result_between(const struct result *r, double from_ms, double to_ms);

/* Jain's index of the requests for each weight: 1 if all had their share, 1/n
 * if one had everything (Jain, Chiu and Hawe, 1984). */
double result_fairness(const struct result *r);

/* The part of all requests that the busiest backend got. */
double result_busiest(const struct result *r);

#endif
