#ifndef FILE_ANSWER_H
#define FILE_ANSWER_H

#include "http_head.h"

#include <stdint.h>

/* file_answer: what to answer when the file is there: all of it, a part, or that
 * the client has it already.
 *
 * Pure functions of the request's head and of what is known of the file. Sources:
 * RFC 9110, sections 8.8 (validators), 13 (conditional requests), 14 (ranges).
 *
 *   If-Match, If-Unmodified-Since       else 412
 *   If-None-Match, If-Modified-Since    304
 *   Range, with If-Range                206, 416
 *   several ranges, a malformed one     200, the whole: section 14.2 allows it
 *
 * The entity tag is made of size and time of change in nanoseconds. */

#define FILE_TAG_MAX  64
#define FILE_HEAD_MAX 768 /* bytes of an answer's head */

struct file_facts {
    uint64_t size;
    int64_t changed_s; /* since 1970 */
    long changed_ns;
};

struct file_answer {
    int status;            /* 200, 206, 304, 412, 416 */
    uint64_t from, length; /* what of the file follows the head (of 200, 206) */
};

/* Writes the entity tag, in quotes. Returns `out`. */
char *file_tag(const struct file_facts *f, char out[FILE_TAG_MAX]);

/* `now` in seconds since 1970. */
struct file_answer file_answer_choose(const struct file_facts *f,
                                      const struct http_head *h, int64_t now);

/* Writes the answer's head and returns its length. `type` as from file_type();
 * `connection` is a whole line with its CRLF, or "". */
size_t file_answer_head(const struct file_answer *a, const struct file_facts *f,
                        const char *type, const char *connection, int64_t now,
                        char out[FILE_HEAD_MAX]);

#endif
