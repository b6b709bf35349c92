/* The part of metrics.h that makes families and series. */

#include "labels.h"
#include "metrics_region.h"

#include <string.h>

/* ---- the lock ----------------------------------------------------------- */

#define TRIES_MAX 100 /* a tenth of a second */

/* Only those who add something wait for each other, for as long as it takes to
 * copy a few strings. If one dies meanwhile, metrics_fold_row() opens the lock;
 * until then the others give up after a moment, and lose a number. */
static int lock(metrics_t *m)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        if (atomic_replace(&m->region->lock, 0, (uint64_t)m->own_row + 1))
            return 0;
        metrics_let_others_go_on(i);
    }
    return -1;
}

static void unlock(metrics_t *m)
{
    atomic_replace(&m->region->lock, (uint64_t)m->own_row + 1, 0);
}

/* ---- families ----------------------------------------------------------- */

/* The number of the family, or -1. */
static int find_family(const struct metrics_region *region, const char *name)
{
    int count = (int)atomic_get(&region->families);

    for (int i = 0; i < count; i++)
        if (strcmp(region->family[i].name, name) == 0)
            return i;
    return -1;
}

/* Whether the histogram `name` would write lines under the name of `other`. */
static int writes_as(const char *name, const char *other)
{
    static const char *const endings[] = {"_bucket", "_sum", "_count"};
    size_t len = strlen(name);

    if (strncmp(name, other, len) != 0)
        return 0;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (strcmp(other + len, endings[i]) == 0)
            return 1;
    return 0;
}

static int collides(const struct metrics_family *a,
                    const struct metrics_family *b)
{
    return (a->kind == METRICS_HISTOGRAM && writes_as(a->name, b->name)) ||
           (b->kind == METRICS_HISTOGRAM && writes_as(b->name, a->name));
}

static int same_family(const struct metrics_family *a,
                       const struct metrics_family *b)
{
    return a->kind == b->kind && a->bounds == b->bounds &&
           memcmp(a->bound, b->bound, sizeof a->bound) == 0;
}

/* Puts it behind the others, unless it is there: 0, or -1. */
static int add_family(struct metrics_region *region,
                      const struct metrics_family *f)
{
    uint64_t count = region->families;
    int there = find_family(region, f->name);

    if (there >= 0)
        return same_family(&region->family[there], f) ? 0 : -1;
    if (count == METRICS_FAMILIES_MAX)
        return -1;
    for (uint64_t i = 0; i < count; i++)
        if (collides(&region->family[i], f))
            return -1;
    region->family[count] = *f;
    atomic_replace(&region->families, count, count + 1);
    return 0;
}

static int ascending(const double *bounds, int count)
{
    for (int i = 0; i < count; i++)
        if (!(bounds[i] > -1e300 && bounds[i] < 1e300) ||
            (i > 0 && bounds[i] <= bounds[i - 1]))
            return 0;
    return 1;
}

int metrics_describe(metrics_t *m, enum metrics_kind kind, const char *name,
                     const char *help, const double *bounds, int count)
{
    struct metrics_family f;
    int result;

    if (strlen(name) >= METRICS_NAME_MAX || !labels_metric_name(name) ||
        strlen(help) >= METRICS_HELP_MAX || count > HISTOGRAM_BOUNDS_MAX ||
        (kind == METRICS_HISTOGRAM) != (count > 0) ||
        !ascending(bounds, count))
        return -1;
    memset(&f, 0, sizeof f);
    memcpy(f.name, name, strlen(name));
    memcpy(f.help, help, strlen(help));
    f.kind = kind;
    f.bounds = count;
    if (count > 0)
        memcpy(f.bound, bounds, (size_t)count * sizeof *bounds);
    if (lock(m) != 0)
        return -1;
    result = add_family(m->region, &f);
    unlock(m);
    return result;
}

/* ---- series ------------------------------------------------------------- */

/* FNV-1a over the labels, begun with the family. */
static uint32_t hash(uint32_t family, const char *labels)
{
    uint32_t h = (2166136261u ^ family) * 16777619u;

    for (; *labels != '\0'; labels++)
        h = (h ^ (unsigned char)*labels) * 16777619u;
    return (h ^ h >> 16) % METRICS_SERIES_MAX;
}

static metric_t find_series(const struct metrics_region *region,
                            uint32_t family, const char *labels)
{
    metric_t at = (metric_t)atomic_get(&region->hashed[hash(family, labels)]);

    while (at != 0 && (region->one[at].family != family ||
                       strcmp(region->labels + region->one[at].labels,
                              labels) != 0))
        at = region->one[at].next;
    return at;
}

/* Makes a series behind the others: its number, or 0 if there is no room. */
static metric_t add_series(struct metrics_region *region, uint32_t family,
                           const char *labels)
{
    const struct metrics_family *f = &region->family[family];
    uint32_t slot = hash(family, labels), made = (uint32_t)region->series;
    uint32_t size = (uint32_t)strlen(labels) + 1, width = metrics_width(f);
    struct metrics_series *s = &region->one[made];

    if (made == METRICS_SERIES_MAX ||
        width > METRICS_CELLS_MAX - region->cells ||
        size > METRICS_TEXT_MAX - region->text)
        return 0;
    s->family = family;
    s->kind = (uint32_t)f->kind;
    s->labels = (uint32_t)region->text;
    s->cell = (uint32_t)region->cells;
    s->next = (uint32_t)region->hashed[slot];
    memcpy(region->labels + s->labels, labels, size);
    region->text += size;
    region->cells += width;
    atomic_replace(&region->series, made, made + 1);
    atomic_replace(&region->hashed[slot], s->next, made);
    return made;
}

/* The last series may have been counted and not yet been made findable. */
void metrics_break_lock(struct metrics_region *region, int row)
{
    uint64_t held = (uint64_t)row + 1, last = region->series - 1;
    struct metrics_series *s = &region->one[last];
    const char *labels = region->labels + s->labels;
    uint64_t *slot = &region->hashed[hash(s->family, labels)];

    if (atomic_get(&region->lock) != held)
        return;
    if (last > 0 && find_series(region, s->family, labels) == 0)
        atomic_replace(slot, s->next, last);
    atomic_replace(&region->lock, held, 0);
}

metric_t metrics_series(metrics_t *m, const char *name, const char *labels)
{
    struct metrics_region *region = m->region;
    char canonical[LABELS_TEXT_MAX];
    int family = find_family(region, name);
    struct slice le;
    metric_t series;

    if (family <= 0 || labels_canonical(labels, canonical) != 0 ||
        (region->family[family].kind == METRICS_HISTOGRAM &&
         labels_find(canonical, "le", &le)))
        return 0;
    series = find_series(region, (uint32_t)family, canonical);
    if (series != 0 || lock(m) != 0)
        return series;
    series = find_series(region, (uint32_t)family, canonical);
    if (series == 0) /* nobody was faster */
        series = add_series(region, (uint32_t)family, canonical);
    unlock(m);
    return series;
}

metric_t metrics_next(const metrics_t *m, const char *name, metric_t after)
{
    const struct metrics_region *region = m->region;
    int family = find_family(region, name);
    uint64_t count = atomic_get(&region->series);

    for (metric_t i = after + 1; family > 0 && i < count; i++)
        if (region->one[i].family == (uint32_t)family)
            return i;
    return 0;
}

const char *metrics_labels(const metrics_t *m, metric_t series)
{
    return m->region->labels + m->region->one[series].labels;
}
