#ifndef SUPERVISE_H
#define SUPERVISE_H

#include <stdint.h>

#include "confine.h"
#include "text.h"

/* supervise: runs a confined command to its end, whatever it does, and leaves
 * no process behind.
 *
 * Each command has a supervisor, a process between it and us: it adopts all
 * that the command orphans (Linux), takes what it prints, watches its limits,
 * and at the end kills whoever is left. A command that kills its parent kills
 * the supervisor only, and loses. Several may run at the same time. */

enum ending {
    ENDED,       /* by itself: see status */
    TOO_LATE,    /* killed: the time was up */
    TOO_MUCH,    /* killed: it printed too much */
    TOO_MANY,    /* killed: it had started too many processes */
    INTERRUPTED, /* killed: we were told to stop */
    LOST         /* its supervisor was killed, or could not be started */
};

struct ended {
    enum ending ending;
    int status; /* as of waitpid(2), if it ended by itself */
    int left;   /* processes it left running; they are killed */
    long ms;
    long printed;        /* bytes, all together */
    struct text output;  /* the first of them; free() at */
    struct text verdict; /* free() at */
};

enum { SUPERVISED_MOST = 16 }; /* at the same time */

struct supervised {   /* .report = -1 while none runs */
    pid_t supervisor; /* 0: none */
    int report;       /* what it tells at the end */
    struct text told;
};

/* Starts one. Returns 0, or -1 and errno. */
int supervise_start(struct supervised *s, const struct order *order);

/* Waits until one of them has ended and returns its index; -1 if none runs. */
int supervise_wait(struct supervised *all, int count, struct ended *ended);

/* Starts one and waits for it. */
struct ended supervise(const struct order *order);

void ended_free(struct ended *ended);

#endif
