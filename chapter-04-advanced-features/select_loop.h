#ifndef SELECT_LOOP_H
#define SELECT_LOOP_H

#include "watch.h"

#include <sys/select.h>

/* select_loop: the event loop on bare select(2).
 *
 * Each turn hands the kernel the whole set of descriptors and looks through all
 * of it afterwards, so a turn costs as much as there are descriptors, busy or
 * not. That is fine for some hundreds; chapter 5 measures where it ends.
 *
 * An fd_set has room for the descriptors 0 to FD_SETSIZE - 1 (1023, mostly),
 * and FD_SET() with a higher one writes past its end: such a descriptor is
 * refused, never set. */

struct select_loop {
    uint64_t now_ms; /* see struct watch */
    int top;         /* highest descriptor watched, -1 for none */
    unsigned turn;
    fd_set reading, writing;
    struct select_slot {
        struct watcher *watcher; /* NULL: not watched */
        unsigned since;          /* the turn in which watching began */
    } slots[FD_SETSIZE];
};

void select_loop_init(struct select_loop *loop);

/* The loop as its users see it. It must outlive them. */
struct watch select_loop_watch(struct select_loop *loop);

/* One turn: waits for an event, at most timeout_ms (-1: without limit), then
 * calls the watchers. Returns the number of calls; 0 if the time passed or a
 * signal came; -1 and errno if select() failed. */
int select_loop_turn(struct select_loop *loop, int timeout_ms);

#endif
