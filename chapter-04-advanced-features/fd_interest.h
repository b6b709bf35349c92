#ifndef FD_INTEREST_H
#define FD_INTEREST_H

#include <sys/select.h>

/* fd_interest: which descriptors are watched for what, as select(2) wants it.
 *
 * An fd_set has room for the descriptors 0 to FD_SETSIZE - 1 (1023, mostly),
 * and FD_SET() with a higher one writes past its end: such a descriptor is
 * refused here, never set. Events are those of watch.h. */

struct fd_interest {
    fd_set reading, writing;
    int top; /* highest descriptor in either set, -1 for none */
};

void fd_interest_init(struct fd_interest *interest);

/* Exactly these events from now on; 0: none. 0, or -1 and errno: EBADF for a
 * negative descriptor, EMFILE for one of FD_SETSIZE or more. */
int fd_interest_set(struct fd_interest *interest, int fd, unsigned events);

/* One select(): waits until something is ready, at most timeout_ms (-1: without
 * limit). *ready holds what is, with the same `top`. As select(2) returns it: the
 * number of events, 0, or -1 and errno. */
int fd_interest_wait(const struct fd_interest *interest,
                     struct fd_interest *ready, int timeout_ms);

/* What a set says of a descriptor from 0 to top. */
unsigned fd_interest_get(const struct fd_interest *interest, int fd);

#endif
