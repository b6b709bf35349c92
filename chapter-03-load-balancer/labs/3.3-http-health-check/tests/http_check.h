#ifndef HTTP_CHECK_H
#define HTTP_CHECK_H

#include "backend.h"

#include <stdint.h>

/* http_check: asks a backend for a page, instead of whether somebody accepts.
 *
 * Sends "GET path HTTP/1.1" with the fields Host (the backend's name) and
 * Connection: close. Returns 1 if a line that begins with "HTTP/1.0 200" or
 * "HTTP/1.1 200", then a space or its end, has come by the deadline, which is
 * one for everything: connecting, sending and all that is received. Returns 0
 * otherwise. path begins with '/'; one too long for a request of
 * HTTP_CHECK_REQUEST bytes gives 0. Closes what it opened. Blocks. */

#define HTTP_CHECK_REQUEST 1024

int check_backend_http(struct backend *b, const char *path,
                       uint64_t deadline_ms);

#endif
