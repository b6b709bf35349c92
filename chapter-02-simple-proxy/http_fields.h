#ifndef HTTP_FIELDS_H
#define HTTP_FIELDS_H

#include "http_head.h"

/* http_fields: what the heads of requests and of responses have in common.
 *
 * For those who read or write a message only: http_head.c and http_forward.c
 * here, http_response.c and http_frame.c in chapter 6. Everybody else finds in
 * http_head.h what he needs.
 *
 * A parser walks over the bytes with a cursor, line by line. Each step returns
 *   HTTP_COMPLETE  taken: the cursor stands behind it
 *   HTTP_PARTIAL   its end has not come yet
 *   HTTP_BAD       head->status and head->why say why
 * and the first that is not HTTP_COMPLETE is the verdict. */

struct http_cursor {
    const char *at, *end; /* the next byte; behind the last */
    struct http_head *head;
    /* Looks at a Host field, or NULL: a response has no use for one. */
    enum http_verdict (*note_host)(struct http_cursor *c, struct slice value);
};

/* What a byte may be part of. */
enum {
    HTTP_TOKEN = 1,  /* a method or field name: tchar, RFC 9110, 5.6.2 */
    HTTP_TARGET = 2, /* a request target: visible ASCII except '#', RFC 3986 */
    HTTP_VALUE = 4   /* a field value: visible, space, tab, obs-text, 5.5 */
};

/* How many bytes at the beginning are of that class; for HTTP_VALUE, which most
 * bytes are, http_span_value() is the fast way. */
size_t http_span(struct slice s, int class);
size_t http_span_value(struct slice s);

/* Empties all of the head but the fields, which field_count guards. */
void http_head_reset(struct http_head *h);

/* Refuses: notes status and reason in the head, returns HTTP_BAD. */
enum http_verdict http_bad(struct http_cursor *c, int status, const char *why);

/* Takes the next line, without its end, which is CRLF or LF. A line that can't
 * become a good one is refused before its end has come: a TLS hello is told so
 * at once. */
enum http_verdict http_take_line(struct http_cursor *c, struct slice *line);

/* Takes all fields and the empty line behind them. Notes what frames a message
 * and what Connection says. */
enum http_verdict http_take_fields(struct http_cursor *c);

/* Refuses what leaves it open where the message ends (when all fields are
 * known: RFC 9112, section 6.3). */
enum http_verdict http_check_framing(struct http_cursor *c);

/* Takes one field line (not empty, without its end) apart: NULL, or what is
 * wrong with it, a string constant. */
const char *http_split_field(struct slice line, struct http_field *f);

/* Writes the fields that are not hop-by-hop and, of a request, not Host; then
 * those of `set`, which replace those of the same name; then the empty line. 0,
 * or -1 if they do not fit. */
int http_put_fields(const struct http_head *h, const struct http_field *set,
                    int count, struct buffer *out);

#endif
