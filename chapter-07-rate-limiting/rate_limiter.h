#ifndef RATE_LIMITER_H
#define RATE_LIMITER_H

#include "client_table.h"
#include "limit_rule.h"

/* rate_limiter: how much is too much, for each client.
 *
 *     if (!rate_limiter_allow(limiter, "192.0.2.7"))
 *         ... 429 Too Many Requests ...
 *
 * It joins a rule (limit_rule.h: which algorithm, how much) and a table of what
 * is remembered of each client (client_table.h: fixed memory). Who counts as one
 * client says client_key.h. A client that the table had to forget begins anew,
 * with a whole burst.
 *
 * The limiter belongs to one process; its table may be shared. Then a limit of
 * 100 is 100 for all processes together, none of them waits for another, and one
 * that is killed in the middle stops nobody. No call blocks, allocates memory or
 * can fail. Milliseconds are those of a clock that does not go back (clock.h). */

#define RATE_LIMITER_CLIENTS 65536 /* remembered by a table of its own: 1.6 MB */

typedef struct rate_limiter rate_limiter_t;

/* At most rate * t + burst requests of one client in any t seconds; ranges as in
 * limit_rule.h. NULL and errno: EINVAL if a number is out of its range. */
rate_limiter_t *rate_limiter_create(RateLimitAlgorithm algorithm, double rate,
                                    double burst);

/* The same on a table that exists, of the caller, who keeps it until after the
 * end of the limiter. Limiters on one table are one limiter if they have the same
 * rule. Token buckets with another rate or burst go on with what is remembered,
 * so a new configuration is no amnesty; and so do sliding windows of the same
 * length. Others have nothing to do with each other. */
rate_limiter_t *rate_limiter_create_on(struct client_table *table,
                                       RateLimitAlgorithm algorithm,
                                       double rate, double burst);

/* Frees it; not a table that it was created on. NULL is allowed. */
void rate_limiter_destroy(rate_limiter_t *limiter);

/* Whether a request of this client may pass now: 1, and it counts; or 0. */
int rate_limiter_allow(rate_limiter_t *limiter, const char *client_ip);

/* The same at a time that the caller knows. */
int rate_limiter_allow_at(rate_limiter_t *limiter, const char *client_ip,
                          uint64_t now_ms);

/* The same; if it may not pass, *wait_ms is how much later it could, if no other
 * request of the client passes before (else 0). */
int rate_limiter_ask(rate_limiter_t *limiter, const char *client_ip,
                     uint64_t now_ms, uint64_t *wait_ms);

#endif
