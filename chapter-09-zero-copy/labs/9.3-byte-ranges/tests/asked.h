#ifndef ASKED_H
#define ASKED_H

/* asked: what a Range field gets, as text: "0+100 500+1", "none", "whole". */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "fixture.h"
#include "ranges.h"

/* The field ends where no byte may be read any more. */
static inline void expect_ranges(const char *field, uint64_t size,
                                 const char *expected)
{
    struct range out[RANGES_MAX];
    char came[64 * RANGES_MAX] = "";
    size_t len = strlen(field), at = 0;
    char *edge = guard_copy(field, len);
    int count = ranges_parse((struct slice){edge, len}, size, out);

    guard_free(edge, len);
    expect_between("the count of ranges", count, RANGES_WHOLE, RANGES_MAX);
    if (count <= 0)
        strcpy(came, count == RANGES_NONE ? "none" : "whole");
    for (int i = 0; i < count; i++)
        at += (size_t)snprintf(came + at, sizeof came - at,
                               "%s%" PRIu64 "+%" PRIu64, i > 0 ? " " : "",
                               out[i].from, out[i].length);
    expect_text(about("\"%.60s\" of %.20g bytes", field, (double)size), came,
                expected);
}

#endif
