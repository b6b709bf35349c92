/* The part of metrics.h that writes the text format 0.0.4. */

#include "clock.h"
#include "metrics_region.h"
#include "wait.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static void put_help(const struct metrics_family *f, struct text *out)
{
    if (f->help[0] == '\0')
        return;
    text_print(out, "# HELP %s ", f->name);
    for (const char *at = f->help; *at != '\0'; at++)
        if (*at == '\\' || *at == '\n')
            text_put(out, *at == '\n' ? "\\n" : "\\\\");
        else
            text_add(out, at, 1);
    text_put(out, "\n");
}

static void put_head(const struct metrics_family *f, struct text *out)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram"};

    put_help(f, out);
    text_print(out, "# TYPE %s %s\n", f->name, kinds[f->kind]);
}

/* NAME{LABELS} and a space */
static void put_name(const char *name, const char *ending, const char *labels,
                     struct text *out)
{
    text_put(out, name);
    text_put(out, ending);
    if (labels[0] != '\0') {
        text_put(out, "{");
        text_put(out, labels);
        text_put(out, "}");
    }
    text_put(out, " ");
}

/* NAME_bucket{LABELS,le="BOUND"} COUNT: how many values were at most BOUND. */
static void put_bucket(const char *name, const char *labels, double bound,
                       uint64_t count, struct text *out)
{
    text_print(out, "%s_bucket{%s%sle=\"", name, labels,
               labels[0] != '\0' ? "," : "");
    text_number(out, bound);
    text_print(out, "\"} %" PRIu64 "\n", count);
}

static void put_histogram(const metrics_t *m, metric_t series,
                          const char *labels, struct text *out)
{
    const char *name = m->region->family[m->region->one[series].family].name;
    struct histogram h;
    uint64_t count = 0;

    metrics_histogram(m, series, &h);
    for (int i = 0; i <= h.bounds; i++) {
        count += h.bucket[i];
        put_bucket(name, labels, i < h.bounds ? h.bound[i] : INFINITY, count,
                   out);
    }
    put_name(name, "_sum", labels, out);
    text_number(out, h.sum);
    text_put(out, "\n");
    put_name(name, "_count", labels, out);
    text_print(out, "%" PRIu64 "\n", count);
}

static void put_series(const metrics_t *m, metric_t series, struct text *out)
{
    const struct metrics_series *s = &m->region->one[series];
    const struct metrics_family *f = &m->region->family[s->family];
    const char *labels = m->region->labels + s->labels;

    if (f->kind == METRICS_HISTOGRAM) {
        put_histogram(m, series, labels, out);
        return;
    }
    put_name(f->name, "", labels, out);
    if (f->kind == METRICS_COUNTER)
        text_print(out, "%" PRIu64, metrics_count(m, series));
    else
        text_number(out, metrics_value(m, series));
    text_put(out, "\n");
}

/* The lines of a family belong together, in the order in which its series were
 * made; one without a series has nothing to say. */
static void put_family(const metrics_t *m, uint64_t family, uint64_t count,
                       struct text *out)
{
    int begun = 0;

    for (metric_t i = 0; i < count; i++) {
        if (m->region->one[i].family != family)
            continue;
        if (!begun)
            put_head(&m->region->family[family], out);
        begun = 1;
        put_series(m, i, out);
    }
}

void metrics_render(metrics_t *m, struct text *out)
{
    uint64_t families = atomic_get(&m->region->families);
    uint64_t series = atomic_get(&m->region->series);

    metrics_gather(m);
    for (uint64_t i = 0; i < families; i++)
        put_family(m, i, series, out);
}

/* ---- into a descriptor -------------------------------------------------- */

static void write_all(int fd, const char *at, size_t len, uint64_t deadline_ms)
{
    while (len > 0) {
        ssize_t n = write(fd, at, len);

        if (n > 0) {
            at += n;
            len -= (size_t)n;
        } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            if (wait_for(fd, POLLOUT, deadline_ms) != 0)
                return;
        } else if (n == 0 || errno != EINTR) {
            return;
        }
    }
}

void metrics_expose(metrics_t *m, int fd)
{
    struct text page = {0};

    metrics_render(m, &page);
    if (!page.failed)
        write_all(fd, page.at, page.len, clock_now_ms() + METRICS_EXPOSE_MS);
    text_free(&page);
}
