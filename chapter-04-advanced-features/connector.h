#ifndef CONNECTOR_H
#define CONNECTOR_H

#include "backend.h"

/* seam: connector. Where a session's connection to a backend comes from and
 * where it goes afterwards: a new one each time (here), or a pool (chapter 6).
 * Nothing else knows which. */
struct connector {
    void *self;
    /* Lends a descriptor, connected or still connecting (then it becomes
     * writable when that is decided, see net_connect_result()). -1 and errno if
     * it fails at once. Never blocks. *reused says whether one that has served a
     * request before will do; afterwards, whether it is such a one, which is
     * connected and may have died all the same. */
    int (*acquire)(void *self, struct backend *b, int *reused);
    /* Always takes the descriptor back. `reusable`: its last response was read
     * to the end and nothing came after it. */
    void (*release)(void *self, struct backend *b, int fd, int reusable);
};

/* Connects for every request and closes after it. */
extern const struct connector connector_direct;

#endif
