#ifndef EXPANDED_H
#define EXPANDED_H

/* expanded: an environment for the tests, and what becomes of a string in it. */

#include <string.h>

#include "expand.h"
#include "expect.h"
#include "fixture.h"

#define OUT_MAX 64

static inline const char *get_variable(void *self, struct slice name)
{
    static const char *const pairs[][2] = {
        {"PORT", "9001"},      {"HOST", "::1"},     {"EMPTY", ""},
        {"_x1", "underscore"}, {"SLY", "${PORT}$$"}};

    (void)self;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (slice_equal(name, slice_of(pairs[i][0])))
            return pairs[i][1];
    return NULL;
}

/* Both ends of the text and of the result are watched. */
static inline enum expand_result expand_in(const char *text, size_t size,
                                           char out[OUT_MAX], size_t *fault_at)
{
    const struct environment env = {get_variable, NULL};
    char fill[OUT_MAX];
    size_t len = strlen(text);
    char *in = guard_copy(text, len);
    char *room = guard_copy(memset(fill, '#', sizeof fill), size);
    enum expand_result r =
        expand((struct slice){in, len}, &env, room, size, fault_at);

    memcpy(out, room, size);
    out[size - 1] = '\0';
    guard_free(in, len);
    guard_free(room, size);
    return r;
}

static inline void expect_expanded(const char *text, const char *expected)
{
    char out[OUT_MAX];
    size_t at = 0;

    expect_int(about("the result for \"%s\"", text),
               expand_in(text, sizeof out, out, &at), EXPAND_OK);
    expect_text(about("\"%s\" expanded", text), out, expected);
}

static inline void expect_fault(const char *text, enum expand_result fault,
                                int at)
{
    char out[OUT_MAX];
    size_t fault_at = 9999;

    expect_int(about("the result for \"%s\"", text),
               expand_in(text, sizeof out, out, &fault_at), fault);
    expect_int(about("the place of the fault in \"%s\"", text),
               (long long)fault_at, at);
    expect_text(about("what is left of \"%s\"", text), out, "");
}

#endif
