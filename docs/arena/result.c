#include "result.h"

#include "chance.h"

#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1e6

int result_open(struct result *r, size_t requests)
{
    memset(r, 0, sizeof *r);
    r->took_ns = malloc(requests * sizeof *r->took_ns);
    return r->took_ns != NULL ? 0 : -1;
}

void result_close(struct result *r)
{
    free(r->took_ns);
    r->took_ns = NULL;
}

void result_add(struct result *r, uint64_t took_ns)
{
    r->took_ns[r->answered++] = took_ns;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

void result_sort(struct result *r)
{
    qsort(r->took_ns, r->answered, sizeof *r->took_ns, compare);
}

double result_mean(const struct result *r)
{
    double sum = 0;

    for (size_t i = 0; i < r->answered; i++)
        sum += (double)r->took_ns[i];
    return r->answered > 0 ? sum / (double)r->answered / NS_PER_MS : 0;
}

double result_quantile(const struct result *r, double part)
{
    size_t at = (size_t)(part * (double)r->answered);

    if (r->answered == 0)
        return 0;
    return (double)r->took_ns[at < r->answered ? at : r->answered - 1] /
           NS_PER_MS;
}

/* x to the n is `part` where x is part to the 1/n. */
double result_page_quantile(const struct result *r, double part, int fanout)
{
    return result_quantile(r, chance_exp(chance_log(part) / fanout));
}

/* The first that took so long or longer. */
static size_t first_from(const struct result *r, double ms)
{
    size_t low = 0, high = r->answered;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if ((double)r->took_ns[middle] < ms * NS_PER_MS)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t result_between(const struct result *r, double from_ms, double to_ms)
{
    return first_from(r, to_ms) - first_from(r, from_ms);
}

double result_fairness(const struct result *r)
{
    double sum = 0, squares = 0;

    for (int i = 0; i < r->backends; i++) {
        double share = (double)r->given[i] / r->weights[i];

        sum += share;
        squares += share * share;
    }
    return squares > 0 ? sum * sum / (r->backends * squares) : 1;
}

double result_busiest(const struct result *r)
{
    uint64_t sum = 0, most = 0;

    for (int i = 0; i < r->backends; i++) {
        sum += r->given[i];
        if (r->given[i] > most)
            most = r->given[i];
    }
    return sum > 0 ? (double)most / (double)sum : 0;
}
