#ifndef PICKS_H
#define PICKS_H

/* picks: sets of backends for this lab, and how often each is picked. */

#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "random.h"

#define PICKS 30000

static const struct backend_mask nobody_tried = {{0}};

/* So many healthy backends; the set is static, each call makes it anew. */
static inline struct backend_set *set_of(int count, uint64_t dice)
{
    static struct backend_set set;

    memset(&set, 0, sizeof set);
    for (int i = 0; i < count; i++) {
        char text[32];

        snprintf(text, sizeof text, "h%d:%d", i + 1, i + 1);
        backend_set_add(&set, text, 0);
    }
    set.dice = dice;
    return &set;
}

/* The number of the backend that is picked, from 1; 0: none. */
static inline int pick(struct backend_set *set,
                       const struct backend_mask *tried)
{
    struct backend *b = select_random(set, "192.0.2.1", tried);

    return b != NULL ? (int)(b - set->backends) + 1 : 0;
}

static inline void count_picks(struct backend_set *set,
                               const struct backend_mask *tried,
                               int counts[MAX_BACKENDS + 1])
{
    memset(counts, 0, (MAX_BACKENDS + 1) * sizeof *counts);
    for (int i = 0; i < PICKS; i++)
        counts[pick(set, tried)]++;
}

#endif
