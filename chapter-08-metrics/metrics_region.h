#ifndef METRICS_REGION_H
#define METRICS_REGION_H

#include "metrics.h"

/* metrics_region: what lies in the block that processes share; for metrics*.c
 * only.
 *
 *   struct metrics_region | row 0 | row 1 | ...
 *
 * Places are numbers, never pointers. New families and series are written behind
 * those that are there and only then counted, so readers, who look at the count
 * first, never see half of one; the lock is between those who write. */

struct metrics_family {
    char name[METRICS_NAME_MAX];
    char help[METRICS_HELP_MAX];
    int kind; /* enum metrics_kind */
    int bounds;
    double bound[HISTOGRAM_BOUNDS_MAX];
};

struct metrics_series {
    uint32_t family;
    uint32_t kind;   /* its family's, once more: what is hot lies together */
    uint32_t labels; /* where in the text */
    uint32_t cell;   /* the first; a histogram: its buckets, then the sum */
    uint32_t next;   /* of the same hash; 0: none */
};

struct metrics_region {
    uint64_t made; /* METRICS_MADE when all of this is there */
    int rows;
    volatile int lock;         /* 1 + the row of who is adding something */
    volatile uint32_t folding; /* odd while rows are being folded */
    volatile uint32_t families, series, cells, text;
    uint32_t hashed[METRICS_SERIES_MAX]; /* the first series of a hash */
    struct metrics_family family[METRICS_FAMILIES_MAX];
    struct metrics_series one[METRICS_SERIES_MAX];
    char labels[METRICS_TEXT_MAX];
};

#define METRICS_MADE 0x6c626d3100000001u

/* Written by one process and read by others: volatile, so that each store is
 * made where it stands and in one piece. */
typedef volatile uint64_t metrics_cell;

struct metrics {
    struct metrics_region *region;
    metrics_cell *row; /* ours */
    int own_row;
    int owned;     /* the region is to be freed with us */
    uint64_t *sum; /* METRICS_CELLS_MAX: what was gathered */
};

/* All that was stored before it is seen by whoever sees what is stored after. */
#if defined(__GNUC__)
#define metrics_barrier() __sync_synchronize()
#else
#define metrics_barrier() ((void)0)
#endif

metrics_cell *metrics_row(const struct metrics_region *region, int row);

/* Cells of a series of this family. */
uint32_t metrics_width(const struct metrics_family *f);

/* Whether the cell that is the i-th of such a series holds a double. */
int metrics_is_double(const struct metrics_family *f, uint32_t i);

/* What such a cell means, and how that is written into one. */
double metrics_double(uint64_t bits);
uint64_t metrics_bits(double value);

#endif
