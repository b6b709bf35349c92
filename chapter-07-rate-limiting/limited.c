#include "limited.h"

#include "log.h"
#include "options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void limited_init(struct limited *l, const char *program)
{
    pooled_init(&l->pooled, program);
    l->pooled.balancer.print_more = limited_print;
}

/* ---- options ------------------------------------------------------------ */

/* At least one, or nobody would ever get in. */
static double burst_of(const struct limited *l)
{
    if (l->burst > 0)
        return l->burst;
    return l->rate > 1 ? l->rate : 1;
}

/* Digits with at most one point: no sign, no exponent, no "inf". */
static const char *take_rate(const char *value, double *rate)
{
    size_t digits = strspn(value, "0123456789");
    const char *rest = value + digits;

    if (*rest == '.') {
        size_t more = strspn(rest + 1, "0123456789");

        digits = digits > 0 ? more : 0;
        rest += 1 + more;
    }
    *rate = strtod(value, NULL);
    if (digits == 0 || *rest != '\0' || *rate <= 0 || *rate > LIMIT_RATE_MAX)
        return "not a number of requests per second (at most 1000000)";
    return NULL;
}

/* Rate and burst may come in any order: the later one is told. */
static const char *check(const struct limited *l)
{
    struct limit_rule rule;

    if (l->rate > 0 &&
        limit_rule_init(&rule, l->algorithm, l->rate, burst_of(l)) != 0)
        return "so slow that the burst takes more than a week";
    return NULL;
}

static const char *take_algorithm(const char *value,
                                  RateLimitAlgorithm *algorithm)
{
    if (strcmp(value, "token_bucket") == 0)
        *algorithm = RATE_LIMIT_TOKEN_BUCKET;
    else if (strcmp(value, "sliding_window") == 0)
        *algorithm = RATE_LIMIT_SLIDING_WINDOW;
    else
        return "neither token_bucket nor sliding_window";
    return NULL;
}

const char *limited_take(void *self, int what, int n, const char *value)
{
    struct limited *l = self;
    const char *wrong;

    if (what == 'r')
        wrong = take_rate(value, &l->rate);
    else if (what == 'b')
        wrong = options_number(value, 1, (int)LIMIT_BURST_MAX, &l->burst);
    else if (what == 'l')
        wrong = take_algorithm(value, &l->algorithm);
    else
        wrong = pooled_take(&l->pooled, what, n, value);
    return wrong != NULL ? wrong : check(l);
}

/* ---- the program -------------------------------------------------------- */

int limited_prepare(struct limited *l)
{
    struct balancer *b = &l->pooled.balancer;

    if (pooled_prepare(&l->pooled) != 0)
        return -1;
    if (l->rate <= 0)
        return 0;
    l->filter.limiter = rate_limiter_create(l->algorithm, l->rate, burst_of(l));
    if (l->filter.limiter == NULL) {
        log_error(b->program, "rate limiter: %s", strerror(errno));
        return -1;
    }
    balancer_add_filter(b, limit_filter_seam(&l->filter));
    return 0;
}

void limited_print(const struct balancer *b)
{
    const struct limited *l = (const struct limited *)b;

    pooled_print(b);
    if (l->filter.limiter != NULL)
        log_line("Rate limit: %.10g/s, burst %.10g, %s: %" PRIu64
                 " requests refused",
                 l->rate, burst_of(l),
                 l->algorithm == RATE_LIMIT_TOKEN_BUCKET ? "token bucket"
                                                         : "sliding window",
                 l->filter.refused);
}

void limited_close(struct limited *l)
{
    pooled_close(&l->pooled);
    rate_limiter_destroy(l->filter.limiter);
}
