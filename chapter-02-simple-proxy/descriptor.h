#ifndef DESCRIPTOR_H
#define DESCRIPTOR_H

/* descriptor: how every descriptor in this project behaves.
 *
 * Non-blocking: a call that would have to wait says EAGAIN instead, so that
 * nothing but the one place meant for it (wait.h, later the event loop) ever
 * sleeps. Close-on-exec: a program that we start does not inherit it. */

/* Sets both, keeping the flags that are there: F_SETFL and F_SETFD replace the
 * whole set, so they are read first. 0, or -1 and errno. */
int descriptor_prepare(int fd);

/* Asks the system for so many descriptors at once, where our limit is lower and
 * may be raised (setrlimit(2)). If it may not, accept(2) will say EMFILE one
 * day, and a server must bear that anyway: nothing is reported here. */
void descriptor_want(int count);

#endif
