#ifndef HTTP_DATE_H
#define HTTP_DATE_H

#include "slice.h"

#include <stdint.h>

/* http_date: the time as HTTP writes it, "Sun, 06 Nov 1994 08:49:37 GMT".
 *
 * Pure, and of no locale: strftime(3) would write the month in the language of
 * whoever started the program, and nothing in C99 reads such a date back.
 * Source: RFC 9110, section 5.6.7. */

#define HTTP_DATE_MAX 30 /* bytes, with the NUL */

/* `seconds` since 1970, of the years 1970 to 9999; others are moved in there. */
void http_date_format(char out[HTTP_DATE_MAX], int64_t seconds);

/* Reads the form above and the two of old that a server must still understand,
 * "Sunday, 06-Nov-94 08:49:37 GMT" and "Sun Nov  6 08:49:37 1994". A year of two
 * digits is the one that lies no more than 50 years after `now`. 0, or -1. */
int http_date_parse(struct slice text, int64_t now, int64_t *seconds);

#endif
