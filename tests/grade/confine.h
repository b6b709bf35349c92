#ifndef CONFINE_H
#define CONFINE_H

#include <sys/types.h>

/* confine: runs a command that nobody trusts.
 *
 * It gets a session of its own, /dev/null as its input, one pipe for both of
 * its outputs, and limits of time, memory, files and core dumps that it hands
 * on to all that it starts. What else is open here is closed for it. */

struct order {
    const char *const *argv; /* up to a NULL; the first is looked for in PATH */
    const char *directory;   /* where it runs; NULL: here */
    const char *const *variables; /* "NAME=value"; "NAME": unset; to a NULL */
    int wants_verdict; /* it gets a descriptor, named in LB_TEST_VERDICT */
    int seconds;       /* wall clock, and processor time of each process */
    int memory_mib;    /* address space of each process; 0: no limit */
    int file_mib;      /* of each file that it writes; 0: no limit */
    int processes;     /* at the same time; 0: no limit */
    long output;       /* bytes that it may print before it is ended */
    uid_t user;        /* who it runs as, if we are root; 0: as we */
};

/* Starts it. `pipes` gets our ends of output and verdict (-1 if none is
 * wanted). Returns its pid, which is also its session, or -1 and errno. A
 * command that cannot be executed prints why and exits 127. */
pid_t confine(const struct order *order, int pipes[2]);

#endif
