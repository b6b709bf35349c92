#ifndef SETS_H
#define SETS_H

/* sets: backend sets for the unit tests of this chapter.
 *
 * The functions are static inline because a suite is linked with its own object
 * and tests/support/ only. */

#include <stdio.h>
#include <string.h>

#include "backend.h"
#include "fixture.h"

/* One backend for each weight, all healthy: h1:1, h2:2 ... The set is static
 * (it is too large for some stacks): each call gives the same, made anew. */
static inline struct backend_set *make_set(const int *weights, int count)
{
    static struct backend_set set;

    memset(&set, 0, sizeof set);
    for (int i = 0; i < count; i++) {
        char text[32];

        snprintf(text, sizeof text, "h%d:%d:%d", i + 1, i + 1, weights[i]);
        assert_null(backend_set_add(&set, text, BACKEND_WEIGHT_MAX));
    }
    return &set;
}

/* The same from text: "3 2 1". */
static inline struct backend_set *make_set_of(const char *weights)
{
    int list[MAX_BACKENDS], count = 0, taken;

    while (sscanf(weights, "%d%n", &list[count], &taken) == 1) {
        weights += taken;
        count++;
    }
    return make_set(list, count);
}

/* So many equal ones. */
static inline struct backend_set *make_equal_set(int count)
{
    int weights[MAX_BACKENDS];

    for (int i = 0; i < count; i++)
        weights[i] = 1;
    return make_set(weights, count);
}

#endif
