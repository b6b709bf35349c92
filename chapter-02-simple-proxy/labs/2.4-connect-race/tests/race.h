#ifndef RACE_H
#define RACE_H

#include "net.h"

/* race: connects to the first address of several that answers (RFC 8305).
 *
 * It begins with the first address. Whenever one has failed, or RACE_STAGGER_MS
 * have passed without an answer, it begins with the next *beside* those that are
 * under way. The first that connects wins, all others are closed. */

#define RACE_STAGGER_MS 250

/* As net_connect(): `to` has at least one address; waits until the deadline;
 * `which`, if not NULL, is set to the index of the winner. The descriptor; or -1
 * with errno
 *   ETIMEDOUT  the deadline has passed, and somebody might have answered yet
 *   EINTR      we were asked to stop (signals_stops() > 0)
 *   others     all have failed: the reason of the last one. */
int race_connect(const struct net_addresses *to, uint64_t deadline_ms,
                 int *which);

#endif
