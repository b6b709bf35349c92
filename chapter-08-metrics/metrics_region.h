#ifndef METRICS_REGION_H
#define METRICS_REGION_H

#include "atomic.h"
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
    uint64_t lock;    /* 1 + the row of who is adding something; 0: nobody */
    uint64_t folding; /* odd while a row is being folded */
    uint64_t families, series; /* so many there are */
    uint64_t cells, text;      /* so much is used */
    uint64_t hashed[METRICS_SERIES_MAX]; /* the first series of a hash */
    struct metrics_family family[METRICS_FAMILIES_MAX];
    struct metrics_series one[METRICS_SERIES_MAX];
    char labels[METRICS_TEXT_MAX];
};

#define METRICS_MADE 0x6c626d3100000001u

struct metrics {
    struct metrics_region *region;
    uint64_t *row; /* ours: nobody else writes to it */
    int own_row;
    int owned;     /* the region is to be freed with us */
    uint64_t *sum; /* METRICS_CELLS_MAX: what was gathered */
};

uint64_t *metrics_row(const struct metrics_region *region, int row);

/* Cells of a series of this family. */
uint32_t metrics_width(const struct metrics_family *f);

/* Whether the cell that is the i-th of such a series holds a double. */
int metrics_is_double(const struct metrics_family *f, uint32_t i);

/* If the process of this row died while it was adding something: tidies up after
 * it, and opens the lock. */
void metrics_break_lock(struct metrics_region *region, int row);

/* Between two tries, when another process is in the way: it needs microseconds, or,
 * if it has lost its processor meanwhile, ours for a millisecond. */
void metrics_let_others_go_on(int tries);

/* What such a cell means, and how that is written into one. */
double metrics_double(uint64_t bits);
uint64_t metrics_bits(double value);

#endif
