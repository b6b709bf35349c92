#ifndef BALANCE_H
#define BALANCE_H

#include "backend.h"

/* balance: which backend gets the next request.
 *
 * An algorithm looks at the set, at the client and at the backends that have
 * already refused this request; it returns one that is healthy and not among
 * those, or NULL if there is none. It may keep its place in the set, but it
 * never blocks, allocates or looks at a clock.
 *
 *   name                      finds        costs  for
 *   round_robin (rr)          the next     O(1)*  equal backends and requests
 *   weighted_round_robin(wrr) its share    O(n)   unequal backends
 *   least_connections (lc)    the idlest   O(n)   requests of unequal length
 *   ip_hash (iphash)          always same  O(1)*  sessions kept on a backend
 *   * as long as the first backend it looks at is healthy, else O(n) */

/* seam: balance. Chapter 10 adds two algorithms, a lab a third. */
struct balance {
    const char *name;  /* in a configuration file */
    const char *alias; /* on a command line */
    struct backend *(*pick)(struct backend_set *set, const char *client_ip,
                            const struct backend_mask *tried);
};

/* One after the other, beginning with the first. */
struct backend *select_round_robin(struct backend_set *set,
                                   const char *client_ip,
                                   const struct backend_mask *tried);

/* In proportion to the weights, and spread out: 3, 2, 1 gives 1 2 1 3 2 1, not
 * 1 1 1 2 2 3 (nginx's smooth weighted round robin). */
struct backend *select_weighted_round_robin(struct backend_set *set,
                                            const char *client_ip,
                                            const struct backend_mask *tried);

/* The one with the fewest active connections for its weight; those that are
 * equal take turns. */
struct backend *select_least_connections(struct backend_set *set,
                                         const char *client_ip,
                                         const struct backend_mask *tried);

/* The same client, the same backend, as long as the set stays the same; while
 * that one is down, the next one that is up. */
struct backend *select_ip_hash(struct backend_set *set, const char *client_ip,
                               const struct backend_mask *tried);

/* Whether, if nothing was picked, waiting may help: one that could be picked has
 * its max_connections already. */
int balance_is_busy(const struct backend_set *set,
                    const struct backend_mask *tried);

/* What algorithms are made of. Whether backend i may be picked: it is healthy,
 * has not been tried, and has fewer than its max_connections. Whether a has fewer
 * active connections for its weight. */
int balance_is_usable(const struct backend_set *set, int i,
                      const struct backend_mask *tried);
int balance_is_idler(const struct backend *a, const struct backend *b);

/* The algorithm of that name or alias, or NULL. */
const struct balance *balance_find(const char *name);

/* What `balance` picks; NULL if every backend is down, tried or busy. */
struct backend *select_backend(const struct balance *balance,
                               struct backend_set *set, const char *client_ip,
                               const struct backend_mask *tried);

#endif
