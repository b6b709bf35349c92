#ifndef SIMULATION_H
#define SIMULATION_H

#include "result.h"
#include "settings.h"

/* simulation: one algorithm, a number of requests, in virtual time.
 *
 *   a request comes (Poisson) -> one of the balancers -> the algorithm picks
 *     -> a slot is free: it is worked on     -> answered
 *     -> all are busy: it waits in the queue -> answered
 *     -> refused, or given up: the next attempt, on another backend; or lost
 *
 * What comes, when and how much work it is depends on the seed and on nothing
 * that an algorithm does: all of them get the same requests at the same
 * moments. The network takes no time. Whatever the settings, each request is
 * answered or lost in the end. */

/* Plays it to the end. r is opened here; the caller closes it. 0, or -1 and
 * errno. */
int simulate(const struct settings *s, const struct balance *how,
             struct result *r);

#endif
