#ifndef PROCESS_INFO_H
#define PROCESS_INFO_H

/* process_info: what the system knows about this process.
 *
 * Linux says it in /proc; elsewhere the nearest thing is told. Each costs a few
 * system calls, so ask when somebody wants to know, not for each request.
 * Sources: proc(5), getrusage(2). */

/* Memory in use, in bytes. Where there is no /proc: the most that it has been. */
double process_resident_bytes(void);

/* Open descriptors; 0 where the system cannot tell. */
double process_open_fds(void);

/* The wall clock, in seconds since 1970. */
double process_wall_clock(void);

#endif
