#ifndef WAIT_H
#define WAIT_H

#include <stdint.h>

/* wait: the only place where the programs of chapters 2 and 3 sleep.
 *
 * Every descriptor is non-blocking, so a program that serves one client at a
 * time sleeps here, never in recv(2), send(2) or connect(2): here it can be
 * told to give up, by a deadline or by Ctrl-C. */

/* Waits until fd is ready for the poll(2) events, or has failed or been hung up
 * (the next call on it says how). 0; or -1 with errno
 *   ETIMEDOUT  the deadline has passed (a clock_now_ms() time or CLOCK_NEVER)
 *   EINTR      we were asked to stop (signals_stops() > 0)
 *   others     as poll(2). */
int wait_for(int fd, short events, uint64_t deadline_ms);

/* The same for two descriptors at once; what is ready is in `ready`, in the
 * order of `fds`. An fd of -1 is not waited for. */
int wait_for_either(const int fds[2], const short events[2], short ready[2],
                    uint64_t deadline_ms);

#endif
