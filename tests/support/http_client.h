#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <stddef.h>

/* http_client: an HTTP/1.1 client that is strict about framing.
 *
 * It is independent of the course's own parser. A response that is malformed,
 * has a Content-Length and a Transfer-Encoding, has two different lengths, is
 * cut short, or is followed by bytes that belong to nothing fails the test. */

struct http_response {
    int status;
    char head[16384]; /* status line and fields, NUL-terminated */
    char *body;       /* NUL-terminated, chunks joined; free it below */
    size_t body_len;
    int closes;   /* the server said Connection: close, or is HTTP/1.0 */
    int by_close; /* the body was ended by the end of the stream */
    int chunked;
    char trailers[4096]; /* fields behind the last chunk, each with CRLF */
    char value[16384];   /* what http_field() returned last */
};

/* The value of a field, without the white space around it, in memory of the
 * response that is valid until the next call; NULL if it is not there. Fails if
 * it is there more than once. */
const char *http_field(struct http_response *r, const char *name);

/* Reads one response from a connection. `method` is what was asked with (the
 * answer to HEAD has no body). 1xx responses are skipped. */
void http_receive(int fd, const char *method, struct http_response *r);

/* One request on a connection of its own: GET, and one with method, extra
 * fields (lines with CRLF, or "") and body (or NULL). Unless they are among the
 * fields, `Host: 127.0.0.1`, `Connection: close` and the Content-Length of a
 * body are added; and where `Connection: close` was, the server must end the
 * stream. */
void http_get(int port, const char *target, struct http_response *r);
void http_request(int port, const char *method, const char *target,
                  const char *fields, const void *body, size_t len,
                  struct http_response *r);

/* GET, and the answer must have this status; returns the X-Backend of the
 * answer in `name` ("" if there is none). */
void http_get_backend(int port, const char *target, int status, char name[64]);

void http_response_free(struct http_response *r);

#endif
