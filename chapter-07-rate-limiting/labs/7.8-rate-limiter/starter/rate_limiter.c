#include "rate_limiter.h"

#include <errno.h>
#include <stdlib.h>

struct rate_limiter {
    struct limit_rule rule;
    /* YOUR CODE: what else does a limiter have to know? */
};

rate_limiter_t *rate_limiter_create(RateLimitAlgorithm algorithm, double rate,
                                    double burst)
{
    /* YOUR CODE. */
    (void)algorithm;
    (void)rate;
    (void)burst;
    errno = ENOSYS;
    return NULL;
}

rate_limiter_t *rate_limiter_create_on(struct client_table *table,
                                       RateLimitAlgorithm algorithm,
                                       double rate, double burst)
{
    /* YOUR CODE. */
    (void)table;
    (void)algorithm;
    (void)rate;
    (void)burst;
    errno = ENOSYS;
    return NULL;
}

void rate_limiter_destroy(rate_limiter_t *limiter)
{
    free(limiter);
}

int rate_limiter_allow(rate_limiter_t *limiter, const char *client_ip)
{
    /* YOUR CODE: this one lets everybody pass. */
    (void)limiter;
    (void)client_ip;
    return 1;
}

int rate_limiter_allow_at(rate_limiter_t *limiter, const char *client_ip,
                          uint64_t now_ms)
{
    /* YOUR CODE. */
    (void)limiter;
    (void)client_ip;
    (void)now_ms;
    return 1;
}

int rate_limiter_ask(rate_limiter_t *limiter, const char *client_ip,
                     uint64_t now_ms, uint64_t *wait_ms)
{
    /* YOUR CODE. */
    (void)limiter;
    (void)client_ip;
    (void)now_ms;
    *wait_ms = 0;
    return 1;
}
