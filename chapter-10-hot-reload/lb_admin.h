#ifndef LB_ADMIN_H
#define LB_ADMIN_H

#include "admin_pages.h"
#include "config.h"

/* lb_admin: the admin port of lb, served by the master, so that it answers however
 * busy the workers are: the pages of chapter 8, with numbers of all workers and
 * all generations.
 *
 * It stays from one generation to the next, unless its address changes. Then the
 * new one is opened before the old one is closed, and only if the reload comes to
 * a good end:
 *
 *     lb_admin_prepare -> lb_admin_commit, or lb_admin_cancel */

struct admin_post;

struct lb_admin {
    struct admin_post *now, *next; /* NULL: none; the one of the next generation */
    struct admin_view view; /* program, started and draining are the master's to
                               say; all zero at the start */
};

/* Opens the port that this configuration wants, unless it is open, or wants none.
 * 0, or -1, said; then nothing has changed. */
int lb_admin_prepare(struct lb_admin *a, const config_t *c,
                     const char *program, struct watch watch);

/* The new generation serves, with so many workers; `filter` is its. */
void lb_admin_commit(struct lb_admin *a, const config_t *c, int workers,
                     struct metrics_filter *filter);

/* It will not. */
void lb_admin_cancel(struct lb_admin *a);

/* To be called after each turn of the loop. */
void lb_admin_turn(struct lb_admin *a);

void lb_admin_close(struct lb_admin *a);

#endif
