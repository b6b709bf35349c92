#include "lb_stats.h"

#include "labels.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static void put_count(struct text *out, const char *before, uint64_t count)
{
    text_print(out, "%s%" PRIu64, before, count);
}

static uint64_t count_of(const struct metrics_filter *f, metric_t counter)
{
    return metrics_count(f->metrics, counter);
}

static int value_of(const struct metrics_filter *f, metric_t gauge)
{
    return (int)metrics_value(f->metrics, gauge);
}

/* ---- requests ----------------------------------------------------------- */

#define STATUSES (METRICS_STATUS_MAX + 1)

/* Over all backends, also those that this process has never heard of. */
static uint64_t sum_by_status(const metrics_t *m, uint64_t sums[STATUSES])
{
    uint64_t total = 0;
    metric_t at = 0;

    memset(sums, 0, STATUSES * sizeof *sums);
    while ((at = metrics_next(m, "lb_requests_total", at)) != 0) {
        struct slice label;
        uint64_t status;

        if (!labels_find(metrics_labels(m, at), "status", &label) ||
            slice_number(label, METRICS_STATUS_MAX, &status) != 0)
            continue;
        sums[status] += metrics_count(m, at);
        total += metrics_count(m, at);
    }
    return total;
}

static void put_requests(const struct metrics_filter *f, struct text *out)
{
    uint64_t sums[STATUSES];
    const char *comma = "";

    put_count(out, "\"requests\":{\"total\":", sum_by_status(f->metrics, sums));
    put_count(out, ",\"failed\":", count_of(f, f->failed));
    text_put(out, ",\"by_status\":{");
    for (int i = METRICS_STATUS_MIN; i < STATUSES; i++) {
        if (sums[i] == 0)
            continue;
        text_print(out, "%s\"%d\":%" PRIu64, comma, i, sums[i]);
        comma = ",";
    }
    text_put(out, "}}");
}

/* ---- times -------------------------------------------------------------- */

/* To the microsecond: more would be a lie. */
static void put_quantiles(const struct histogram *h, struct text *out)
{
    static const double quantiles[] = {0.5, 0.9, 0.99};
    static const char *const names[] = {"\"p50\":", ",\"p90\":", ",\"p99\":"};

    for (int i = 0; i < 3; i++) {
        double q = histogram_quantile(h, quantiles[i]);

        text_put(out, names[i]);
        if (q == q) /* not NaN, which JSON has no word for */
            text_print(out, "%.6f", q);
        else
            text_put(out, "null");
    }
}

/* Cumulative, as in Prometheus; a bound of null is +Inf. */
static void put_buckets(const struct histogram *h, struct text *out)
{
    uint64_t count = 0;

    text_put(out, ",\"buckets\":[");
    for (int i = 0; i <= h->bounds; i++) {
        count += h->bucket[i];
        text_put(out, i > 0 ? ",{\"le\":" : "{\"le\":");
        if (i < h->bounds)
            text_json_number(out, h->bound[i]);
        else
            text_put(out, "null");
        put_count(out, ",\"count\":", count);
        text_put(out, "}");
    }
    text_put(out, "]");
}

static void put_latency(const struct metrics_filter *f, struct text *out)
{
    metric_t at = f->none.duration;
    struct histogram sum, one;

    metrics_histogram(f->metrics, at, &sum);
    at = 0;
    while ((at = metrics_next(f->metrics, "lb_request_duration_seconds", at)) !=
           0) {
        if (at == f->none.duration)
            continue;
        metrics_histogram(f->metrics, at, &one);
        histogram_merge(&sum, &one);
    }
    text_put(out, "\"latency\":{");
    put_quantiles(&sum, out);
    put_count(out, ",\"count\":", histogram_count(&sum));
    text_put(out, ",\"sum\":");
    text_json_number(out, sum.sum);
    put_buckets(&sum, out);
    text_put(out, "}");
}

