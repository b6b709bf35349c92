#include "metrics_filter.h"

#include "labels.h"
#include "outcome.h"

#include <stdio.h>
#include <string.h>

/* ---- what there is ------------------------------------------------------ */

static const struct {
    enum metrics_kind kind;
    const char *name, *help;
} families[] = {
    {METRICS_COUNTER, "lb_requests_total",
     "Requests, by the backend that was asked last and the status of the "
     "answer."},
    {METRICS_COUNTER, "lb_requests_failed_total",
     "Requests that ended with a 5xx of our own or without a whole answer."},
    {METRICS_COUNTER, "lb_retries_total",
     "Further connections that were asked for the same request."},
    {METRICS_COUNTER, "lb_rate_limited_total",
     "Requests that the rate limiter refused."},
    {METRICS_COUNTER, "lb_bytes_received_total",
     "Bytes of finished requests that went to backends."},
    {METRICS_COUNTER, "lb_bytes_sent_total",
     "Bytes of finished answers that went to clients."},
    {METRICS_COUNTER, "lb_connections_total", "Clients that have connected."},
    {METRICS_GAUGE, "lb_connections_active", "Clients that are connected."},
    {METRICS_GAUGE, "lb_backend_up",
     "Whether the health checks find the backend alive."},
    {METRICS_GAUGE, "lb_backend_connections_active",
     "Requests that the backend is working on."},
    {METRICS_COUNTER, "lb_backend_failures_total",
     "Failures of the backend, also those after which another one answered."},
    {METRICS_COUNTER, "lb_pool_hits_total",
     "Requests that went out on a connection that was open already."},
    {METRICS_COUNTER, "lb_pool_misses_total",
     "Requests for which a connection had to be opened."},
    {METRICS_GAUGE, "lb_pool_idle", "Connections that wait for a request."},
    {METRICS_COUNTER, "lb_health_checks_total", "Health checks."},
    {METRICS_COUNTER, "lb_reloads_total", "Attempts to read the configuration "
     "again."},
    {METRICS_COUNTER, "lb_access_log_lost_total",
     "Lines that the access log did not take."},
    {METRICS_GAUGE, "lb_build_info", "Always 1; the labels tell."},
    {METRICS_GAUGE, "process_start_time_seconds",
     "When it was started, in seconds since 1970."},
    {METRICS_GAUGE, "process_resident_memory_bytes", "Memory in use."},
    {METRICS_GAUGE, "process_open_fds", "Open descriptors."},
};

static const char DURATION[] = "lb_request_duration_seconds";
static const char DURATION_HELP[] =
    "Time from the head of a request to the last byte of its answer.";

/* From what a backend on the same machine needs to what nobody waits for; each
 * about twice the one before, so an estimate is off by less than a factor. */
static const double bounds[] = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                1,      2.5,     5,      10};

#define BOUNDS ((int)(sizeof bounds / sizeof *bounds))

static int describe(metrics_t *m)
{
    int wrong = metrics_describe(m, METRICS_HISTOGRAM, DURATION, DURATION_HELP,
                                 bounds, BOUNDS);

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        wrong |= metrics_describe(m, families[i].kind, families[i].name,
                                  families[i].help, NULL, 0);
    return wrong;
}

/* The series NAME{backend="BACKEND",LABEL="VALUE"}; label NULL: without. */
static metric_t series_of(metrics_t *m, const char *name, const char *backend,
                          const char *label, const char *value)
{
    char labels[LABELS_TEXT_MAX] = "";

    if (backend != NULL)
        labels_add(labels, "backend", backend);
    if (label != NULL)
        labels_add(labels, label, value);
    return metrics_series(m, name, labels);
}

static int make_backend(metrics_t *m, struct backend_metrics *of,
                        const char *name)
{
    static const char *const reasons[BACKEND_FAILURES] = {
        "connect", "timeout", "closed", "malformed"};
    const char *const checks = "lb_health_checks_total";

    of->duration = series_of(m, DURATION, name, NULL, NULL);
    for (int i = 0; i < BACKEND_FAILURES; i++)
        of->failures[i] = series_of(m, "lb_backend_failures_total", name,
                                    "reason", reasons[i]);
    of->up = series_of(m, "lb_backend_up", name, NULL, NULL);
    of->active = series_of(m, "lb_backend_connections_active", name, NULL,
                           NULL);
    of->pool_hits = series_of(m, "lb_pool_hits_total", name, NULL, NULL);
    of->pool_misses = series_of(m, "lb_pool_misses_total", name, NULL, NULL);
    of->pool_idle = series_of(m, "lb_pool_idle", name, NULL, NULL);
    of->checks_ok = series_of(m, checks, name, "result", "ok");
    of->checks_failed = series_of(m, checks, name, "result", "failed");
    return of->checks_failed != 0 ? 0 : -1; /* the last to find room */
}

static void make_build_info(metrics_t *m, const char *program)
{
    char labels[LABELS_TEXT_MAX] = "";

    labels_add(labels, "program", program);
#if defined(__VERSION__)
    labels_add(labels, "compiler", __VERSION__);
#endif
    metrics_gauge_set(m, "lb_build_info", 1, labels);
}

