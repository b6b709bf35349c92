#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdint.h>

/* deadline: how long a test may wait, on any machine.
 *
 * A test never sleeps for a fixed time: it waits for a condition, at most until
 * a deadline. Deadlines are multiplied by LB_TEST_TIMEOUT_SCALE (a number, 1 if
 * unset), so that a slow machine, valgrind or a sanitizer need one variable. */

typedef int64_t deadline_t; /* milliseconds on the monotonic clock */

/* So many scaled milliseconds from now. */
deadline_t deadline_in(int ms);

/* Milliseconds left, 0 when it has passed; fits poll(2)'s timeout. */
int deadline_left(deadline_t deadline);

/* Waits until fd shows one of the poll(2) events (or an error, or a hang-up):
 * returns what poll said, 0 at the deadline. */
int deadline_poll(int fd, short events, deadline_t deadline);

/* Sleeps a few milliseconds: for the body of a loop that asks for a condition
 * nobody announces, such as the number of another process's descriptors.
 *     while (!condition()) assert_true(deadline_pause(deadline));
 * Returns 0 when the deadline has passed. */
int deadline_pause(deadline_t deadline);

#endif
