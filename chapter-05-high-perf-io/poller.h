#ifndef POLLER_H
#define POLLER_H

#include <stdint.h>

/* seam: poller. All that the event loop needs of the operating system, in four
 * functions. Exactly one of event_loop_epoll.c, event_loop_kqueue.c and
 * event_loop_select.c is linked (make POLLER=...). Events are EVENT_READ and
 * EVENT_WRITE; other bits mean nothing here. */

struct ready {
    int fd;
    uint32_t events;
};

/* For at most max_events at a time. NULL and errno. */
void *poller_open(int max_events);

/* fd was watched for `before` (0: not at all) and is to be for `after` (0: not
 * any more). 0, or -1 and errno; then it is as before. A poller may put off the
 * removal of a descriptor until it is closed, or until it reports an event: the
 * loop then asks with 0 and 0, and it must be removed at once. */
int poller_set(void *poller, int fd, uint32_t before, uint32_t after);

/* Waits as event_loop_run() does. Writes at most `max` (1 or more) events, of
 * descriptors that are watched or were a moment ago; the same descriptor may
 * come twice with different events. Returns their number, or -1 and errno (EINTR
 * too). Level-triggered: what finds no room now comes in the next call. */
int poller_wait(void *poller, struct ready *out, int max, int timeout_ms);

/* Closes what it has opened itself. */
void poller_close(void *poller);

/* "epoll", "kqueue" or "select", for messages. */
extern const char poller_name[];

#endif
