#ifndef TIMES_H
#define TIMES_H

/* times: sets of backends with a table of times, for this lab. */

#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "response_time.h"

static const struct backend_mask nobody_tried = {{0}};
static struct response_times times;

/* So many healthy backends, without a sample; both are made anew. */
static inline struct backend_set *set_of(int count)
{
    static struct backend_set set;

    memset(&set, 0, sizeof set);
    for (int i = 0; i < count; i++) {
        char text[32];

        snprintf(text, sizeof text, "h%d:%d", i + 1, i + 1);
        backend_set_add(&set, text, 0);
    }
    response_times_init(&times);
    return &set;
}

/* Three that have answered once each; below 0: not yet. */
static inline struct backend_set *three(int first, int second, int third)
{
    const int took[3] = {first, second, third};
    struct backend_set *set = set_of(3);

    for (int i = 0; i < 3; i++)
        if (took[i] >= 0)
            response_times_note(&times, i, (uint64_t)took[i]);
    return set;
}

/* The number of the backend that is picked, from 1; 0: none. */
static inline int pick(struct backend_set *set)
{
    struct backend *b = select_response_time(&times, set, &nobody_tried);

    return b != NULL ? (int)(b - set->backends) + 1 : 0;
}

/* The next picks are these, one digit each. */
static inline void expect_picks(const char *what, struct backend_set *set,
                                const char *expected)
{
    char came[64];
    size_t n = strlen(expected);

    for (size_t i = 0; i < n; i++)
        came[i] = (char)('0' + pick(set));
    came[n] = '\0';
    expect_text(what, came, expected);
}

/* The time of backend 1, in thousandths of a millisecond. */
static inline long long recent_us(void)
{
    return (long long)(times.recent_ms[0] * 1000);
}

#endif
