#ifndef LB_ADMIN_H
#define LB_ADMIN_H

#include "engine_admin.h"
#include "lb_stats.h"

/* lb_admin: the admin port of lb, served by the master, so that it answers however
 * busy the workers are: the pages of chapter 8, with numbers of all workers and
 * all generations.
 *
 * It stays from one generation to the next, unless its address changes. */

struct lb_admin {
    struct admin admin; /* first */
    char address[NET_IP_TEXT];
    int port; /* as configured */
    /* To be kept up to date by the master. */
    struct metrics_filter *filter; /* of the generation that serves */
    struct lb_facts *facts;        /* but `now` */
};

/* Listens there, and announces itself. NULL, said. */
struct lb_admin *lb_admin_open(const char *program, struct watch watch,
                               const char *address, int port,
                               struct metrics_filter *filter,
                               struct lb_facts *facts);

/* To be called after each turn of the loop. NULL is allowed. */
void lb_admin_turn(struct lb_admin *a);

/* Ends it with all its clients. NULL is allowed. */
void lb_admin_close(struct lb_admin *a);

#endif
