#include "summary.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void summary_init(struct summary *s)
{
    memset(s, 0, sizeof *s);
}

void summary_observe(struct summary *s, double value)
{
    if (isnan(value))
        return;
    s->ring[s->count % SUMMARY_VALUES] = value;
    s->count++;
    s->sum += value;
}

/* ---- quantiles ---------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The values that are kept, in order. Returns how many. */
static size_t sort_values(const struct summary *s, double out[SUMMARY_VALUES])
{
    size_t kept = s->count < SUMMARY_VALUES ? (size_t)s->count : SUMMARY_VALUES;

    memcpy(out, s->ring, kept * sizeof *out);
    qsort(out, kept, sizeof *out, compare);
    return kept;
}

/* ceil(3), which needs a library of its own. */
static size_t round_up(double x)
{
    size_t whole = (size_t)x;

    return (double)whole < x ? whole + 1 : whole;
}

/* The nearest rank, from 1. */
static double value_at(const double *sorted, size_t kept, double q)
{
    size_t rank = round_up(q * (double)kept);

    if (kept == 0)
        return (double)NAN;
    return sorted[rank > 0 ? rank - 1 : 0];
}

double summary_quantile(const struct summary *s, double q)
{
    double sorted[SUMMARY_VALUES];

    return value_at(sorted, sort_values(s, sorted), q);
}

/* ---- the page ----------------------------------------------------------- */

/* "NaN" by hand: printf may write "nan" or "-nan". */
static const char *number(double value, char text[32])
{
    if (isnan(value))
        return "NaN";
    snprintf(text, 32, "%.15g", value);
    return text;
}

size_t summary_write(const struct summary *s, const char *name, char *out,
                     size_t size)
{
    double sorted[SUMMARY_VALUES];
    size_t kept = sort_values(s, sorted);
    char half[32], most[32], nearly_all[32], sum[32];
    int len = snprintf(out, size,
                       "%s{quantile=\"0.5\"} %s\n%s{quantile=\"0.9\"} %s\n"
                       "%s{quantile=\"0.99\"} %s\n%s_sum %s\n%s_count %" PRIu64
                       "\n",
                       name, number(value_at(sorted, kept, 0.5), half), name,
                       number(value_at(sorted, kept, 0.9), most), name,
                       number(value_at(sorted, kept, 0.99), nearly_all), name,
                       number(s->sum, sum), name, s->count);

    if (len >= 0 && (size_t)len < size)
        return (size_t)len;
    out[0] = '\0';
    return 0;
}
