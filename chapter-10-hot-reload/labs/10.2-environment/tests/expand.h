#ifndef EXPAND_H
#define EXPAND_H

#include "slice.h"

/* expand: puts what the environment says into a string of the configuration.
 *
 *     ${NAME}            the variable's value; a fault if there is none
 *     ${NAME:-default}   the default if there is none, or if it is empty
 *     $$                 a dollar
 *
 * A name is letters, digits and underscores, not a digit first. A default goes up
 * to the next closing brace and is not expanded itself, and neither is a value:
 * who may set a variable may not read another. A dollar before anything else is a
 * fault, so that a password with one in it is not changed in silence. All other
 * bytes stay what they are, closing braces too.
 *
 * A pure function: the environment is asked by way of `get`, so a test has its
 * own, and a reload could have another. */

enum expand_result {
    EXPAND_OK = 0,
    EXPAND_UNKNOWN,  /* the environment has no such variable */
    EXPAND_UNCLOSED, /* ${ without a closing brace */
    EXPAND_BAD_NAME, /* ${ and no name, or something else after it */
    EXPAND_LONELY,   /* a dollar before anything else, or at the end */
    EXPAND_TOO_LONG  /* the result and its NUL don't fit */
};

struct environment {
    /* The value, which stays valid for the call, or NULL. `name` as in the text,
     * not NUL-terminated. */
    const char *(*get)(void *self, struct slice name);
    void *self;
};

/* The first fault counts, from left to right; *fault_at is then the byte of its
 * dollar in text (of EXPAND_TOO_LONG: of what did not fit), and out is "". A text
 * without a closing brace after ${ is EXPAND_UNCLOSED, whatever its name. size is
 * at least 1. */
enum expand_result expand(struct slice text, const struct environment *env,
                          char *out, size_t size, size_t *fault_at);

#endif
