#include "request_log.h"

#include <stdio.h>
#include <string.h>

int http_status_peek(const char *bytes, size_t len)
{
    /* YOUR CODE */
    (void)bytes;
    return len > 0 ? 200 : 0;
}

void answer_watch_see(struct answer_watch *w, const char *bytes, size_t len)
{
    /* YOUR CODE: the first 12 bytes may come in 12 calls. */
    w->status = http_status_peek(bytes, len);
}

void request_log_line(const struct request_record *r,
                      char line[REQUEST_LOG_MAX])
{
    /* YOUR CODE */
    (void)r;
    snprintf(line, REQUEST_LOG_MAX, "?");
}
