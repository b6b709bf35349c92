#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "metrics_region.h"
#include "wait.h"

/* ---- one line
 * ---------------------------------------------------------------- */

/* NAME ENDING {LABELS,MORE} and a space; no braces if there is nothing in them.
 */
static void begin_line(struct text *out, const char *name, const char *ending,
                       const char *labels, const char *more)
{
    const char *comma = labels[0] != '\0' && more[0] != '\0' ? "," : "";

    text_put(out, name);
    text_put(out, ending);
    if (labels[0] != '\0' || more[0] != '\0')
        text_print(out, "{%s%s%s}", labels, comma, more);
    text_put(out, " ");
}

static void end_with_count(struct text *out, uint64_t count)
{
    text_print(out, "%" PRIu64 "\n", count);
}

static void end_with_number(struct text *out, double number)
{
    text_number(out, number);
    text_put(out, "\n");
}

/* ---- one series
 * ---------------------------------------------------------------- */

static void write_bucket(struct text *out, const char *name, const char *labels,
                         double bound, uint64_t count)
{
    struct text le = {0};

    text_put(&le, "le=\"");
    text_number(&le, bound);
    text_add(&le, "\"", 2); /* with its NUL */
    if (!le.failed)
        begin_line(out, name, "_bucket", labels, le.at);
    out->failed |= le.failed;
    end_with_count(out, count);
    text_free(&le);
}

static void write_histogram(struct text *out, const char *name,
                            const char *labels, const struct histogram *h)
{
    uint64_t so_far = 0;

    for (int i = 0; i <= h->bounds; i++) {
        double bound = i < h->bounds ? h->bound[i] : HUGE_VAL;

        so_far += h->bucket[i];
        write_bucket(out, name, labels, bound, so_far);
    }
    begin_line(out, name, "_sum", labels, "");
    end_with_number(out, h->sum);
    begin_line(out, name, "_count", labels, "");
    end_with_count(out, histogram_count(h));
}

static void write_series(struct text *out, const metrics_t *m, metric_t series,
                         const struct metrics_family *f)
{
    const char *labels = metrics_labels(m, series);
    struct histogram h;

    if (f->kind == METRICS_HISTOGRAM) {
        metrics_histogram(m, series, &h);
        write_histogram(out, f->name, labels, &h);
        return;
    }
    begin_line(out, f->name, "", labels, "");
    if (f->kind == METRICS_GAUGE)
        end_with_number(out, metrics_value(m, series));
    else
        end_with_count(out, metrics_count(m, series));
}

/* ---- one family
 * ---------------------------------------------------------------- */

static void write_help(struct text *out, const struct metrics_family *f)
{
    text_print(out, "# HELP %s ", f->name);
    for (const char *at = f->help; *at != '\0'; at++) {
        if (*at == '\n')
            text_put(out, "\\n");
        else if (*at == '\\')
            text_put(out, "\\\\");
        else
            text_add(out, at, 1);
    }
    text_put(out, "\n");
}

static void write_head(struct text *out, const struct metrics_family *f)
{
    if (f->help[0] != '\0')
        write_help(out, f);
    text_print(out, "# TYPE %s %s\n", f->name,
               f->kind == METRICS_COUNTER ? "counter"
               : f->kind == METRICS_GAUGE ? "gauge"
                                          : "histogram");
}

/* The head only if there is a series. */
static void write_family(struct text *out, const metrics_t *m, uint32_t family,
                         metric_t count)
{
    const struct metrics_family *f = &m->region->family[family];
    int is_first = 1;

    for (metric_t i = 0; i < count; i++)
        if (m->region->one[i].family == family) {
            if (is_first)
                write_head(out, f);
            is_first = 0;
            write_series(out, m, i, f);
        }
}

/* The counts first: what is made meanwhile is for the next page. */
void metrics_render(metrics_t *m, struct text *out)
{
    uint32_t families = (uint32_t)atomic_get(&m->region->families);
    metric_t series = (metric_t)atomic_get(&m->region->series);

    metrics_gather(m);
    for (uint32_t i = 0; i < families; i++)
        write_family(out, m, i, series);
}

/* ---- into a descriptor
 * ---------------------------------------------------------- */

/* Returns whether there is any use in going on. */
static int wait_for_room(int fd, uint64_t deadline_ms)
{
    if (errno == EINTR)
        return 1;
    return (errno == EAGAIN || errno == EWOULDBLOCK) &&
           wait_for(fd, POLLOUT, deadline_ms) == 0;
}

void metrics_expose(metrics_t *m, int fd)
{
    uint64_t deadline_ms = clock_now_ms() + METRICS_EXPOSE_MS;
    struct text page = {0};
    size_t done = 0;
    ssize_t n;

    metrics_render(m, &page);
    while (!page.failed && done < page.len) {
        n = write(fd, page.at + done, page.len - done);
        if (n < 0 && !wait_for_room(fd, deadline_ms))
            break;
        done += n > 0 ? (size_t)n : 0;
    }
    text_free(&page);
}
