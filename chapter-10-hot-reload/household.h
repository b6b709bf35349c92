#ifndef HOUSEHOLD_H
#define HOUSEHOLD_H

#include "board.h"
#include "client_table.h"
#include "metrics.h"
#include "watch.h"

/* household: what all generations of one lb have in common, and what outlives
 * them. The master makes it before it forks anybody. */

struct household {
    const char *program;
    struct watch watch; /* the master's loop */
    struct board *board;
    struct client_table *clients; /* what the rate limit remembers */
    metrics_t *metrics; /* row 0 is the master's, row n + 1 that of board row n */
    struct backend_set *ended; /* what workers that have ended have done, by name */
    void *memory[2];           /* shared: of clients, of metrics */
};

/* 0, or -1 and errno. Either way it is to be closed. */
int household_open(struct household *h, const char *program,
                   struct watch watch);

/* Adds up what all workers have done, those of ended generations too. The
 * backends of board set `set` come first, with their health. */
void household_sum(const struct household *h, int set,
                   struct backend_set *sum);

void household_close(struct household *h);

#endif
