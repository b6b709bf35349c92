#include "ranges.h"

int ranges_parse(struct slice value, uint64_t size,
                 struct range out[RANGES_MAX])
{
    /* YOUR CODE. As if nobody had asked for a part. */
    (void)value;
    (void)size;
    (void)out;
    return RANGES_WHOLE;
}
