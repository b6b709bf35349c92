#ifndef RETRY_DATE_H
#define RETRY_DATE_H

#include <stdint.h>
#include <time.h>

#define RETRY_DATE_MAX 30 /* bytes, with the NUL */

/* retry_date: the Retry-After of a 429 as a date.
 *
 *     Thu, 01 Jan 1970 00:00:02 GMT
 *
 * That is the first full second at which the wait is over: a client that comes
 * back then is not too early. In English, whatever the locale is; in GMT, whatever
 * TZ says. now is 0 or later; what lies behind the end of the year 9999 is moved
 * to its last second, since the form has four digits.
 *
 * Pure: it asks neither the clock nor the environment.
 * Source: RFC 9110, sections 5.6.7 and 10.2.3. */
void retry_after_date(time_t now, uint64_t wait_ms, char out[RETRY_DATE_MAX]);

#endif
