#ifndef BREAKER_H
#define BREAKER_H

#include <stdint.h>

/* breaker: a backend that fails again and again gets a rest.
 *
 *     closed --- max_failures within window_ms ---> open
 *     open   --- open_ms later, one request ------> on trial
 *     on trial --- it was well --> closed    --- it failed --> open
 *
 * Closed, all requests pass. Open, none does. On trial one has passed, and none
 * does until its outcome is known. A success takes no failure back: only time
 * does, and a trial that was well, after which all failures are forgotten.
 *
 * It knows no clock: milliseconds are those of one that does not go back. A
 * failure counts for less than window_ms; open_ms after it opened is long enough.
 * max_failures is 1 to BREAKER_FAILURES_MAX. */

#define BREAKER_FAILURES_MAX 32

enum breaker_state { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_ON_TRIAL };

/* What a request is told, and says again with its outcome. */
enum breaker_ticket { BREAKER_REFUSED, BREAKER_PASSED, BREAKER_TRIAL };

struct breaker {
    int max_failures;
    uint64_t window_ms, open_ms;
    enum breaker_state state;
    uint64_t opened_ms;
    int failures;                             /* so many of those below */
    uint64_t failed_ms[BREAKER_FAILURES_MAX]; /* yours to use as you like */
};

void breaker_init(struct breaker *b, int max_failures, uint64_t window_ms,
                  uint64_t open_ms);

/* May a request go to this backend? Each that may is reported later. */
enum breaker_ticket breaker_ask(struct breaker *b, uint64_t now_ms);

/* How a request ended that was not refused. One that passed before the breaker
 * opened and ends after that says nothing any more. */
void breaker_report(struct breaker *b, enum breaker_ticket ticket, int was_well,
                    uint64_t now_ms);

#endif
