#include "vary.h"

size_t vary_answer(const struct vary *v, const char *line, size_t len,
                   time_t now, char out[VARY_ANSWER])
{
    /* YOUR CODE */
    (void)v;
    (void)line;
    (void)len;
    (void)now;
    out[0] = '\n';
    return 1;
}

size_t vary_log(const char *ip, const char *line, size_t len,
                char out[VARY_LOG])
{
    /* YOUR CODE */
    (void)ip;
    (void)line;
    (void)len;
    out[0] = '\n';
    return 1;
}
