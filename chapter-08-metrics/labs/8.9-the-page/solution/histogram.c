#include "histogram.h"

#include <math.h>

/* Half of what is left goes with each look. */
int histogram_bucket(const double *bound, int count, double value)
{
    int low = 0, high = count;

    while (low < high) {
        int middle = (low + high) / 2;

        if (value > bound[middle])
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t histogram_count(const struct histogram *h)
{
    uint64_t count = h->bucket[h->bounds];

    for (int i = 0; i < h->bounds; i++)
        count += h->bucket[i];
    return count;
}

void histogram_merge(struct histogram *into, const struct histogram *h)
{
    into->sum += h->sum;
    for (int i = h->bounds; i >= 0; i--)
        into->bucket[i] += h->bucket[i];
}

/* So far into its bucket, if its values are spread evenly. */
static double between(const struct histogram *h, int i, double part)
{
    double high = h->bound[i], low = i > 0 ? h->bound[i - 1] : 0;

    return i == 0 && high < 0 ? high : low + part * (high - low);
}

double histogram_quantile(const struct histogram *h, double q)
{
    double rank = q * (double)histogram_count(h);

    if (h->bounds == 0 || histogram_count(h) == 0)
        return NAN;
    for (int i = 0; i < h->bounds; i++) {
        double here = (double)h->bucket[i];

        if (rank <= here)
            return between(h, i, here > 0 ? rank / here : 0);
        rank -= here;
    }
    return h->bound[h->bounds - 1];
}
