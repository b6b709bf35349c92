#include "leaky_bucket.h"

#define US_PER_S  1000000
#define US_PER_MS 1000

/* Rounded up: a span that is too short would let more than the rate pass. */
static uint64_t span_of(double rate)
{
    double exact = US_PER_S / rate;
    uint64_t span = (uint64_t)exact;

    return (double)span < exact ? span + 1 : span;
}

static uint64_t divide_up(uint64_t value, uint64_t by)
{
    return value / by + (value % by != 0);
}

int leaky_bucket_ask(uint64_t *free_at_us, double rate, int burst,
                     uint64_t now_ms, uint64_t *delay_ms)
{
    uint64_t now = now_ms * US_PER_MS, span = span_of(rate);
    uint64_t leaves = *free_at_us > now ? *free_at_us : now;

    /* The wait in spans, not the burst in microseconds: that can't overflow. */
    if (divide_up(leaves - now, span) > (uint64_t)burst)
        return 0;
    *free_at_us = leaves + span;
    *delay_ms = divide_up(leaves - now, US_PER_MS);
    return 1;
}
