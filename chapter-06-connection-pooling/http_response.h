#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "http_head.h"

/* http_response: the head of an HTTP/1.x response, read and written.
 *
 * The fields are read by the same code as a request's (http_fields.h) and just
 * as strictly. What is not a response, or could be one in two ways, is refused:
 * the client then gets a 502, and the connection it came on is not used again.
 * Sources: RFC 9112, sections 4 and 6; RFC 9110, section 15. */

struct http_response {
    struct http_head head; /* minor, chunked, content_length, fields, length;
                              HTTP_BAD: why. What only requests have is empty. */
    int status;            /* 100 to 599 */
    struct slice reason;   /* "Not Found"; may be empty */
};

/* Reads the response head at the beginning of len bytes: verdicts, limits and
 * lifetimes as in http_head_parse_request(). */
enum http_verdict http_response_parse(struct http_response *r,
                                      const char *bytes, size_t len);

/* Writes the head for the client: HTTP/1.1 whatever the backend speaks (RFC
 * 9110, section 2.5), status and reason, the fields that are not hop-by-hop,
 * then those of `set`, which replace the backend's own of the same name; one
 * with an empty value only takes it away. 0, or -1 if it does not fit (then
 * `out` holds a part of it: throw that away). */
int http_response_forward(const struct http_response *r,
                          const struct http_field *set, int count,
                          struct buffer *out);

/* How many seconds a backend will keep the connection when it is idle, as it says
 * with `Keep-Alive: timeout=N`, at most HTTP_KEEP_MAX; -1 if it does not say. (The
 * field is older than HTTP/1.1 and in no RFC that holds: what can't be read is
 * passed over. Apache and many application servers send it.) */
#define HTTP_KEEP_MAX 86400
int http_response_keeps_s(const struct http_response *r);

#endif
