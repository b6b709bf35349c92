#include "admin_pages.h"

#include "live_page.h"

#include <stddef.h>

/* Whether there is anything to show: if so, it is brought up to date. */
static int is_ready(struct admin_view *view, struct text *body)
{
    if (view->filter == NULL) {
        text_put(body, "starting\n");
        return 0;
    }
    if (view->collect != NULL)
        view->collect(view->owner);
    metrics_filter_collect_health(view->filter, view->facts.started);
    return 1;
}

static int write_metrics(void *self, struct text *body)
{
    struct admin_view *view = self;

    if (!is_ready(view, body))
        return 503;
    metrics_render(view->filter->metrics, body);
    return 200;
}

static int write_stats(void *self, struct text *body)
{
    struct admin_view *view = self;

    if (!is_ready(view, body))
        return 503;
    view->facts.now = process_wall_clock();
    lb_stats_write(view->filter, &view->facts, body);
    return 200;
}

/* Those who send traffic here ask this, and look elsewhere if it is not 200. */
static int write_health(void *self, struct text *body)
{
    struct admin_view *view = self;

    if (!is_ready(view, body))
        return 503;
    if (!view->facts.draining && backend_healthy_count(view->filter->set) > 0) {
        text_put(body, "ok\n");
        return 200;
    }
    text_put(body, view->facts.draining ? "draining\n" : "no backend is up\n");
    return 503;
}

static int write_live_page(void *self, struct text *body)
{
    (void)self;
    text_add(body, live_page, live_page_length);
    return 200;
}

const struct admin_page admin_pages[] = {
    {"/", "text/html; charset=utf-8", write_live_page},
    {"/metrics", "text/plain; version=0.0.4; charset=utf-8", write_metrics},
    {"/lb-stats", "application/json", write_stats},
    {"/health", "text/plain; charset=utf-8", write_health},
    {NULL, NULL, NULL}};
