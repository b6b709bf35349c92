#ifndef HTTP_ERROR_H
#define HTTP_ERROR_H

#include <stddef.h>
#include <stdint.h>

/* http_error: the answers that a proxy gives by itself.
 *
 * Short on purpose: what the client did wrong or that the backend is gone. The
 * reason in detail goes to the log, not to a stranger. Each has text/plain and
 * its Content-Length, and each closes the connection. */

#define HTTP_ERROR_MAX    512 /* bytes of an answer, head and body */
#define HTTP_ERROR_FIELDS 256 /* of these: for fields of the caller */

/* The reason phrase of a status ("Bad Gateway"); "Error" for an unknown one. */
const char *http_status_text(int status);

/* Writes a whole response into `out` and returns its length. The answer to HEAD
 * is the same without the body (`bodyless`). */
size_t http_error_format(char out[HTTP_ERROR_MAX], int status, int bodyless);

/* The same with more fields: whole lines with their CRLF ("Retry-After: 3\r\n"),
 * HTTP_ERROR_FIELDS bytes at most; "" for none. */
size_t http_error_format_with(char out[HTTP_ERROR_MAX], int status,
                              const char *fields, int bodyless);

/* Sends the response, waiting until the deadline at most. 0, or -1 and errno;
 * the caller closes, best with net_close_gently(). */
int send_error(int fd, int status, int bodyless, uint64_t deadline_ms);

#endif
