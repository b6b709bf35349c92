#include "measured.h"

#include "authority.h"
#include "lb_stats.h"
#include "live_page.h"
#include "log.h"

#include <errno.h>
#include <string.h>

#define ADMIN_ADDRESS "127.0.0.1"

static struct balancer *balancer_of(struct measured *m)
{
    return &m->limited.pooled.balancer;
}

/* ---- pages -------------------------------------------------------------- */

static void collect(struct measured *m)
{
    metrics_filter_collect(&m->filter, &balancer_of(m)->service,
                           &m->limited.pooled.pools);
    metrics_filter_collect_health(&m->filter, m->started);
    metrics_mirror(m->metrics, m->filter.log_lost, m->log.writer.lost);
}

static int write_metrics(void *self, struct text *body)
{
    struct measured *m = self;

    collect(m);
    metrics_render(m->metrics, body);
    return 200;
}

static int write_stats(void *self, struct text *body)
{
    struct measured *m = self;
    const struct service *service = &balancer_of(m)->service;
    struct lb_facts facts = {.program = service->program,
                             .algorithm = service->balance->name,
                             .started = m->started,
                             .now = process_wall_clock(),
                             .draining = service->draining,
                             .max_connections = service->max_clients,
                             .workers = 1};

    collect(m);
    lb_stats_write(&m->filter, &facts, body);
    return 200;
}

/* Those who send traffic here ask this, and look elsewhere if it is not 200. */
static int write_health(void *self, struct text *body)
{
    const struct balancer *b = balancer_of(self);
    int draining = b->service.draining;

    if (!draining && backend_healthy_count(&b->set) > 0) {
        text_put(body, "ok\n");
        return 200;
    }
    text_put(body, draining ? "draining\n" : "no backend is up\n");
    return 503;
}

static int write_live_page(void *self, struct text *body)
{
    (void)self;
    text_add(body, live_page, live_page_length);
    return 200;
}

static const struct admin_page pages[] = {
    {"/", "text/html; charset=utf-8", write_live_page},
    {"/metrics", "text/plain; version=0.0.4; charset=utf-8", write_metrics},
    {"/lb-stats", "application/json", write_stats},
    {"/health", "text/plain; charset=utf-8", write_health},
    {NULL, NULL, NULL}};

/* ---- the program -------------------------------------------------------- */

void measured_init(struct measured *m, const char *program)
{
    limited_init(&m->limited, program);
    m->admin_port = -1;
    m->admin.service.listener = -1;
    m->started = process_wall_clock();
}

const char *measured_take(void *self, int what, int n, const char *value)
{
    struct measured *m = self;

    if (what == 'm')
        return authority_port(slice_of(value), &m->admin_port) != 0
                   ? "not a port (0 to 65535)"
                   : NULL;
    if (what == 'f')
        return access_log_format(value, &m->log.format) != 0
                   ? "neither combined nor json"
                   : NULL;
    if (what != 'o')
        return limited_take(&m->limited, what, n, value);
    m->log_path = value;
    return NULL;
}

static int make_metrics(struct measured *m)
{
    struct balancer *b = balancer_of(m);

    m->metrics = metrics_create();
    if (m->metrics == NULL || metrics_filter_init(&m->filter, m->metrics,
                                                  &b->set, b->program) != 0) {
        log_error(b->program, "metrics: %s", strerror(ENOMEM));
        return -1;
    }
    balancer_add_filter(b, metrics_filter_seam(&m->filter));
    return 0;
}

static void reopen_log(struct balancer *b)
{
    struct measured *m = (struct measured *)b; /* it is its first member */

    log_writer_reopen(&m->log.writer);
}

static int open_log(struct measured *m)
{
    struct balancer *b = balancer_of(m);

    if (m->log_path == NULL)
        return 0;
    if (log_writer_open(&m->log.writer, b->program, m->log_path,
                        b->service.watch) != 0)
        return -1;
    b->reload = reopen_log;
    balancer_add_filter(b, access_log_seam(&m->log));
    return 0;
}

int measured_prepare(struct measured *m)
{
    if (limited_prepare(&m->limited) != 0 || make_metrics(m) != 0)
        return -1;
    return open_log(m);
}

static int open_admin(struct measured *m)
{
    struct balancer *b = balancer_of(m);

    if (m->admin_port < 0)
        return 0;
    m->admin.pages = pages;
    m->admin.self = m;
    return admin_open(&m->admin, b->program, b->service.watch, ADMIN_ADDRESS,
                      m->admin_port);
}

static int has_admin(const struct measured *m)
{
    return m->admin.service.engine != NULL;
}

static int turn(struct balancer *b)
{
    struct measured *m = (struct measured *)b;
    int calls = event_loop_run(m->limited.pooled.loop, -1);

    if (has_admin(m))
        service_turn(&m->admin.service);
    return calls;
}

int measured_run(struct measured *m)
{
    int status;

    if (open_admin(m) != 0)
        return 1;
    status = pooled_run(&m->limited.pooled, turn);
    if (has_admin(m))
        service_close(&m->admin.service);
    return status;
}

void measured_close(struct measured *m)
{
    access_log_close(&m->log); /* while its loop is there */
    limited_close(&m->limited);
    metrics_destroy(m->metrics);
}
