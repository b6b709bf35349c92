#ifndef LIVE_PAGE_H
#define LIVE_PAGE_H

#include <stddef.h>

/* live_page: live.html, inside the program. make turns the file into an array
 * (see embed), so that a program needs nothing beside itself to show it. */

/* The page as it is sent, UTF-8, `live_page_length` bytes without a NUL. It
 * reads GET /lb-stats once a second, from where it came itself. */
extern const char live_page[];
extern const size_t live_page_length;

#endif
