#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>

/* machine: a backend as it is, whatever the balancers believe: some slots, and
 * a queue before them, first come, first served.
 *
 * Requests are numbers here; the queue is a chain of them, of which `next`
 * holds the links (one array for all machines: nobody waits twice). */

#define MACHINE_NOBODY (-1)

struct machine {
    int slots, busy;
    int room, waiting;  /* places in the queue, and those that are taken */
    int first, last;    /* of the queue; MACHINE_NOBODY */
    double pace;        /* it takes so many times as long as others */
    int is_ill;         /* it does not work */
};

/* What a request meets. */
enum machine_verdict { MACHINE_WORKS, MACHINE_QUEUES, MACHINE_REFUSES };

/* Takes a request, if there is a slot or a place. */
enum machine_verdict machine_take(struct machine *m, int request, int *next);

/* A slot is free again: the request that goes on in it; MACHINE_NOBODY. */
int machine_next(struct machine *m, const int *next);

/* It forgets all that it has. */
void machine_clear(struct machine *m);

#endif
