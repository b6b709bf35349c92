#include "worker.h"

#include "access_log.h"
#include "balance_more.h"
#include "clock.h"
#include "descriptor.h"
#include "engine_files.h"
#include "engine_http.h"
#include "engine_proxied.h"
#include "errand.h"
#include "event_loop.h"
#include "identity.h"
#include "limit_filter.h"
#include "log.h"
#include "mover_splice.h"
#include "pool_connector.h"
#include "queue.h"
#include "service.h"
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

#define FILTERS_MAX 8
/* While weights grow slowly they are this many times as large, so that a weight
 * of 1 can have a part. */
#define WEIGHT_SCALE 100
#define GROWTH_MS    250
#define PUBLISH_MS   100 /* before what is copied into the metrics is copied */

struct worker {
    struct watcher on_errand; /* first: the loop hands us this */
    struct watcher on_signal;
    const struct worker_job *job;
    event_loop_t *loop;
    struct service service;
    struct filter filters[FILTERS_MAX];
    struct pool_connector pools;
    struct connector connector;
    struct engine_proxied proxied; /* if its clients are to say who they are */
    struct limit_filter limit;
    struct file_root files;
    struct access_log log;
    struct bulk bulk;
    struct splicer splicer;
    struct metrics_filter *metrics;
    struct timer publish; /* set while there is something new to tell */
    uint64_t load_known_ms;        /* when we looked at the others last */
    struct timer growth;
    int is_open; /* it has been told to serve */
    int hurry;
    int status; /* to exit with */
};

/* ---- what the master knows ---------------------------------------------- */

static struct backend_set *own_set(const struct worker *w)
{
    return &w->job->board->rows[w->job->row];
}

/* A backend that came back gets its share little by little. Whether it has grown
 * up. */
static int grow(const struct worker *w, int i, uint64_t now_ms)
{
    const struct board *board = w->job->board;
    const struct board_set *known =
        &board->sets[board->generation[w->job->row]];
    uint64_t since = known->up_since_ms[i],
             slow = (uint64_t)w->job->config->slow_start_ms;
    int full = known->backends.backends[i].weight * WEIGHT_SCALE;
    int weight = full;

    if (since > 0 && now_ms - since < slow)
        weight = (int)((uint64_t)full * (now_ms - since) / slow);
    own_set(w)->backends[i].weight = weight > 0 ? weight : 1;
    return weight == full;
}

static void grow_all(void *owner)
{
    struct worker *w = owner;
    const struct watch *watch = &w->service.watch;
    uint64_t now_ms = *watch->now_ms;
    int grown = 0;

    if (w->job->config->slow_start_ms == 0)
        return;
    for (int i = 0; i < own_set(w)->num_backends; i++)
        grown += grow(w, i, now_ms);
    if (grown < own_set(w)->num_backends)
        watch->set_timer(watch->loop, &w->growth, now_ms + GROWTH_MS);
}

static void learn_health(struct worker *w)
{
    board_learn_health(w->job->board, w->job->row);
    grow_all(w);
}

/* Before a backend is picked: once in a millisecond at most, and less often the
 * more there is to add up. */
static void learn_load(struct worker *w)
{
    uint64_t now_ms = *w->service.watch.now_ms;
    int interval_ms = 1 + own_set(w)->num_backends / 8;

    if (w->job->config->workers == 1 ||
        now_ms - w->load_known_ms < (uint64_t)interval_ms)
        return;
    w->load_known_ms = now_ms;
    board_learn_load(w->job->board, w->job->row);
}

/* ---- what the master is told -------------------------------------------- */

static void tell(const struct worker *w, enum errand_kind what,
                 const struct backend *b)
{
    errand_send(w->job->errands, what, (int)(b - own_set(w)->backends));
}

static void tell_failed(void *self, const struct backend *b)
{
    tell(self, ERRAND_FAILED, b);
}

static void tell_recovered(void *self, const struct backend *b)
{
    tell(self, ERRAND_RECOVERED, b);
}

static int board_admit(void *self, struct exchange *x)
{
    (void)x;
    learn_load(self);
    return 0;
}

/* Says why, by errno. -1. */
static int failed(const struct worker_job *job, const char *what)
{
    log_error(job->program, "%s: %s", what, strerror(errno));
    return -1;
}

static void add_filter(struct worker *w, struct filter filter)
{
    w->filters[w->service.filter_count++] = filter;
}

/* ---- metrics ------------------------------------------------------------ */

/* What happens with requests is in the shared memory at once. What is copied there
 * (connections, pools) is so some time after each turn in which anything happened:
 * an idle worker sleeps. */
static void publish(void *owner)
{
    struct worker *w = owner;

    metrics_filter_collect(w->metrics, &w->service, &w->pools);
    metrics_mirror(w->metrics->metrics, w->metrics->log_lost,
                   w->log.writer.lost);
}

static void publish_soon(struct worker *w)
{
    const struct watch *watch = &w->service.watch;

    if (w->publish.at_ms == CLOCK_NEVER)
        watch->set_timer(watch->loop, &w->publish, *watch->now_ms + PUBLISH_MS);
}

