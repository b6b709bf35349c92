#ifndef ERRAND_H
#define ERRAND_H

/* errand: what the master and a worker tell each other, over a socket pair.
 *
 * Eight bytes at a time, so that an errand is sent whole or not at all. Neither
 * side ever waits for the other: an errand that finds no room is dropped, and
 * what must not be lost is not entrusted to one alone (a worker that does not
 * read its errands is killed in the end).
 *
 * When a process ends, however it ends, its end of the pair is closed, and the
 * other one reads that. So a worker cannot outlive its master, nor a master
 * overlook a worker's death. Source: socketpair(2). */

enum errand_kind {
    /* from a worker */
    ERRAND_READY = 1, /* it could serve */
    ERRAND_FAILED,    /* a backend (`value`, its index) failed a request ... */
    ERRAND_RECOVERED, /* ... and one succeeded again */
    /* from the master */
    ERRAND_SERVE,  /* its generation has taken over: accept clients */
    ERRAND_HEALTH, /* what is known of the backends' health has changed */
    ERRAND_RETIRE, /* others have taken over: service_retire() */
    ERRAND_DRAIN,  /* the end: service_drain() */
    ERRAND_HURRY,  /* at once */
    ERRAND_REOPEN  /* the access log */
};

struct errand {
    int kind, value;
};

/* Makes the pair: both ends prepared as descriptor.h says. 0, or -1 and errno. */
int errand_pair(int ends[2]);

/* 0; -1 if the other one has ended, or its errands are not read (EAGAIN). */
int errand_send(int fd, enum errand_kind kind, int value);

/* Takes the next one: 1; 0: none at the moment; -1: the other one has ended. */
int errand_receive(int fd, struct errand *out);

#endif
