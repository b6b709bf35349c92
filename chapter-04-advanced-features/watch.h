#ifndef WATCH_H
#define WATCH_H

#include "timer.h"

#include <stdint.h>

/* watch: how the parts of a server ask to be told when a descriptor is ready,
 * and when it is time.
 *
 * Nobody but the loop waits. Who owns a descriptor says what he is waiting for,
 * returns, and is called when it has come. The loop behind this may be select()
 * (this chapter) or anything else (chapter 5); its users cannot tell.
 *
 * Level-triggered: `ready` is called in every turn in which a watched event
 * holds. So a watcher need not do everything at once, and must not ask for an
 * event that he does nothing about: the loop would spin. */

#define WATCH_READ  1u /* data, the end of the stream, or a client to accept */
#define WATCH_WRITE 2u /* room to send, or a connect that is decided */
/* With the others: a listener, which other processes may have, too. A loop may
 * leave it to close(2) that the kernel forgets a descriptor, but close() does that
 * only for the last who has it open. */
#define WATCH_SHARED 4u

/* The first member of whoever wants to be called. An error or a hang-up is
 * reported as both events: the next call on the descriptor tells which. */
struct watcher {
    void (*ready)(struct watcher *w, int fd, unsigned events);
};

/* seam: watch. Chapter 4 plugs select_loop in here, chapter 5 event_loop. */
struct watch {
    void *loop;
    /* Watches fd for exactly these events from now on; 0 forgets fd, which must
     * happen before it is closed. A watcher may be replaced by another at any
     * time: the new one is called from the next turn on. 0, or -1 and errno
     * (EMFILE: the loop cannot watch a descriptor with so high a number). */
    int (*set)(void *loop, int fd, unsigned events, struct watcher *w);
    /* Rings the timer once at_ms has come, or never if that is CLOCK_NEVER; what
     * was set before is forgotten. Never early; late by a few milliseconds. */
    void (*set_timer)(void *loop, struct timer *t, uint64_t at_ms);
    /* clock_now_ms() of this turn: asked for once, the same for everybody. */
    const uint64_t *now_ms;
    /* The same moment in microseconds; NULL if the loop does not know it so
     * exactly. */
    const uint64_t *now_us;
    /* Whether fd was found ready for this turn and its watcher has not been called
     * yet; NULL if the loop cannot tell. */
    int (*is_due)(void *loop, int fd);
};

#endif
