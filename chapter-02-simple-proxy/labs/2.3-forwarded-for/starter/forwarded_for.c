#include "forwarded_for.h"

size_t forwarded_for(const struct http_head *h, const char *client_ip,
                     char *out, size_t size)
{
    /* YOUR CODE */
    (void)h;
    (void)client_ip;
    if (size > 0)
        out[0] = '?';
    return size > 0;
}
