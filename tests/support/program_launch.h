#ifndef PROGRAM_LAUNCH_H
#define PROGRAM_LAUNCH_H

#include <sys/types.h>

/* program_launch: fork and exec, and nothing of the test leaks into the child.
 *
 * The child has descriptors 0, 1 and 2 only, the default action for every
 * signal, and dies with the test process (on Linux). It stays in the process
 * group of the test, so that Ctrl-C reaches both. */

/* A pipe whose ends are close-on-exec; fails the test if there is none. */
void launch_pipe(int ends[2]);

/* Starts argv with these three descriptors as 0, 1 and 2 (they stay open here,
 * too) and returns its pid. Fails the test if it cannot be executed. */
pid_t launch(const char *const argv[], const int standard[3]);

#endif
