#ifndef SIGNALS_H
#define SIGNALS_H

/* signals: turns signals into something a loop can wait for.
 *
 * A handler may do almost nothing (signal-safety(7)). Ours counts the signal
 * and writes one byte into a pipe; the loop waits for the pipe's other end
 * beside its sockets. So a signal that arrives between "is there something to
 * do?" and poll(2) is not slept over: the pipe is readable by then.
 * (The "self-pipe trick", D. J. Bernstein. Linux has signalfd(2), BSD
 * EVFILT_SIGNAL for the same purpose.)
 *
 * This file holds the only global variables of the project, since a handler
 * has no other way to reach anything. */

/* Installs the handlers: SIGINT and SIGTERM ask to stop, SIGUSR1 asks for the
 * statistics, SIGPIPE is ignored (a write to a closed connection says EPIPE
 * instead). Returns 0, or -1 and errno. Call it once, before sockets exist. */
int signals_open(void);

/* The descriptor that is readable when a signal has come. */
int signals_fd(void);

/* Empties the pipe; call it whenever signals_fd() was readable. */
void signals_drain(void);

/* How many times we were asked to stop. */
int signals_stops(void);

/* Whether statistics were asked for since the last call. */
int signals_take_dump(void);

/* For programs that have something to read again (chapters 8 and 10): from now on
 * SIGHUP asks for that, instead of ending us. 0, or -1 and errno. */
int signals_want_reload(void);

/* Whether it was asked for since the last call. */
int signals_take_reload(void);

/* In a process that was just forked, which has the pipe and the counts of its
 * parent: makes it a pipe of its own, with nothing in it. 0, or -1 and errno. */
int signals_renew(void);

#endif
