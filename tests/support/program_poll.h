#ifndef PROGRAM_POLL_H
#define PROGRAM_POLL_H

#include <poll.h>

/* program_poll: the one place where the test process waits.
 *
 * While a test waits for anything, the programs it started go on printing. If
 * nobody read their pipes they would block, and the test with them. */

/* poll(2) for one descriptor (or none: NULL) and for the output of all
 * programs, which is read and kept. Fills wanted->revents. May return before
 * the time. */
void program_poll(struct pollfd *wanted, int timeout_ms);

/* SIGKILL to all programs that run. Safe in a signal handler. */
void program_kill_from_handler(void);

#endif
