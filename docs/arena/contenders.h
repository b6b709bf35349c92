#ifndef CONTENDERS_H
#define CONTENDERS_H

#include "balance.h"

/* contenders: which algorithms there are.
 *
 * Those of lb, by the names of its configuration file, are the ones that ship:
 * their code is called, nothing is modelled. Those of your own are a row of the
 * table in contenders.c. */

#define CONTENDERS_MAX 32

/* The n-th, from 0; NULL behind the last. Those of lb come first. */
const struct balance *contender_at(int n);

/* The one of that name or alias, or NULL. */
const struct balance *contender_find(const char *name);

#endif