/* The generation's series, counted in our own row. 0, or -1, said. */
static int add_metrics(struct worker *w)
{
    w->metrics = w->job->filter;
    w->metrics->set = own_set(w);
    if (metrics_use_row(w->metrics->metrics, w->job->row + 1) != 0) {
        errno = EINVAL;
        return failed(w->job, "metrics");
    }
    add_filter(w, metrics_filter_seam(w->metrics));
    return 0;
}

/* ---- errands and signals ------------------------------------------------ */

static void open_service(struct worker *w)
{
    if (service_open(&w->service) == 0) {
        w->is_open = 1;
        return;
    }
    log_error(w->job->program, "worker: %s", strerror(errno));
    w->hurry = w->status = 1;
}

/* Who has not served anybody yet has nothing to bring to an end. */
static void finish(struct worker *w, void (*how)(struct service *service))
{
    if (w->is_open)
        how(&w->service);
    else
        w->hurry = 1;
}

static void run_errand(struct worker *w, const struct errand *errand)
{
    switch (errand->kind) {
    case ERRAND_SERVE:
        open_service(w);
        break;
    case ERRAND_HEALTH:
        learn_health(w);
        break;
    case ERRAND_RETIRE:
        finish(w, service_retire);
        break;
    case ERRAND_DRAIN:
        finish(w, service_drain);
        break;
    case ERRAND_HURRY:
        w->hurry = 1;
        break;
    case ERRAND_REOPEN:
        if (w->job->config->access_log.on)
            log_writer_reopen(&w->log.writer);
        break;
    default:
        break;
    }
}

static void errand_ready(struct watcher *watcher, int fd, unsigned events)
{
    struct worker *w = (struct worker *)watcher;
    struct errand errand;
    int got;

    (void)events;
    while ((got = errand_receive(fd, &errand)) > 0)
        run_errand(w, &errand);
    if (got < 0)
        w->hurry = 1; /* the master is dead */
}

/* Somebody ends this worker alone: the master will start another. */
static void signal_ready(struct watcher *watcher, int fd, unsigned events)
{
    struct worker *w = (struct worker *)((char *)watcher -
                                         offsetof(struct worker, on_signal));

    (void)fd;
    (void)events;
    signals_drain();
    w->hurry = signals_stops() > 1;
    if (signals_stops() > 0 && !w->service.draining)
        finish(w, service_retire);
}

/* A terminal sends these to all processes in front of it: they mean the master,
 * who tells us. */
static void leave_signals_to_the_master(void)
{
    static const int theirs[] = {SIGINT, SIGHUP, SIGUSR1};
    struct sigaction ignore;

    memset(&ignore, 0, sizeof ignore);
    ignore.sa_handler = SIG_IGN;
    sigemptyset(&ignore.sa_mask);
    for (size_t i = 0; i < sizeof theirs / sizeof theirs[0]; i++)
        sigaction(theirs[i], &ignore, NULL);
}

/* ---- making it ---------------------------------------------------------- */

/* 0, or -1, said. */
static int add_limit(struct worker *w)
{
    const config_t *c = w->job->config;

    if (!c->rate_limit.on)
        return 0;
    w->limit.limiter = rate_limiter_create_on(
        w->job->clients,
        strcmp(c->rate_limit.algorithm, "token_bucket") == 0
            ? RATE_LIMIT_TOKEN_BUCKET
            : RATE_LIMIT_SLIDING_WINDOW,
        c->rate_limit.per_ip, c->rate_limit.burst);
    if (w->limit.limiter == NULL)
        return failed(w->job, "rate limit");
    add_filter(w, limit_filter_seam(&w->limit));
    return 0;
}

/* 0, or -1, said. */
static int add_log(struct worker *w)
{
    const config_t *c = w->job->config;

    if (!c->access_log.on)
        return 0;
    access_log_format(c->access_log.format, &w->log.format);
    if (log_writer_open(&w->log.writer, w->job->program, c->access_log.path,
                        w->service.watch) != 0)
        return -1;
    add_filter(w, access_log_seam(&w->log));
    return 0;
}

/* ---- files -------------------------------------------------------------- */

/* What follows the prefix; at NULL if the path does not begin with it, as whole
 * segments: /static is no prefix of /statics. */
static struct slice below(const char *prefix, struct slice path)
{
    struct slice rest = {NULL, 0};
    size_t len = strlen(prefix);

    if (path.len < len || memcmp(path.at, prefix, len) != 0)
        return rest;
    if (path.len == len || prefix[len - 1] == '/' || path.at[len] == '/' ||
        path.at[len] == '?') {
        rest.at = path.at + len;
        rest.len = path.len - len;
    }
    return rest;
}

static int answer_file(void *self, struct session *s, const struct http_head *h,
                       int keeps)
{
    const struct worker *w = self;
    struct slice target = below(w->job->config->files.prefix, h->path);

    if (target.at == NULL)
        return 0;
    files_answer(s, &w->files, target, h, keeps); /* or it was refused */
    return 1;
}

