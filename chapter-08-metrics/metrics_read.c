/* The part of metrics.h that adds the rows up and folds them. */

#include "metrics_region.h"

#include <string.h>
#include <time.h>

/* ---- adding up ---------------------------------------------------------- */

static uint64_t sum_cell(const struct metrics_region *region, uint32_t cell,
                         int is_double)
{
    uint64_t count = 0;
    double value = 0;

    for (int i = 0; i < region->rows; i++) {
        uint64_t bits = atomic_get(&metrics_row(region, i)[cell]);

        if (is_double)
            value += metrics_double(bits);
        else
            count += bits;
    }
    return is_double ? metrics_bits(value) : count;
}

/* After a fold the rows are added in another order, and doubles then differ in
 * their last bits. But a sum that goes down, however little, looks like a restart
 * to Prometheus. */
static uint64_t not_less(uint64_t was, uint64_t now)
{
    double before = metrics_double(was), value = metrics_double(now);

    return value < before && before - value < before * 1e-12 ? was : now;
}

static void sum_all(const metrics_t *m)
{
    const struct metrics_region *region = m->region;
    uint64_t count = atomic_get(&region->series);

    for (uint64_t i = 0; i < count; i++) {
        const struct metrics_series *s = &region->one[i];
        const struct metrics_family *f = &region->family[s->family];

        for (uint32_t j = 0; j < metrics_width(f); j++) {
            uint64_t *sum = &m->sum[s->cell + j];
            int is_double = metrics_is_double(f, j);
            uint64_t now = sum_cell(region, s->cell + j, is_double);

            *sum = is_double && f->kind == METRICS_HISTOGRAM
                       ? not_less(*sum, now) : now;
        }
    }
}

#define TRIES_MAX 1000

void metrics_let_others_go_on(int tries)
{
    const struct timespec moment = {0, 1000000};

    if (tries > 10)
        nanosleep(&moment, NULL);
}

/* While a row is being folded its numbers are in two places, or in none: then
 * once more. (A process that dies while it folds leaves a block that no one
 * mends; its readers take what there is, after a second.) */
void metrics_gather(metrics_t *m)
{
    const struct metrics_region *region = m->region;

    for (int i = 0; i < TRIES_MAX; i++) {
        uint64_t before = atomic_get(&region->folding);

        sum_all(m);
        if (before % 2 == 0 && before == atomic_get(&region->folding))
            return;
        metrics_let_others_go_on(i);
    }
}

/* ---- folding ------------------------------------------------------------ */

static void fold_cell(uint64_t *into, const uint64_t *from, int is_double)
{
    if (is_double)
        atomic_set(into, metrics_bits(metrics_double(*into) +
                                      metrics_double(*from)));
    else
        atomic_set(into, *into + *from);
}

/* From odd to even and back. What is written between two of these is not seen
 * outside of them. */
static void turn_page(struct metrics_region *region)
{
    atomic_replace(&region->folding, region->folding, region->folding + 1);
}

static void fold_series(const metrics_t *m, const struct metrics_series *s,
                        uint64_t *row)
{
    const struct metrics_family *f = &m->region->family[s->family];

    for (uint32_t j = 0; j < metrics_width(f); j++) {
        if (f->kind != METRICS_GAUGE) /* what is no more is not counted */
            fold_cell(m->row + s->cell + j, row + s->cell + j,
                      metrics_is_double(f, j));
        atomic_set(&row[s->cell + j], 0);
    }
}

void metrics_fold_row(metrics_t *m, int row)
{
    struct metrics_region *region = m->region;

    if (row <= 0 || row >= region->rows || m->own_row != 0)
        return;
    metrics_break_lock(region, row);
    turn_page(region);
    for (uint64_t i = 0; i < atomic_get(&region->series); i++)
        fold_series(m, &region->one[i], metrics_row(region, row));
    turn_page(region);
}

/* ---- what was gathered -------------------------------------------------- */

uint64_t metrics_count(const metrics_t *m, metric_t counter)
{
    return m->sum[m->region->one[counter].cell];
}

double metrics_value(const metrics_t *m, metric_t gauge)
{
    return metrics_double(m->sum[m->region->one[gauge].cell]);
}

void metrics_histogram(const metrics_t *m, metric_t histogram,
                       struct histogram *out)
{
    const struct metrics_series *s = &m->region->one[histogram];
    const struct metrics_family *f = &m->region->family[s->family];

    memset(out, 0, sizeof *out);
    if (f->kind != METRICS_HISTOGRAM)
        return;
    out->bounds = f->bounds;
    out->bound = f->bound;
    for (int i = 0; i <= f->bounds; i++)
        out->bucket[i] = m->sum[s->cell + (uint32_t)i];
    out->sum = metrics_double(m->sum[s->cell + (uint32_t)f->bounds + 1]);
}
