#include "race.h"

int race_connect(const struct net_addresses *to, uint64_t deadline_ms,
                 int *which)
{
    /* YOUR CODE: one beside the other, instead of one after the other. */
    return net_connect(to, deadline_ms, which);
}
