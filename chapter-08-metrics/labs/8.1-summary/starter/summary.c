#include "summary.h"

#include <math.h>
#include <string.h>

void summary_init(struct summary *s)
{
    memset(s, 0, sizeof *s);
}

void summary_observe(struct summary *s, double value)
{
    /* YOUR CODE. This one remembers the first value only. */
    if (s->count == 0) {
        s->ring[0] = s->sum = value;
        s->count = 1;
    }
}

double summary_quantile(const struct summary *s, double q)
{
    /* YOUR CODE. */
    (void)q;
    return s->count > 0 ? s->ring[0] : (double)NAN;
}

size_t summary_write(const struct summary *s, const char *name, char *out,
                     size_t size)
{
    /* YOUR CODE. */
    (void)s;
    (void)name;
    (void)size;
    out[0] = '\0';
    return 0;
}
