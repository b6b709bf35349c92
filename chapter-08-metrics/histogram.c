#include "histogram.h"

#include <math.h>

/* From the lowest on: most values are found early, and the processor's guess at
 * the end of the loop is mostly right. */
int histogram_bucket(const double *bound, int count, double value)
{
    int i = 0;

    while (i < count && value > bound[i])
        i++;
    return i;
}

uint64_t histogram_count(const struct histogram *h)
{
    uint64_t count = 0;

    for (int i = 0; i <= h->bounds; i++)
        count += h->bucket[i];
    return count;
}

void histogram_merge(struct histogram *into, const struct histogram *h)
{
    for (int i = 0; i <= h->bounds; i++)
        into->bucket[i] += h->bucket[i];
    into->sum += h->sum;
}

/* The bucket in which the rank-th value lies; `before` are those below it. */
static int bucket_of_rank(const struct histogram *h, double rank,
                          uint64_t *before)
{
    int i = 0;

    *before = 0;
    while (i < h->bounds && (double)(*before + h->bucket[i]) < rank)
        *before += h->bucket[i++];
    return i;
}

double histogram_quantile(const struct histogram *h, double q)
{
    uint64_t count = histogram_count(h), before;
    double rank = q * (double)count, low, high;
    int i;

    if (count == 0 || h->bounds == 0)
        return NAN;
    i = bucket_of_rank(h, rank, &before);
    if (i == h->bounds)
        return h->bound[i - 1];
    high = h->bound[i];
    low = i > 0 ? h->bound[i - 1] : high < 0 ? high : 0;
    if (h->bucket[i] == 0) /* q is 0 and the first bucket empty */
        return low;
    return low + (high - low) * (rank - (double)before) / (double)h->bucket[i];
}
