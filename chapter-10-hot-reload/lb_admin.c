#include "lb_admin.h"

#include "live_page.h"
#include "log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- pages -------------------------------------------------------------- */

/* There is a port before there are numbers, for a moment. */
static int is_too_early(const struct lb_admin *a, struct text *body)
{
    if (a->filter != NULL)
        return 0;
    text_put(body, "starting\n");
    return 1;
}

static int write_metrics(void *self, struct text *body)
{
    struct lb_admin *a = self;

    if (is_too_early(a, body))
        return 503;
    metrics_filter_collect_health(a->filter, a->facts.started);
    metrics_render(a->filter->metrics, body);
    return 200;
}

static int write_stats(void *self, struct text *body)
{
    struct lb_admin *a = self;

    if (is_too_early(a, body))
        return 503;
    metrics_filter_collect_health(a->filter, a->facts.started);
    a->facts.now = process_wall_clock();
    lb_stats_write(a->filter, &a->facts, body);
    return 200;
}

static int write_health(void *self, struct text *body)
{
    const struct lb_admin *a = self;
    int draining = a->facts.draining;

    if (is_too_early(a, body))
        return 503;
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

/* ---- from one generation to the next ------------------------------------ */

struct admin_post {
    struct admin admin; /* first */
    char address[NET_IP_TEXT];
    int port; /* as configured */
};

static struct admin_post *open_post(struct lb_admin *a, const config_t *c,
                                    const char *program, struct watch watch)
{
    struct admin_post *post = calloc(1, sizeof *post);

    if (post == NULL) {
        log_error(program, "admin: %s", strerror(errno));
        return NULL;
    }
    memcpy(post->address, c->admin.address, sizeof post->address);
    post->port = c->admin.port;
    post->admin.pages = pages;
    post->admin.self = a;
    if (admin_open(&post->admin, program, watch, post->address, post->port) ==
        0)
        return post;
    free(post);
    return NULL;
}

static void close_post(struct admin_post *post)
{
    if (post == NULL)
        return;
    service_close(&post->admin.service);
    free(post);
}

static int is_at(const struct admin_post *post, const config_t *c)
{
    return post != NULL && c->admin.port == post->port &&
           strcmp(c->admin.address, post->address) == 0;
}

int lb_admin_prepare(struct lb_admin *a, const config_t *c,
                     const char *program, struct watch watch)
{
    a->next = NULL;
    if (!c->admin.on)
        return 0;
    a->next = is_at(a->now, c) ? a->now : open_post(a, c, program, watch);
    return a->next != NULL ? 0 : -1;
}

void lb_admin_commit(struct lb_admin *a, const config_t *c, int workers,
                     struct metrics_filter *filter)
{
    if (a->next != a->now)
        close_post(a->now);
    a->now = a->next;
    a->filter = filter;
    a->facts.algorithm = c->algorithm;
    a->facts.workers = workers;
    a->facts.max_connections = workers * c->limits.connections;
}

void lb_admin_cancel(struct lb_admin *a)
{
    if (a->next != a->now)
        close_post(a->next);
    a->next = a->now;
}

/* The next one is not looked at before there are numbers for it to show. */
void lb_admin_turn(struct lb_admin *a)
{
    if (a->now != NULL)
        service_turn(&a->now->admin.service);
}

void lb_admin_close(struct lb_admin *a)
{
    lb_admin_cancel(a);
    close_post(a->now);
    a->now = a->next = NULL;
}
