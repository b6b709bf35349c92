#ifndef WORKER_H
#define WORKER_H

#include "board.h"
#include "client_table.h"
#include "config.h"
#include "metrics_filter.h"

/* worker: a process that serves clients, with one configuration all its life.
 *
 *     fork -> worker_run:  prepare -> READY,  SERVE -> accept ...  RETIRE or
 *                                                      DRAIN -> exit
 *
 * It is the load balancer of the chapters before, on a listener that the master
 * opened, with backends whose health the master checks. It ends when it is told
 * to and its clients are served, or when its master has died. */

struct worker_job {
    const char *program;
    const config_t *config;
    struct board *board;
    int row;      /* its own in the board, with its generation's backends */
    int listener; /* shared with the other workers and the master */
    int errands;  /* its end of the pair, see errand.h */
    struct client_table *clients; /* shared: what the rate limit remembers */
    struct metrics_filter *filter; /* with the generation's series */
};

/* Serves until the end. Returns the exit status. */
int worker_run(const struct worker_job *job);

#endif
