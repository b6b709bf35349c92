#ifndef CHILD_H
#define CHILD_H

#include <sys/types.h>

/* child: processes that are forked from the master and run its code.
 *
 * A forked process has all descriptors of its parent. As long as it holds the
 * parent's end of some socket pair, nobody at the other end can notice the
 * parent's death; and a listener that it holds goes on taking connections that
 * nobody serves. So it closes what is not its own. */

/* fork(2). In the child: every descriptor is closed but 0, 1, 2 and those of
 * keep[], and signals are its own (signals_renew()); if that can't be, it ends
 * with status 1. Signals that come meanwhile are heard by the parent. */
pid_t child_fork(const int *keep, int count);

/* Waits for its end, which must be near. Its wait status. */
int child_reap(pid_t pid);

/* "exited with status 1", "was killed by signal 9". `text` is returned. */
#define CHILD_TEXT 48
const char *child_fate(int status, char text[CHILD_TEXT]);

#endif
