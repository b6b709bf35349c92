#include "unchunk.h"

/* YOUR CODE: this one passes chunks on as they came. */
size_t http_unchunk(struct http_frame *f, char *bytes, size_t len, size_t *used)
{
    *used = http_frame_scan(f, bytes, len);
    return *used;
}
