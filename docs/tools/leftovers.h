#ifndef LEFTOVERS_H
#define LEFTOVERS_H

#include <sys/types.h>

/* leftovers: ends every process that a replay started, however it was started.
 *
 * On Linux that is what belongs to the session of one of the terminals and what
 * descends from us (leftovers_adopt() makes orphans ours, daemons too).
 * Elsewhere it is what has one of the terminals, as ps(1) tells. */

/* Once, before anything is started. */
void leftovers_adopt(void);

/* Kills what belongs to a terminal: `session` is its shell's pid, `tty` its
 * name ("/dev/pts/7"). Returns how many processes there were; call it until
 * there are none. */
int leftovers_kill(pid_t session, const char *tty);

/* How many leftovers_kill() would kill now. */
int leftovers_count(pid_t session);

/* If our parent dies we get SIGTERM (Linux). */
void leftovers_end_with_parent(void);

#endif
