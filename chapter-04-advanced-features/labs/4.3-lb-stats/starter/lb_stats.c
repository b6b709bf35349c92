#include "lb_stats.h"

#include <stdlib.h>
#include <string.h>

int lb_stats_route(const struct http_head *h)
{
    /* YOUR CODE. Everything is for the backends. */
    (void)h;
    return 0;
}

char *lb_stats_answer(const struct lb_stats *stats, size_t *len)
{
    static const char nothing[] =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\nConnection: close\r\n\r\n{}";
    char *answer = malloc(sizeof nothing);

    /* YOUR CODE. This one has nothing to tell. */
    (void)stats;
    if (answer == NULL)
        return NULL;
    memcpy(answer, nothing, sizeof nothing);
    *len = sizeof nothing - 1;
    return answer;
}