int metrics_filter_init(struct metrics_filter *f, metrics_t *metrics,
                        const struct backend_set *set, const char *program)
{
    const char *const reloads = "lb_reloads_total";
    metrics_t *m = metrics;
    int wrong = describe(m);

    memset(f, 0, sizeof *f);
    f->metrics = m;
    f->set = set;
    make_build_info(m, program);
    f->failed = metrics_series(m, "lb_requests_failed_total", NULL);
    f->retries = metrics_series(m, "lb_retries_total", NULL);
    f->rate_limited = metrics_series(m, "lb_rate_limited_total", NULL);
    f->received = metrics_series(m, "lb_bytes_received_total", NULL);
    f->sent = metrics_series(m, "lb_bytes_sent_total", NULL);
    f->connections = metrics_series(m, "lb_connections_total", NULL);
    f->connections_active = metrics_series(m, "lb_connections_active", NULL);
    f->reloads_ok = series_of(m, reloads, NULL, "result", "ok");
    f->reloads_failed = series_of(m, reloads, NULL, "result", "failed");
    f->log_lost = metrics_series(m, "lb_access_log_lost_total", NULL);
    f->start_time = metrics_series(m, "process_start_time_seconds", NULL);
    f->resident = metrics_series(m, "process_resident_memory_bytes", NULL);
    f->open_fds = metrics_series(m, "process_open_fds", NULL);
    f->none.duration = series_of(m, DURATION, METRICS_NO_BACKEND, NULL, NULL);
    for (int i = 0; i < set->num_backends; i++)
        wrong |= make_backend(m, &f->of[i], set->backends[i].name);
    return wrong;
}

/* ---- a request is over -------------------------------------------------- */

/* Made when it is needed first, so that a page shows what there is, not 500
 * statuses for each backend; remembered, so that it is looked up once. */
static metric_t make_status(struct metrics_filter *f, metric_t *handle,
                            const struct exchange *x, int status)
{
    char digits[16];

    snprintf(digits, sizeof digits, "%d", status);
    *handle = series_of(f->metrics, "lb_requests_total",
                        x->backend != NULL ? x->backend->name
                                           : METRICS_NO_BACKEND,
                        "status", digits);
    return *handle;
}

static metric_t by_status(struct metrics_filter *f, struct backend_metrics *of,
                          const struct exchange *x)
{
    int status = outcome_status(x);
    metric_t *handle;

    if (status < METRICS_STATUS_MIN || status > METRICS_STATUS_MAX)
        return 0; /* lost, and counted as such */
    handle = &of->by_status[status - METRICS_STATUS_MIN];
    return *handle != 0 ? *handle : make_status(f, handle, x, status);
}

/* A client that asked for what it can't have is none of our failures. */
static void note_failure(struct metrics_filter *f, const struct exchange *x)
{
    int its_own_fault = x->backend == NULL && x->status >= 400 &&
                        x->status < 500;

    if (its_own_fault && x->status == 429)
        metrics_add(f->metrics, f->rate_limited, 1);
    else if (!its_own_fault)
        metrics_add(f->metrics, f->failed, 1);
}

static void metrics_finish(void *self, const struct exchange *x)
{
    struct metrics_filter *f = self;
    metrics_t *m = f->metrics;
    struct backend_metrics *of =
        x->backend != NULL ? &f->of[x->backend - f->set->backends] : &f->none;

    metrics_add(m, by_status(f, of, x), 1);
    metrics_observe(m, of->duration, (double)x->took_us / 1e6);
    metrics_add(m, f->received, x->bytes_in);
    metrics_add(m, f->sent, x->bytes_out);
    if (x->tries > 1)
        metrics_add(m, f->retries, (uint64_t)x->tries - 1);
    if (x->failure != NULL)
        note_failure(f, x);
}

struct filter metrics_filter_seam(struct metrics_filter *f)
{
    struct filter seam = {f, NULL, metrics_finish};

    return seam;
}

/* ---- somebody asks ------------------------------------------------------ */

static void collect_pool(metrics_t *m, const struct backend_metrics *of,
                         conn_pool_t *pool)
{
    uint64_t lent, reused;
    int idle;

    conn_pool_counts(pool, &lent, &reused);
    conn_pool_stats(pool, NULL, &idle, NULL, NULL);
    metrics_mirror(m, of->pool_hits, reused);
    metrics_mirror(m, of->pool_misses, lent - reused);
    metrics_set(m, of->pool_idle, idle);
}

void metrics_filter_collect(struct metrics_filter *f,
                            const struct service *service,
                            const struct pool_connector *pools)
{
    metrics_t *m = f->metrics;

    metrics_mirror(m, f->connections, service->accepted);
    metrics_set(m, f->connections_active, service->active);
    metrics_set(m, f->resident, process_resident_bytes());
    metrics_set(m, f->open_fds, process_open_fds());
    for (int i = 0; i < f->set->num_backends; i++) {
        const struct backend *b = &f->set->backends[i];
        const struct backend_metrics *of = &f->of[i];

        metrics_set(m, of->active, b->active_connections);
        for (int j = 0; j < BACKEND_FAILURES; j++)
            metrics_mirror(m, of->failures[j], b->stats.failures[j]);
        collect_pool(m, of, pools->pools[i]);
    }
}

void metrics_filter_collect_health(struct metrics_filter *f, double started)
{
    metrics_t *m = f->metrics;

    metrics_set(m, f->start_time, started);
    for (int i = 0; i < f->set->num_backends; i++) {
        const struct backend *b = &f->set->backends[i];

        metrics_set(m, f->of[i].up, b->is_healthy);
        metrics_mirror(m, f->of[i].checks_ok, b->stats.checks_ok);
        metrics_mirror(m, f->of[i].checks_failed, b->stats.checks_failed);
    }
}
