#ifndef EVENT_LOOP_H
#define EVENT_LOOP_H

#include "watch.h"

#include <stdint.h>

/* event_loop: many descriptors, one thread, one place that waits.
 *
 *     create -> add, timer ... -> run, run, run ... -> destroy
 *
 * The interest lies in the kernel (epoll, kqueue), or, where there is nothing
 * better, in two fd_sets: that is the poller's business, see poller.h. A turn
 * costs as much as there are events, not as much as there are descriptors.
 *
 * Level-triggered: a callback is called in every turn in which an event that was
 * asked for holds. It may add, change and remove any descriptor, its own too,
 * and close them.
 *
 * Stale events. The kernel hands over a batch of events, and a callback may
 * close a descriptor that a later event of the batch is about, and open another
 * one, which gets the same number. So what was added, or got another callback,
 * during a turn is not called in that turn: its own events come in the next. */

typedef struct event_loop event_loop_t;

/* fd is ready for `events`: EVENT_READ, EVENT_WRITE or both. An error or a
 * hang-up is reported as what was asked for: the next call on fd tells. */
typedef void (*event_callback)(event_loop_t *loop, int fd, uint32_t events,
                               void *data);

#define EVENT_READ  WATCH_READ
#define EVENT_WRITE WATCH_WRITE

#define MAX_EVENTS 1024 /* a good batch: what one turn takes from the kernel */

/* A loop that takes at most max_events (1 or more) from the kernel in a turn;
 * how many descriptors it watches is not limited by that. NULL and errno. */
event_loop_t *event_loop_create(int max_events);

/* Watches fd for these events, not 0. 0, or -1 and errno: EEXIST if it is
 * watched already, EINVAL for no events, EBADF; EMFILE if the poller has no room
 * for so high a number, ENOMEM. fd stays the caller's. */
int event_loop_add(event_loop_t *loop, int fd, uint32_t events,
                   event_callback cb, void *data);

/* Other events from now on, not 0. 0, or -1 and errno (ENOENT: not watched). */
int event_loop_mod(event_loop_t *loop, int fd, uint32_t events);

/* Watches it no more, which must happen before fd is closed. The kernel is told
 * at once; through the seam `watch` below it may be later. 0, or -1 and errno
 * (ENOENT). */
int event_loop_del(event_loop_t *loop, int fd);

/* As in struct watch. The timer is the caller's and must be unset (CLOCK_NEVER)
 * before it is freed. O(1), see timer_wheel.h. */
void event_loop_timer(event_loop_t *loop, struct timer *t, uint64_t at_ms);

/* One turn: waits for events or the next timer, at most timeout_ms (-1: without
 * limit; 0: not at all), then calls back. Returns the number of calls; 0 if the
 * time passed or a signal came; -1 and errno if the poller failed. */
int event_loop_run(event_loop_t *loop, int timeout_ms);

/* From a callback or before a turn: the turn ends with the calls of its batch
 * that are left, and the next run() does not wait. event_loop_is_stopped() tells
 * main() that this was asked for. */
void event_loop_stop(event_loop_t *loop);
int event_loop_is_stopped(const event_loop_t *loop);

/* clock_now_ms() of this turn. */
uint64_t event_loop_now(const event_loop_t *loop);

/* The loop as the modules of chapter 4 see it. */
struct watch event_loop_watch(event_loop_t *loop);

/* Forgets all descriptors and timers, closes none. NULL is allowed. */
void event_loop_destroy(event_loop_t *loop);

#endif
