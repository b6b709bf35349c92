#ifndef SELECT_LOOP_H
#define SELECT_LOOP_H

#include "fd_interest.h"
#include "watch.h"

/* select_loop: the event loop on bare select(2).
 *
 * Each turn hands the kernel the whole set of descriptors and looks through all
 * of it afterwards, and through all timers, so a turn costs as much as there are
 * of them, busy or not. That is fine for some hundreds; chapter 5 measures where
 * it ends. */

struct select_loop {
    uint64_t now_ms; /* see struct watch */
    unsigned turn;
    struct fd_interest interest;
    struct timer *timers; /* those that are set, in no order */
    struct select_slot {
        struct watcher *watcher; /* NULL: not watched */
        unsigned since;          /* the turn in which watching began */
    } slots[FD_SETSIZE];
};

void select_loop_init(struct select_loop *loop);

/* The loop as its users see it. It must outlive them. */
struct watch select_loop_watch(struct select_loop *loop);

/* One turn: waits for an event or the next timer, at most timeout_ms (-1:
 * without limit), then calls the watchers, then the timers that are due. Returns
 * the number of calls; 0 if the time passed or a signal came; -1 and errno if
 * select() failed. */
int select_loop_turn(struct select_loop *loop, int timeout_ms);

#endif
