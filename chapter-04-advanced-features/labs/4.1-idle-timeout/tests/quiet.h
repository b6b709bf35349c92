#ifndef QUIET_H
#define QUIET_H

#include "watch.h"

#include <stdint.h>
#include <sys/types.h>

/* quiet: tells its owner when no byte has moved for too long.
 *
 * It lies in its owner (a session). A busy connection moves thousands of times a
 * second, so a move costs one store; the timer stays where it is. When it rings
 * it looks how long ago the last byte was, and either it is over, or the timer is
 * set again, to the moment at which it will be. */

struct quiet {
    const struct watch *watch; /* its loop: the clock and the timer */
    uint64_t limit_ms;
    uint64_t moved_ms; /* when the last byte moved */
    void (*over)(void *owner);
    void *owner;
    struct timer timer;
};

/* From now on: calls over(owner), once, when no byte has moved for limit_ms; 0:
 * never. watch must stay where it is. */
void quiet_begin(struct quiet *q, const struct watch *watch, uint64_t limit_ms,
                 void (*over)(void *owner), void *owner);

/* What recv(2) or send(2) has just returned: so many bytes have moved, or, if it
 * is 0 or less, none. Does not set the timer. */
void quiet_moved(struct quiet *q, ssize_t n);

/* The time since a byte moved, or since the beginning. */
uint64_t quiet_ms(const struct quiet *q);

/* Unsets the timer; *q may be freed then. Allowed at any time, more than once,
 * and from over(), which may free it. */
void quiet_end(struct quiet *q);

#endif
