#ifndef STATISTICS_H
#define STATISTICS_H

#include "backend.h"

#include <stdint.h>
#include <stdio.h>

/* statistics: what a load balancer has to tell when it is asked (SIGUSR1) and
 * when it ends. */

/* Prints the uptime, the sums, and a line for each backend; flushes. */
void print_statistics(const struct backend_set *set, uint64_t uptime_ms,
                      FILE *to);

#endif
