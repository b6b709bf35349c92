#include "http_body.h"

#include <string.h>

void http_body_begin(struct http_body *b, const struct http_head *h)
{
    /* YOUR CODE: how long is it? */
    memset(b, 0, sizeof *b);
    b->chunked = h->chunked;
}

size_t http_body_take(struct http_body *b, const char *bytes, size_t len,
                      char *out, size_t *out_len)
{
    /* YOUR CODE: this takes whatever comes, the next request, too. */
    memcpy(out, bytes, len);
    *out_len = len;
    b->state = HTTP_BODY_DONE;
    return len;
}
