#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/* clock: time for timeouts and durations, in milliseconds.
 *
 * It is monotonic: it never jumps when somebody sets the wall clock, so a
 * deadline is just a number to compare with. Its zero means nothing.
 * Only programs and their loops ask for the time; everything below takes it as
 * an argument, so that a test can say what time it is.
 * Source: clock_gettime(2). */

#define CLOCK_NEVER UINT64_MAX

uint64_t clock_now_ms(void);

/* The same clock in microseconds: for those who measure. */
uint64_t clock_now_us(void);

/* Milliseconds until the deadline as poll(2) and select(2) want them: 0 when it
 * has passed, -1 (no limit) for CLOCK_NEVER. */
int clock_left_ms(uint64_t deadline_ms, uint64_t now_ms);

#endif
