#include "client_limit.h"

#include <stdlib.h>
#include <string.h>

struct known {
    char ip[NET_IP_TEXT]; /* empty: the place is free */
    uint64_t asked;       /* the number of its last request */
    uint64_t second;      /* the one that `count` is about */
    int count;
};

struct client_limit {
    int per_second;
    const uint64_t *now_ms;
    uint64_t asked; /* requests so far: an order without ties */
    struct known known[CLIENT_LIMIT_KNOWN];
};

struct client_limit *client_limit_create(int per_second,
                                         const uint64_t *now_ms)
{
    struct client_limit *limit = calloc(1, sizeof *limit);

    if (limit == NULL)
        return NULL;
    limit->per_second = per_second;
    limit->now_ms = now_ms;
    return limit;
}

/* Its place; or else the one whose owner has not asked for the longest time. A
 * free one has never asked. */
static struct known *find_place(struct client_limit *limit, const char *ip)
{
    struct known *oldest = &limit->known[0];

    for (int i = 0; i < CLIENT_LIMIT_KNOWN; i++) {
        struct known *k = &limit->known[i];

        if (strcmp(k->ip, ip) == 0)
            return k;
        if (k->asked < oldest->asked)
            oldest = k;
    }
    memset(oldest, 0, sizeof *oldest);
    memcpy(oldest->ip, ip, strlen(ip) + 1);
    return oldest;
}

static int admit(void *self, struct exchange *x)
{
    struct client_limit *limit = self;
    uint64_t second = *limit->now_ms / 1000;
    struct known *k;

    if (limit->per_second == 0)
        return 0;
    k = find_place(limit, x->client_ip);
    k->asked = ++limit->asked;
    if (k->second != second) {
        k->second = second;
        k->count = 0;
    }
    if (k->count < limit->per_second) {
        k->count++;
        return 0;
    }
    x->failure = "too many requests of this client in a second";
    x->retry_after_s = 1;
    return 429;
}

struct filter client_limit_filter(struct client_limit *limit)
{
    struct filter filter = {limit, admit, NULL};

    return filter;
}

void client_limit_destroy(struct client_limit *limit)
{
    free(limit);
}
