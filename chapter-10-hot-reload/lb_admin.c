#include "lb_admin.h"

#include "log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
    post->admin.pages = admin_pages;
    post->admin.self = &a->view;
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
    a->view.filter = filter;
    a->view.facts.algorithm = c->algorithm;
    a->view.facts.workers = workers;
    a->view.facts.max_connections = workers * c->limits.connections;
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
