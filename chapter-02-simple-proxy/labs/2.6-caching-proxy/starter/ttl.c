#include "ttl.h"

#include <string.h>

void ttl_init(struct ttl *t)
{
    memset(t, 0, sizeof *t);
}

int ttl_put(struct ttl *t, struct slice key, int value, uint64_t seconds,
            uint64_t now_ms)
{
    /* YOUR CODE */
    (void)t;
    (void)key;
    (void)value;
    (void)seconds;
    (void)now_ms;
    return -1;
}

int ttl_get(const struct ttl *t, struct slice key, uint64_t now_ms)
{
    /* YOUR CODE */
    (void)t;
    (void)key;
    (void)now_ms;
    return -1;
}

uint64_t ttl_left(const struct ttl *t, struct slice key, uint64_t now_ms)
{
    /* YOUR CODE */
    (void)t;
    (void)key;
    (void)now_ms;
    return 0;
}

int ttl_forget(struct ttl *t, struct slice pattern)
{
    /* YOUR CODE */
    (void)t;
    (void)pattern;
    return 0;
}

int ttl_invalidates(struct slice method, int status)
{
    /* YOUR CODE */
    (void)method;
    (void)status;
    return 0;
}
