#include "rate_limiter.h"

#include "client_key.h"
#include "clock.h"

#include <errno.h>
#include <stdlib.h>

#define CACHE_LINE 64

struct rate_limiter {
    struct limit_rule rule;
    struct client_table *table;
    void *own; /* the memory of the table if it is ours, or NULL */
};

rate_limiter_t *rate_limiter_create_on(struct client_table *table,
                                       RateLimitAlgorithm algorithm,
                                       double rate, double burst)
{
    rate_limiter_t *l = malloc(sizeof *l);

    if (l == NULL)
        return NULL;
    if (limit_rule_init(&l->rule, algorithm, rate, burst) != 0) {
        free(l);
        errno = EINVAL;
        return NULL;
    }
    l->table = table;
    l->own = NULL;
    return l;
}

rate_limiter_t *rate_limiter_create(RateLimitAlgorithm algorithm, double rate,
                                    double burst)
{
    rate_limiter_t *l = rate_limiter_create_on(NULL, algorithm, rate, burst);
    int error;

    if (l == NULL)
        return NULL;
    error = posix_memalign(&l->own, CACHE_LINE,
                           client_table_size(RATE_LIMITER_CLIENTS));
    if (error != 0) {
        free(l);
        errno = error;
        return NULL;
    }
    l->table = client_table_init(l->own, RATE_LIMITER_CLIENTS);
    if (l->table != NULL)
        return l;
    error = errno;
    rate_limiter_destroy(l);
    errno = error;
    return NULL;
}

void rate_limiter_destroy(rate_limiter_t *limiter)
{
    if (limiter == NULL)
        return;
    free(limiter->own);
    free(limiter);
}

/* The windows of another rule are no windows of this one. */
static uint64_t kind_of(const struct limit_rule *rule)
{
    return rule->algorithm == RATE_LIMIT_TOKEN_BUCKET ? 0 : rule->window;
}

int rate_limiter_ask(rate_limiter_t *limiter, const char *client_ip,
                     uint64_t now_ms, uint64_t *wait_ms)
{
    const struct limit_rule *rule = &limiter->rule;
    uint64_t kind = kind_of(rule), client = client_key(client_ip);
    struct client_record record;
    struct limit_verdict verdict;

    /* It is tried again only when another process has let a request of this
     * client pass or has given his place away: bursts end, so does this. */
    do {
        int is_new;

        client_table_find(limiter->table, kind, client, now_ms, &record);
        is_new = !record.is_known || record.idle_ms >= rule->memory_ms;
        verdict = limit_rule_ask(rule, is_new ? NULL : &record.value, now_ms);
    } while (verdict.allowed && !client_table_store(&record, verdict.value));
    *wait_ms = verdict.wait_ms;
    return verdict.allowed;
}

int rate_limiter_allow_at(rate_limiter_t *limiter, const char *client_ip,
                          uint64_t now_ms)
{
    uint64_t wait_ms;

    return rate_limiter_ask(limiter, client_ip, now_ms, &wait_ms);
}

int rate_limiter_allow(rate_limiter_t *limiter, const char *client_ip)
{
    return rate_limiter_allow_at(limiter, client_ip, clock_now_ms());
}
