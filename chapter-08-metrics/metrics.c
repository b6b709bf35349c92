#include "metrics.h"

#include "metrics_region.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the block ---------------------------------------------------------- */

#define ROW_BYTES (METRICS_CELLS_MAX * sizeof(uint64_t))

/* The rows begin on a cache line of their own, and each is a whole number of
 * them: two processes never write to the same line. */
static size_t rows_begin(void)
{
    return (sizeof(struct metrics_region) + 63) / 64 * 64;
}

size_t metrics_memory(int rows)
{
    return rows_begin() + (size_t)rows * ROW_BYTES;
}

uint64_t *metrics_row(const struct metrics_region *region, int row)
{
    uintptr_t base = (uintptr_t)region;

    return (uint64_t *)(base + rows_begin() + (size_t)row * ROW_BYTES);
}

uint32_t metrics_width(const struct metrics_family *f)
{
    return f->kind == METRICS_HISTOGRAM ? (uint32_t)f->bounds + 2 : 1;
}

int metrics_is_double(const struct metrics_family *f, uint32_t i)
{
    return f->kind == METRICS_GAUGE ||
           (f->kind == METRICS_HISTOGRAM && i == (uint32_t)f->bounds + 1);
}

double metrics_double(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

uint64_t metrics_bits(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* ---- joining and leaving ------------------------------------------------ */

metrics_t *metrics_attach(void *memory, int row)
{
    struct metrics_region *region = memory;
    metrics_t *m;

    if (atomic_get(&region->made) != METRICS_MADE || row < 0 ||
        row >= region->rows) {
        errno = EINVAL;
        return NULL;
    }
    m = calloc(1, sizeof *m);
    if (m == NULL)
        return NULL;
    m->sum = calloc(METRICS_CELLS_MAX, sizeof *m->sum);
    if (m->sum == NULL) {
        free(m);
        return NULL;
    }
    m->region = region;
    metrics_use_row(m, row);
    return m;
}

/* Family, series and cell 0 are where it is counted what cannot be counted. */
static void make_lost(struct metrics_region *region)
{
    static const char name[] = "metrics_lost_total";
    static const char help[] = "Observations that found no room or were "
                               "malformed.";

    memcpy(region->family[0].name, name, sizeof name);
    memcpy(region->family[0].help, help, sizeof help);
    region->family[0].kind = METRICS_COUNTER;
    region->one[0].kind = METRICS_COUNTER;
    region->families = region->series = region->cells = region->text = 1;
}

metrics_t *metrics_place(void *memory, int rows)
{
    struct metrics_region *region = memory;

    if (rows < 1 || rows > METRICS_ROWS_MAX) {
        errno = EINVAL;
        return NULL;
    }
    region->rows = rows;
    make_lost(region);
    atomic_replace(&region->made, 0, METRICS_MADE);
    return metrics_attach(memory, 0);
}

metrics_t *metrics_create(void)
{
    void *memory = calloc(1, metrics_memory(1));
    metrics_t *m = memory != NULL ? metrics_place(memory, 1) : NULL;

    if (m == NULL)
        free(memory);
    else
        m->owned = 1;
    return m;
}

int metrics_use_row(metrics_t *m, int row)
{
    if (row < 0 || row >= m->region->rows)
        return -1;
    m->own_row = row;
    m->row = metrics_row(m->region, row);
    return 0;
}

void metrics_destroy(metrics_t *m)
{
    if (m == NULL)
        return;
    if (m->owned)
        free(m->region);
    free(m->sum);
    free(m);
}

/* ---- counting ----------------------------------------------------------- */

/* The cell to write to; NULL, counted, if the series is of another kind. Only we
 * write to it, so reading it needs no care; that it is stored in one piece is for
 * those who read. */
static uint64_t *cell_of(metrics_t *m, metric_t series,
                             enum metrics_kind kind)
{
    const struct metrics_series *s = &m->region->one[series];

    if (s->kind == (uint32_t)kind && series != 0)
        return m->row + s->cell;
    atomic_set(&m->row[0], m->row[0] + 1);
    return NULL;
}

void metrics_add(metrics_t *m, metric_t counter, uint64_t n)
{
    uint64_t *cell = cell_of(m, counter, METRICS_COUNTER);

    if (cell != NULL)
        atomic_set(cell, *cell + n);
}

void metrics_mirror(metrics_t *m, metric_t counter, uint64_t total)
{
    uint64_t *cell = cell_of(m, counter, METRICS_COUNTER);

    if (cell != NULL)
        atomic_set(cell, total);
}

void metrics_set(metrics_t *m, metric_t gauge, double value)
{
    uint64_t *cell = cell_of(m, gauge, METRICS_GAUGE);

    if (cell != NULL)
        atomic_set(cell, metrics_bits(value));
}

void metrics_observe(metrics_t *m, metric_t histogram, double value)
{
    uint64_t *cell = cell_of(m, isnan(value) ? 0 : histogram,
                                 METRICS_HISTOGRAM);
    const struct metrics_family *f =
        &m->region->family[m->region->one[histogram].family];
    uint64_t *sum;

    if (cell == NULL)
        return;
    sum = cell + f->bounds + 1;
    cell += histogram_bucket(f->bound, f->bounds, value);
    atomic_set(cell, *cell + 1);
    atomic_set(sum, metrics_bits(metrics_double(*sum) + value));
}

/* ---- by name ------------------------------------------------------------ */

const double metrics_default_bounds[14] = {0.0005, 0.001, 0.0025, 0.005, 0.01,
                                           0.025,  0.05,  0.1,    0.25,  0.5,
                                           1,      2.5,   5,      10};

#define DEFAULT_BOUNDS 14

/* The series, with its family if nobody has described it. (If somebody has, as
 * another kind, this changes nothing, and the caller finds out.) */
static metric_t named(metrics_t *m, enum metrics_kind kind, const char *name,
                      const char *labels)
{
    metric_t series = metrics_series(m, name, labels);
    int is_histogram = kind == METRICS_HISTOGRAM;

    if (series == 0 &&
        metrics_describe(m, kind, name, "",
                         is_histogram ? metrics_default_bounds : NULL,
                         is_histogram ? DEFAULT_BOUNDS : 0) == 0)
        series = metrics_series(m, name, labels);
    return series;
}

void metrics_counter_inc(metrics_t *m, const char *name, const char *labels)
{
    metrics_add(m, named(m, METRICS_COUNTER, name, labels), 1);
}

void metrics_gauge_set(metrics_t *m, const char *name, double value,
                       const char *labels)
{
    metrics_set(m, named(m, METRICS_GAUGE, name, labels), value);
}

void metrics_histogram_observe(metrics_t *m, const char *name, double value,
                               const char *labels)
{
    metrics_observe(m, named(m, METRICS_HISTOGRAM, name, labels), value);
}
