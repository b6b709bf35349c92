#ifndef LIMIT_FILTER_H
#define LIMIT_FILTER_H

#include "exchange.h"
#include "rate_limiter.h"

/* limit_filter: refuses requests of clients that ask for too much, before a
 * backend hears of them: 429 (RFC 6585, section 4), with a Retry-After (RFC 9110,
 * section 10.2.3) in seconds, rounded up: who waits so long gets in. Plugs into
 * the seam `filter` of chapter 4. */

struct limit_filter {
    rate_limiter_t *limiter;
    uint64_t refused; /* requests so far */
};

/* What a service asks. The limiter and *f must outlive it. */
struct filter limit_filter_seam(struct limit_filter *f);

#endif
