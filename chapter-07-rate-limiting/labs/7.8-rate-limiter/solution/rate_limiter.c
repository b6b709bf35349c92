#include "rate_limiter.h"

#include <errno.h>
#include <stdlib.h>

#include "client_key.h"
#include "clock.h"

struct rate_limiter {
    struct limit_rule rule;
    struct client_table *table;
    void *memory; /* of a table of our own; NULL: it is somebody else's */
    uint64_t
        kind; /* what rules that may go on with our values have in common */
};

/* ---- making one -----------------------------------------------------------
 */

rate_limiter_t *rate_limiter_create_on(struct client_table *table,
                                       RateLimitAlgorithm algorithm,
                                       double rate, double burst)
{
    rate_limiter_t *l = calloc(1, sizeof *l);

    if (l == NULL)
        return NULL;
    if (limit_rule_init(&l->rule, algorithm, rate, burst) < 0) {
        rate_limiter_destroy(l);
        errno = EINVAL;
        return NULL;
    }
    l->table = table;
    if (algorithm == RATE_LIMIT_SLIDING_WINDOW)
        l->kind = l->rule.window;
    return l;
}

rate_limiter_t *rate_limiter_create(RateLimitAlgorithm algorithm, double rate,
                                    double burst)
{
    rate_limiter_t *l = rate_limiter_create_on(NULL, algorithm, rate, burst);
    int error;

    if (l == NULL)
        return NULL;
    l->memory = malloc(client_table_size(RATE_LIMITER_CLIENTS));
    if (l->memory != NULL)
        l->table = client_table_init(l->memory, RATE_LIMITER_CLIENTS);
    if (l->table == NULL) {
        error = errno;
        rate_limiter_destroy(l);
        l = NULL;
        errno = error;
    }
    return l;
}

void rate_limiter_destroy(rate_limiter_t *limiter)
{
    if (limiter != NULL)
        free(limiter->memory);
    free(limiter);
}

/* ---- asking ----------------------------------------------------------------
 */

static struct limit_verdict judge(const struct limit_rule *rule,
                                  const struct client_record *found,
                                  uint64_t now_ms)
{
    int remembers = found->is_known && found->idle_ms < rule->memory_ms;

    return limit_rule_ask(rule, remembers ? &found->value : NULL, now_ms);
}

/* What was found may be another's by the time it is stored: then look again,
 * for now less may be allowed. */
int rate_limiter_ask(rate_limiter_t *limiter, const char *client_ip,
                     uint64_t now_ms, uint64_t *wait_ms)
{
    uint64_t client = client_key(client_ip);

    for (;;) {
        struct client_record found;
        struct limit_verdict verdict;

        client_table_find(limiter->table, limiter->kind, client, now_ms,
                          &found);
        verdict = judge(&limiter->rule, &found, now_ms);
        if (!verdict.allowed) {
            *wait_ms = verdict.wait_ms;
            return 0;
        }
        if (client_table_store(&found, verdict.value)) {
            *wait_ms = 0;
            return 1;
        }
    }
}

int rate_limiter_allow_at(rate_limiter_t *limiter, const char *client_ip,
                          uint64_t now_ms)
{
    uint64_t nobody_asks;

    return rate_limiter_ask(limiter, client_ip, now_ms, &nobody_asks);
}

int rate_limiter_allow(rate_limiter_t *limiter, const char *client_ip)
{
    return rate_limiter_allow_at(limiter, client_ip, clock_now_ms());
}
