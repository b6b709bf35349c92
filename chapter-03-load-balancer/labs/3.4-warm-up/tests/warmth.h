#ifndef WARMTH_H
#define WARMTH_H

/* warmth: sets of backends with a table of who is warm, for this lab. */

#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "warm_up.h"

#define WARM_MS 10000

static const struct backend_mask nobody_tried = {{0}};
static struct warm_up warmth;

/* So many healthy backends of this weight, all warm; both are made anew. */
static inline struct backend_set *set_of(int count, int weight)
{
    static struct backend_set set;

    memset(&set, 0, sizeof set);
    for (int i = 0; i < count; i++) {
        char text[32];

        snprintf(text, sizeof text, "h%d:%d:%d", i + 1, i + 1, weight);
        backend_set_add(&set, text, BACKEND_WEIGHT_MAX);
    }
    warm_up_init(&warmth, WARM_MS);
    return &set;
}

/* The number of the backend that is picked, from 1; 0: none. */
static inline int pick(struct backend_set *set, uint64_t now_ms)
{
    struct backend *b = select_warmed_up(&warmth, set, now_ms, &nobody_tried);

    return b != NULL ? (int)(b - set->backends) + 1 : 0;
}

/* The next picks, all at this moment, are these: one digit each. */
static inline void expect_picks(const char *what, struct backend_set *set,
                                uint64_t now_ms, const char *expected)
{
    char came[64];
    size_t n = strlen(expected);

    for (size_t i = 0; i < n; i++)
        came[i] = (char)('0' + pick(set, now_ms));
    came[n] = '\0';
    expect_text(what, came, expected);
}

/* How many of so many picks at this moment are the backend's. */
static inline int share(struct backend_set *set, uint64_t now_ms, int backend,
                        int picks)
{
    int count = 0;

    for (int i = 0; i < picks; i++)
        count += pick(set, now_ms) == backend;
    return count;
}

#endif
