#ifndef HEALTH_H
#define HEALTH_H

#include "backend.h"

#include <stdint.h>

/* health: asks each backend every ten seconds whether it is there, by
 * connecting to it (the simplest check: it tells that somebody accepts, not
 * that he works).
 *
 * These checks block: while a backend does not answer, nobody is served, for up
 * to two seconds a check. That is what is wrong with them, and chapter 4 cures
 * it. */

#define HEALTH_CHECK_INTERVAL   10   /* seconds between two checks */
#define HEALTH_CHECK_TIMEOUT_MS 2000 /* for a backend to accept */

/* 1 if it accepts a connection in time, else 0 and errno (EINTR: we were asked
 * to stop, which says nothing about it). Remembers which of its addresses did.
 * Blocks. */
int check_backend_health(struct backend *b);

/* Checks those that are due; one result is enough to change sides, and a change
 * is printed. Returns when the next one is due; at once, and without a result
 * for the rest, when we are asked to stop. */
uint64_t health_check_all(struct backend_set *set, uint64_t now_ms);

/* Prints "Backend NAME marked HEALTHY" or "... UNHEALTHY". */
void health_announce(const struct backend *b);

#endif
