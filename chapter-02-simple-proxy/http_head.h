#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "authority.h"
#include "buffer.h"
#include "slice.h"

#include <stddef.h>
#include <stdint.h>

/* http_head: the head of an HTTP/1.x request, read and written.
 *
 * A head is the request line, the fields, and the empty line. The parser is a
 * pure function of bytes: it copies and allocates nothing, and knows no socket.
 * All slices of a head point into the bytes it was given and die with them.
 *
 * It is strict: what two programs could read in two ways is refused, because
 * that is how requests are smuggled past a proxy (RFC 9112, section 11.2).
 * One liberty that section 2.2 grants is taken: a line may end in LF without
 * CR, as nginx and HAProxy accept, so that people can type at it with nc. What
 * we send on always has CRLF.
 * Sources: RFC 9112 (HTTP/1.1), RFC 9110 (HTTP semantics). */

#define HTTP_HEAD_MAX   16384 /* bytes of a head, the empty line included */
#define HTTP_FIELDS_MAX 100   /* fields of a head */

struct http_field {
    struct slice name, value; /* value without white space at its ends */
};

enum http_form { /* of the request target: RFC 9112, section 3.2 */
    HTTP_ORIGIN,    /* /path?query             to a server */
    HTTP_ABSOLUTE,  /* http://host/path?query  to a forward proxy */
    HTTP_AUTHORITY, /* host:port               CONNECT only */
    HTTP_ASTERISK   /* *                       OPTIONS only */
};

enum { /* what the Connection fields of a head name, as bits */
    HTTP_OPTION_CLOSE = 1,
    HTTP_OPTION_KEEP_ALIVE = 2,
    HTTP_OPTION_OTHER = 4 /* "upgrade", "TE", the name of a field ... */
};

struct http_head {
    struct slice method;
    struct slice target; /* as it came */
    enum http_form form;
    struct slice scheme;    /* HTTP_ABSOLUTE: "http" or "https"; else empty */
    struct slice authority; /* HOST[:PORT] from the target, or else from Host */
    struct slice path;      /* "/path?query", "?query", "*" or empty */
    int minor;              /* HTTP/1.minor, 0 or 1 */
    int host_count;
    int chunked;            /* Transfer-Encoding: chunked */
    unsigned options;       /* of Connection: HTTP_OPTION_... */
    int64_t content_length; /* -1: there is none */
    int field_count;
    struct http_field fields[HTTP_FIELDS_MAX];
    size_t length; /* HTTP_COMPLETE: bytes of the head */

    int status;      /* HTTP_BAD: what to answer (400, 414, 431, 501, 505) */
    const char *why; /* HTTP_BAD: for the log; a string constant */
};

enum http_verdict { HTTP_COMPLETE, HTTP_PARTIAL, HTTP_BAD };

/* Reads the head at the beginning of len bytes. Fills in *h, and returns
 *   HTTP_COMPLETE  the first h->length bytes are a well-formed head
 *   HTTP_PARTIAL   so far it could become one: call again with more bytes
 *   HTTP_BAD       it can't: answer h->status and close
 * Reads no byte at or after bytes + len. For the same bytes the verdict is the
 * same however they were cut on the way. */
enum http_verdict http_head_parse_request(struct http_head *h,
                                          const char *bytes, size_t len);

/* The same where a head may have only so many bytes (1..HTTP_HEAD_MAX). */
enum http_verdict http_head_parse_within(struct http_head *h, size_t max,
                                         const char *bytes, size_t len);

/* Whether parsing again can change a HTTP_PARTIAL that `seen` of these bytes
 * gave: only when another line has ended, or nothing more fits. Asking this
 * first keeps a client that sends single bytes from costing a parse for each:
 * a head is parsed once a line at most. */
int http_head_worth_parsing(const char *bytes, size_t seen, size_t len);

/* Whether the method may be sent twice without harm: GET, HEAD, PUT, DELETE,
 * OPTIONS, TRACE (RFC 9110, section 9.2.2). */
int http_head_is_idempotent(const struct http_head *h);

/* The value of the first field of that name (any case), or NULL. */
const struct slice *http_head_find(const struct http_head *h,
                                   struct slice name);

/* Whether a Connection field of the head names this option (any case). */
int http_head_names_option(const struct http_head *h, struct slice option);

/* Whether the sender of a head keeps its connection open after the message
 * (RFC 9112, section 9.3): HTTP/1.1 unless it says `Connection: close`; HTTP/1.0
 * only if it says `Connection: keep-alive`. For requests and responses. */
int http_head_keeps_alive(const struct http_head *h);

/* Whether a field is about this one connection and must not be passed on:
 * Connection, what it names, Keep-Alive, Proxy-Connection, TE other than
 * "trailers", Upgrade, HTTP2-Settings (RFC 9110, section 7.6.1). Never the
 * fields that say where a message ends or for whom it is, whatever Connection
 * says. */
int http_head_is_hop_by_hop(const struct http_head *h,
                            const struct http_field *f);

/* Writes the head for the next hop into `out`: the request line with the target
 * in origin-form, Host from the authority, the fields that are not hop-by-hop,
 * then the fields of `set`. A field named in `set` replaces the client's own;
 * one with an empty value only takes it away. The client's HTTP version is
 * kept, since the answer is passed to it unread. 0, or -1 if it does not fit (then
 * `out` holds a part of it: throw that away). */
int http_head_forward(const struct http_head *h, const struct http_field *set,
                      int count, struct buffer *out);

#endif
