#ifndef PASSIVE_H
#define PASSIVE_H

#include <stdint.h>

/* passive: what real requests say of a backend, as opposed to checks.
 *
 * A check that only connects is content with a backend that accepts and then says
 * nothing, or nonsense. Its requests know better: after `fall` failures in a row
 * it is down, whatever its checks have found meanwhile. Good checks bring it
 * back, since no request is sent to what is down; if its requests fail again, the
 * first of them decides, and the checks are not believed for a while: each time
 * for twice as long.
 *
 *     time down   until checks say so     + 1 s   + 2 s   + 4 s ... + 32 s
 *     after       `fall` failures         one failure each time
 *
 * A minute without a failure, and all is forgotten. (Envoy's outlier detection
 * grows its ejections in the same way.) No clock, no backend: a pure value. All
 * zero is a beginning. */

#define PASSIVE_HOLD_MS     1000
#define PASSIVE_HOLD_MAX_MS 32000
#define PASSIVE_FORGET_MS   60000

struct passive {
    int streak;       /* failures since the last success */
    int times;        /* how often it was taken down by them */
    uint64_t last_ms; /* when it failed last */
};

/* A request has failed. -1: nothing follows. Else the backend is to be taken down,
 * and not to be checked for so many milliseconds. */
int passive_failed(struct passive *p, uint64_t now_ms, int fall);

/* A request has gone well. */
void passive_succeeded(struct passive *p);

#endif
