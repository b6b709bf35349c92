#include "expand.h"

#include <string.h>

enum expand_result expand(struct slice text, const struct environment *env,
                          char *out, size_t size, size_t *fault_at)
{
    /* YOUR CODE. This one copies. */
    (void)env;
    (void)fault_at;
    out[0] = '\0';
    if (text.len >= size)
        return EXPAND_TOO_LONG;
    memcpy(out, text.at, text.len);
    out[text.len] = '\0';
    return EXPAND_OK;
}
