#include "retry_date.h"

#include <stdio.h>

void retry_after_date(time_t now, uint64_t wait_ms, char out[RETRY_DATE_MAX])
{
    /* YOUR CODE. This one knows one moment only. */
    (void)now;
    (void)wait_ms;
    snprintf(out, RETRY_DATE_MAX, "Thu, 01 Jan 1970 00:00:00 GMT");
}
