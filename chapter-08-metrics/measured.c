#include "measured.h"

#include "authority.h"
#include "log.h"

#include <errno.h>
#include <string.h>

#define ADMIN_ADDRESS "127.0.0.1"

static struct balancer *balancer_of(struct measured *m)
{
    return &m->limited.pooled.balancer;
}

/* ---- what the admin port shows ------------------------------------------- */

static void collect(void *owner)
{
    struct measured *m = owner;
    const struct service *service = &balancer_of(m)->service;

    metrics_filter_collect(&m->filter, service, &m->limited.pooled.pools);
    metrics_mirror(m->metrics, m->filter.log_lost, m->log.writer.lost);
    m->view.facts.draining = service->draining;
}

static void open_view(struct measured *m)
{
    const struct service *service = &balancer_of(m)->service;

    m->view = (struct admin_view){
        .filter = &m->filter,
        .facts = {.program = service->program,
                  .algorithm = service->balance->name,
                  .started = process_wall_clock(),
                  .max_connections = service->max_clients,
                  .workers = 1},
        .collect = collect,
        .owner = m,
    };
}

/* ---- the program -------------------------------------------------------- */

void measured_init(struct measured *m, const char *program)
{
    limited_init(&m->limited, program);
    m->admin_port = -1;
    m->admin.service.listener = -1;
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
    open_view(m);
    m->admin.pages = admin_pages;
    m->admin.self = &m->view;
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
