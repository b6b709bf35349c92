#ifndef DOCTOR_H
#define DOCTOR_H

#include "text.h"

/* doctor: what a student's machine can do, measured, and the cure where it
 * cannot. One line for each finding; a cure is indented below it. */

/* good: all is well. note: something here is slower or missing, the course
 * works. bad: it does not work until this is cured. */
enum finding { GOOD, NOTE, BAD };

void doctor_says(enum finding finding, const char *what, const char *format,
                 ...) TEXT_FORMAT(3, 4);
void doctor_cure(const char *format, ...) TEXT_FORMAT(1, 2);
int doctor_bad(void); /* how many of these there were */

/* The examinations. */
void doctor_tools(void);   /* compiler, make, cmocka, sanitizers */
void doctor_limits(void);  /* descriptors, processes, queues */
void doctor_ports(void);   /* who has the ports of the READMEs */
void doctor_network(void); /* ::1, localhost, SO_REUSEPORT */
void doctor_kernel(void);  /* epoll or kqueue, splice, timers */

#endif
