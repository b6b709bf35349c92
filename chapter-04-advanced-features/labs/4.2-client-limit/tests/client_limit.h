#ifndef CLIENT_LIMIT_H
#define CLIENT_LIMIT_H

#include "exchange.h"

#include <stdint.h>

/* client_limit: at most so many requests of one address in each second.
 *
 * A filter (exchange.h): it refuses with 429 what is too much. A second begins
 * when the clock is a multiple of 1000. It remembers CLIENT_LIMIT_KNOWN addresses;
 * a new one takes the place of the one that has not asked for the longest time.
 * What was refused does not count, but whoever is refused has asked. */

#define CLIENT_LIMIT_KNOWN 1024

struct client_limit;

/* per_second 0: no limit. The clock is read at each request; it stays the
 * caller's. NULL: no memory. */
struct client_limit *client_limit_create(int per_second,
                                         const uint64_t *now_ms);

/* For balancer_add_filter(). A refused exchange gets a `failure` for the log, and
 * retry_after_s 1. */
struct filter client_limit_filter(struct client_limit *limit);

/* NULL is allowed. */
void client_limit_destroy(struct client_limit *limit);

#endif
