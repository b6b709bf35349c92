#ifndef GENERATION_H
#define GENERATION_H

#include "config.h"
#include "household.h"
#include "list.h"
#include "metrics_filter.h"
#include "names.h"
#include "passive.h"
#include "probe.h"
#include "watch.h"

#include <sys/types.h>

/* generation: the workers of one configuration, and what the master knows of its
 * backends.
 *
 *     T0   generation 1 serves
 *     T1   SIGHUP: generation 2 begins, on the same listener; both exist
 *     T2   all workers of 2 are READY: they are told to SERVE, those of 1 to RETIRE
 *     T3   the last worker of 1 has ended: generation 2 serves alone
 *
 * A generation that does not get ready is ended before T2, and nothing has
 * happened. A worker that dies later is replaced. For the master's process only,
 * on its loop; nothing here blocks. */

#define GENERATION_START_MS 15000 /* to get ready, beside the first checks */
#define GENERATION_HURRY_MS 2000  /* for those told to hurry; then SIGKILL */
#define GENERATION_WORKERS  64

struct generation;

struct worker_seat { /* a worker's place; who sits in it may change */
    struct watcher on_errand; /* first: the loop hands us this */
    struct generation *generation;
    pid_t pid;   /* 0: nobody */
    int errands; /* our end; -1: none */
    int row;     /* in the board */
    int is_ready; /* it has been, once */
    uint64_t born_ms;
    int pause_ms;       /* before the next one, if this one dies at once */
    struct timer again; /* when it is over */
};

struct generation {
    struct household *house;
    int number;  /* 1, 2, ... */
    int index;   /* of its set in the board */
    config_t *config;       /* owned */
    struct answer *answers; /* owned: what its names meant */
    int listener;           /* owned: its own descriptor of the socket */
    struct prober prober;
    struct metrics_filter filter; /* of its set */
    int worker_count;
    int serves;    /* who gets ready is told to accept clients */
    int is_ending; /* who dies is not replaced */
    struct timer limit; /* ending: who is still there then is killed */
    struct list link;   /* the owner's */
    uint8_t was_healthy[MAX_BACKENDS]; /* what the workers have been told */
    struct passive passive[MAX_BACKENDS]; /* what requests say of each */
    struct worker_seat seats[GENERATION_WORKERS];
};

/* Makes the generation, and begins to check the health of those backends that
 * `before` (or NULL) does not know; takes over config, answers, and the listener.
 * NULL and errno: then they are still the caller's. */
struct generation *generation_create(struct household *house, int number,
                                     config_t *config, struct answer *answers,
                                     int listener,
                                     const struct generation *before);

/* Forks its workers. 0, or -1 and errno: then generation_end() it. */
int generation_start(struct generation *g);

/* Whether all its workers could serve and the health of all its backends is known.
 * None of them has accepted a client: if it is given up, nobody loses anything. */
int generation_is_ready(const struct generation *g);

/* They shall serve from now on, and those who will take their places, too. */
void generation_serve(struct generation *g);

/* Whether a worker has died before it got ready. */
int generation_has_failed(const struct generation *g);

/* To be called after each turn of the loop: tells the workers of backends whose
 * health has changed. */
void generation_turn(struct generation *g);

/* RETIRE: others have taken over. DRAIN: the program ends. HURRY: at once. Who
 * dies is not replaced any more, and the backends are not checked. Who does not
 * end in time (the drain_timeout, or GENERATION_HURRY_MS) is killed. */
void generation_end(struct generation *g, int errand);

/* Sends all its workers an errand (ERRAND_REOPEN). */
void generation_tell(struct generation *g, int errand);

/* How many workers are there. */
int generation_alive(const struct generation *g);

/* Kills what is left, and frees it. NULL is allowed. */
void generation_destroy(struct generation *g);

#endif
