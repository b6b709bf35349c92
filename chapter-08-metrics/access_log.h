#ifndef ACCESS_LOG_H
#define ACCESS_LOG_H

#include "exchange.h"
#include "log_writer.h"
#include "text.h"

#include <time.h>

/* access_log: one line for each request, when it is over.
 *
 * combined: the common log format of old, which every tool reads, and behind it
 * what a load balancer has to add:
 *
 *   CLIENT - - [TIME] "REQUEST LINE" STATUS BYTES   TOOK FIRST BACKEND TRIES
 *                                                   new|reused ID "WHY"
 *
 * json: the same as an object, one on each line.
 *
 * Times are in seconds: until the last byte had gone, and until the answer began.
 * WHY is there if it did not end well. "-" is what there is not. Plugs into the
 * seam `filter` of chapter 4.
 *
 * What the client sent can be anything: quotes, control characters and bytes that
 * are no ASCII are written as \xHH (json: \u00HH), so that nobody can write lines
 * of his own into the log, or colours onto the terminal of who reads it. */

enum access_format { ACCESS_COMBINED, ACCESS_JSON };

#define ACCESS_STAMP_MAX 32

struct access_log {
    struct log_writer writer;
    enum access_format format;
    struct text line; /* kept, so that no line needs new memory */
    time_t second;    /* of the stamp */
    char stamp[ACCESS_STAMP_MAX];
};

/* Writes the time as the format wants it: local time with its zone, or UTC. */
void access_log_stamp(char out[ACCESS_STAMP_MAX], enum access_format format,
                      time_t time);

/* Writes the line, with its newline. */
void access_log_line(struct text *out, enum access_format format,
                     const struct exchange *x, const char *stamp);

/* "combined" or "json". 0, or -1. */
int access_log_format(const char *name, enum access_format *format);

/* What a service tells, once log->writer is open. */
struct filter access_log_seam(struct access_log *log);

/* Closes it. Does nothing if it was not open. */
void access_log_close(struct access_log *log);

#endif