/* 0, or -1, said. */
static int add_files(struct worker *w)
{
    const config_t *c = w->job->config;

    w->files.fd = -1;
    if (!c->files.on)
        return 0;
    if (file_root_open(&w->files, c->files.root) != 0)
        return failed(w->job, c->files.root);
    w->service.local = (struct local){w, answer_file};
    return 0;
}

static void configure(struct worker *w, const config_t *c)
{
    struct service *service = &w->service;

    service->program = w->job->program;
    service->watch = event_loop_watch(w->loop);
    service->listener = w->job->listener;
    service->set = own_set(w);
    service->balance = balance_more_find(c->algorithm);
    engine_proxied_init(&w->proxied, &engine_http);
    service->engine = c->proxy_protocol ? &w->proxied.engine : &engine_http;
    service->monitor = (struct monitor){w, tell_failed, tell_recovered};
    service->identifier = identity_seam(c);
    service->filters = w->filters;
    service->max_clients = c->limits.connections;
    service->max_asked = 1 + c->retries;
    service->late_is_failed = 1;
    service->limits = (struct limits){(size_t)c->limits.header_bytes,
                                      c->limits.headers, c->limits.body_bytes};
    service->timeouts = (struct timeouts){
        .head_ms = c->timeouts.request_ms,
        .connect_ms = c->timeouts.connect_ms,
        .read_ms = c->timeouts.read_ms,
        .write_ms = c->timeouts.write_ms,
        .queue_ms = c->timeouts.queue_ms,
        .drain_ms = c->drain_timeout_ms,
        .idle_ms = c->timeouts.idle_ms,
        .tunnel_ms = c->timeouts.tunnel_ms,
    };
}

/* 0, or -1, said. */
static int add_parts(struct worker *w, const config_t *c)
{
    struct service *service = &w->service;
    const struct filter board = {w, board_admit, NULL};
    const struct filter statistics = {NULL, NULL, statistics_finish};

    add_filter(w, board);
    add_filter(w, statistics);
    if (add_metrics(w) != 0 || add_limit(w) != 0 || add_log(w) != 0 ||
        add_files(w) != 0)
        return -1;
    if (pool_connector_init(&w->pools, service->set, service->watch,
                            c->pool.max_size, c->pool.ttl_ms) != 0)
        return failed(w->job, "pools");
    w->connector = pool_connector_seam(&w->pools);
    service->connector = &w->connector;
    bulk_init(&w->bulk);
    splicer_init(&w->splicer, c->zero_copy_min, &w->bulk);
    service->mover = &w->splicer.mover;
    return 0;
}

/* 0, or -1, said. */
static int begin(struct worker *w)
{
    const struct watch *watch = &w->service.watch;

    timer_init(&w->growth, grow_all, w);
    timer_init(&w->publish, publish, w);
    w->on_errand.ready = errand_ready;
    w->on_signal.ready = signal_ready;
    learn_health(w);
    if (watch->set(watch->loop, w->job->errands, WATCH_READ, &w->on_errand) !=
            0 ||
        watch->set(watch->loop, signals_fd(), WATCH_READ, &w->on_signal) != 0 ||
        errand_send(w->job->errands, ERRAND_READY, 0) != 0)
        return failed(w->job, "worker");
    return 0;
}

/* ---- serving ------------------------------------------------------------ */

static int serve(struct worker *w)
{
    while (!w->hurry && !service_is_finished(&w->service)) {
        if (event_loop_run(w->loop, -1) < 0) {
            log_error(w->job->program, "waiting for events: %s",
                      strerror(errno));
            return 1;
        }
        if (!queue_is_empty(&w->service))
            learn_load(w);
        if (w->is_open)
            service_turn(&w->service);
        publish_soon(w);
    }
    return w->status;
}

static void take_apart(struct worker *w)
{
    if (w->is_open)
        service_close(&w->service);
    publish(w);
    w->service.watch.set_timer(w->loop, &w->publish, CLOCK_NEVER);
    w->service.watch.set_timer(w->loop, &w->growth, CLOCK_NEVER);
    pool_connector_close(&w->pools);
    splicer_close(&w->splicer);
    bulk_close(&w->bulk);
    access_log_close(&w->log);
    file_root_close(&w->files);
    rate_limiter_destroy(w->limit.limiter);
}

int worker_run(const struct worker_job *job)
{
    static struct worker w; /* static: too large for some stacks */
    int status;

    leave_signals_to_the_master();
    descriptor_want(2 * job->config->limits.connections + 256);
    w.job = job;
    w.loop = event_loop_create(MAX_EVENTS);
    if (w.loop == NULL) {
        failed(job, "event loop");
        return 1;
    }
    configure(&w, job->config);
    if (add_parts(&w, job->config) != 0 || begin(&w) != 0)
        return 1; /* what there is of it goes with the process */
    status = serve(&w);
    take_apart(&w);
    event_loop_destroy(w.loop);
    return status;
}
