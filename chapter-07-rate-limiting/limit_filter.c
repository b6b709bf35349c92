#include "limit_filter.h"

static int limit_admit(void *self, struct exchange *x)
{
    struct limit_filter *f = self;
    uint64_t wait_ms;

    if (rate_limiter_ask(f->limiter, x->client_ip, x->began_ms, &wait_ms))
        return 0;
    f->refused++;
    x->failure = "too many requests";
    x->retry_after_s = (int)((wait_ms + 999) / 1000); /* weeks, not more */
    return 429;
}

struct filter limit_filter_seam(struct limit_filter *f)
{
    struct filter seam = {f, limit_admit, NULL};

    return seam;
}
