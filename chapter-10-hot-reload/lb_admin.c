#include "lb_admin.h"

#include "live_page.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- pages -------------------------------------------------------------- */

static int write_metrics(void *self, struct text *body)
{
    struct lb_admin *a = self;

    metrics_filter_collect_health(a->filter, a->facts->started);
    metrics_render(a->filter->metrics, body);
    return 200;
}

static int write_stats(void *self, struct text *body)
{
    struct lb_admin *a = self;

    metrics_filter_collect_health(a->filter, a->facts->started);
    a->facts->now = process_wall_clock();
    lb_stats_write(a->filter, a->facts, body);
    return 200;
}

static int write_health(void *self, struct text *body)
{
    const struct lb_admin *a = self;
    int draining = a->facts->draining;

    if (!draining && backend_healthy_count(a->filter->set) > 0) {
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

/* ---- opening and closing ------------------------------------------------ */

struct lb_admin *lb_admin_open(const char *program, struct watch watch,
                               const char *address, int port,
                               struct metrics_filter *filter,
                               struct lb_facts *facts)
{
    struct lb_admin *a = calloc(1, sizeof *a);

    if (a == NULL) {
        log_error(program, "admin: %s", strerror(errno));
        return NULL;
    }
    snprintf(a->address, sizeof a->address, "%s", address);
    a->port = port;
    a->filter = filter;
    a->facts = facts;
    a->admin.pages = pages;
    a->admin.self = a;
    if (admin_open(&a->admin, program, watch, address, port) == 0)
        return a;
    free(a);
    return NULL;
}

void lb_admin_turn(struct lb_admin *a)
{
    if (a != NULL)
        service_turn(&a->admin.service);
}

void lb_admin_close(struct lb_admin *a)
{
    if (a == NULL)
        return;
    service_close(&a->admin.service);
    free(a);
}
