#include "cache.h"

#include <string.h>

void cache_init(struct cache *c)
{
    memset(c, 0, sizeof *c);
}

void cache_free(struct cache *c)
{
    /* YOUR CODE */
    (void)c;
}

const struct slice *cache_get(struct cache *c, struct slice key,
                              uint64_t now_ms)
{
    /* YOUR CODE */
    (void)c;
    (void)key;
    (void)now_ms;
    return NULL;
}

int cache_put(struct cache *c, struct slice key, struct slice answer,
              uint64_t now_ms)
{
    /* YOUR CODE */
    (void)c;
    (void)key;
    (void)answer;
    (void)now_ms;
    return -1;
}

uint64_t cache_lifetime(struct slice answer)
{
    /* YOUR CODE: http_fields.h reads lines and fields; http_head_reset() first. */
    return answer.len > 0 ? 1 : 0;
}
