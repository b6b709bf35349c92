#ifndef MAGLEV_H
#define MAGLEV_H

#include "backend.h"

/* maglev: consistent hashing by a table, as Google's packet balancers do it.
 *
 * Each backend has an order in which it would like to have the places of the
 * table, which follows from its name alone. By turns, each takes the first
 * place on its list that is free, until the table is full. So all have equally
 * many places, give or take one; and if a backend leaves, the others want what
 * they wanted before, and most of them get it.
 *
 * To pick is then one look, however many backends there are. Source: Eisenbud
 * and others, "Maglev: A Fast and Reliable Software Network Load Balancer",
 * NSDI 2016, section 3.4. (Weights are not looked at.) */

#define MAGLEV_SIZE_MAX 65537

/* Fills table[0..size-1] with indices of the healthy backends of a set; with -1
 * if there are none. `size` must be prime, not above MAGLEV_SIZE_MAX, and more
 * than there are backends. Returns how many places were looked at. */
long maglev_build(int *table, int size, const struct backend_set *set);

/* The index that a key stands for. */
int maglev_pick(const int *table, int size, const char *key);

#endif
