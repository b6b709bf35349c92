#ifndef NOTIFY_H
#define NOTIFY_H

/* notify: tells the service manager how we are, if there is one that listens.
 *
 * systemd hands a service of Type=notify the name of a datagram socket in the
 * environment variable NOTIFY_SOCKET and waits for "READY=1". That is all of the
 * protocol, so no library is needed. Source: sd_notify(3). */

/* Sends lines as "READY=1" or "RELOADING=1\nMONOTONIC_USEC=...". Does nothing
 * where nobody listens; what goes wrong is of no consequence to us. */
void notify(const char *lines);

#endif