/* ---- backends ----------------------------------------------------------- */

static uint64_t failures_of(const struct metrics_filter *f,
                            const struct backend_metrics *of)
{
    uint64_t sum = 0;

    for (int i = 0; i < BACKEND_FAILURES; i++)
        sum += count_of(f, of->failures[i]);
    return sum;
}

static void put_backend(const struct metrics_filter *f, int i,
                        struct text *out)
{
    const struct backend *b = &f->set->backends[i];
    const struct backend_metrics *of = &f->of[i];
    struct histogram h;

    metrics_histogram(f->metrics, of->duration, &h);
    text_put(out, i > 0 ? ",{\"name\":" : "{\"name\":");
    text_json(out, b->name, strlen(b->name));
    text_print(out, ",\"up\":%s,\"weight\":%d,\"active\":%d",
               value_of(f, of->up) ? "true" : "false", b->weight,
               value_of(f, of->active));
    put_count(out, ",\"requests\":", histogram_count(&h));
    put_count(out, ",\"failures\":", failures_of(f, of));
    put_count(out, ",\"checks\":{\"ok\":", count_of(f, of->checks_ok));
    put_count(out, ",\"failed\":", count_of(f, of->checks_failed));
    put_count(out, "},\"pool\":{\"hits\":", count_of(f, of->pool_hits));
    put_count(out, ",\"misses\":", count_of(f, of->pool_misses));
    text_print(out, ",\"idle\":%d},\"latency\":{", value_of(f, of->pool_idle));
    put_quantiles(&h, out);
    text_put(out, "}}");
}

/* ---- all of it ---------------------------------------------------------- */

static void put_facts(const struct lb_facts *facts, struct text *out)
{
    text_put(out, "\"program\":");
    text_json(out, facts->program, strlen(facts->program));
    text_print(out, ",\"pid\":%ld,\"started\":%.3f,\"now\":%.3f",
               (long)getpid(), facts->started, facts->now);
    text_print(out, ",\"draining\":%s,\"algorithm\":",
               facts->draining ? "true" : "false");
    text_json(out, facts->algorithm, strlen(facts->algorithm));
}

static void put_sums(const struct metrics_filter *f,
                     const struct lb_facts *facts, struct text *out)
{
    text_print(out, ",\"connections\":{\"active\":%d",
               value_of(f, f->connections_active));
    put_count(out, ",\"total\":", count_of(f, f->connections));
    text_print(out, ",\"max\":%d},", facts->max_connections);
    put_requests(f, out);
    put_count(out, ",\"retries\":", count_of(f, f->retries));
    put_count(out, ",\"rate_limited\":", count_of(f, f->rate_limited));
    put_count(out, ",\"bytes\":{\"received\":", count_of(f, f->received));
    put_count(out, ",\"sent\":", count_of(f, f->sent));
    text_put(out, "},");
    put_latency(f, out);
}

static void put_process(const struct metrics_filter *f,
                        const struct lb_facts *facts, struct text *out)
{
    put_count(out, "],\"reloads\":{\"ok\":", count_of(f, f->reloads_ok));
    put_count(out, ",\"failed\":", count_of(f, f->reloads_failed));
    text_print(out, "},\"process\":{\"resident_bytes\":%.0f",
               metrics_value(f->metrics, f->resident));
    text_print(out, ",\"open_fds\":%d,\"workers\":%d}",
               value_of(f, f->open_fds), facts->workers);
}

void lb_stats_write(struct metrics_filter *f, const struct lb_facts *facts,
                    struct text *out)
{
    metrics_gather(f->metrics);
    text_put(out, "{");
    put_facts(facts, out);
    put_sums(f, facts, out);
    text_put(out, ",\"backends\":[");
    for (int i = 0; i < f->set->num_backends; i++)
        put_backend(f, i, out);
    put_process(f, facts, out);
    text_put(out, "}\n");
}
