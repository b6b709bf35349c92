#include "retry_date.h"

#include <stdio.h>

#define LAST_SECOND 253402300799u /* Fri, 31 Dec 9999 23:59:59 GMT */

/* When the wait is over, rounded up to a second; never behind the last one. */
static time_t moment_of(time_t now, uint64_t wait_ms)
{
    uint64_t wait_s = wait_ms / 1000 + (wait_ms % 1000 != 0);
    uint64_t from = (uint64_t)now;

    if (from > LAST_SECOND || wait_s > LAST_SECOND - from)
        return (time_t)LAST_SECOND;
    return (time_t)(from + wait_s);
}

/* strftime(3) would write the names in the user's language. */
void retry_after_date(time_t now, uint64_t wait_ms, char out[RETRY_DATE_MAX])
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed",
                                       "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr",
                                         "May", "Jun", "Jul", "Aug",
                                         "Sep", "Oct", "Nov", "Dec"};
    time_t moment = moment_of(now, wait_ms);
    struct tm t;
    char text[96]; /* for a compiler that thinks of years with ten digits */

    gmtime_r(&moment, &t);
    snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
             days[t.tm_wday], t.tm_mday, months[t.tm_mon], t.tm_year + 1900,
             t.tm_hour, t.tm_min, t.tm_sec);
    snprintf(out, RETRY_DATE_MAX, "%.*s", RETRY_DATE_MAX - 1, text);
}
