#ifndef MASTER_H
#define MASTER_H

#include "config.h"

/* master: the process that people start and send signals to.
 *
 * It serves no client. It has the listener, the configuration, the workers
 * (generation.h), and checks the health of the backends; on its loop nothing
 * blocks, so it always answers.
 *
 *   SIGHUP            reads the file again; a new generation takes over when it is
 *                     ready, or nothing changes and the reason is told
 *   SIGTERM, SIGINT   drains and ends; the second one ends at once
 *   SIGUSR1           prints the statistics
 *
 * The listener outlives all of it: it is opened once for an address and handed on
 * from generation to generation, so its queue is never lost. */

/* Runs with this configuration, which it takes over, read from its file, which it
 * reads again when it is told to. Returns the exit status. */
int master_run(const char *program, config_t *config);

#endif
