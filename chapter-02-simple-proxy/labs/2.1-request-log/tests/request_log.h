#ifndef REQUEST_LOG_H
#define REQUEST_LOG_H

#include "slice.h"

#include <stddef.h>
#include <stdint.h>

/* request_log: one line for each request that got an answer.
 *
 *     127.0.0.1:48098 "GET /echo?x=y" 200 113 4
 *
 * client, method and target, status, bytes sent to the client, milliseconds. A
 * proxy passes answers on without reading them: the status is picked up in
 * passing. */

#define REQUEST_LOG_TARGET 256 /* bytes of a target that are shown */
#define REQUEST_LOG_MAX    1024

/* The status of an answer that begins with these bytes: 100 to 599; 0 if it is
 * not known yet; -1 if this is no HTTP/1.x answer. */
int http_status_peek(const char *bytes, size_t len);

#define ANSWER_START 12 /* bytes of "HTTP/1.1 200" */

/* The beginning of an answer that comes in pieces. All zero at first. */
struct answer_watch {
    char bytes[ANSWER_START];
    size_t len;
    int status; /* as http_status_peek() says of `bytes` */
};

/* Looks at the next bytes of the answer. */
void answer_watch_see(struct answer_watch *w, const char *bytes, size_t len);

struct request_record {
    const char *client;
    struct slice method, target; /* empty: not known */
    int status;
    uint64_t bytes, ms;
    int broke_off; /* the answer did */
};

/* Writes the line, without a newline, with a NUL. What is not known is "-", a '"'
 * of the target is "%22", and only its first REQUEST_LOG_TARGET bytes are shown.
 * An answer that broke off has "!" behind the milliseconds. */
void request_log_line(const struct request_record *r,
                      char line[REQUEST_LOG_MAX]);

#endif
