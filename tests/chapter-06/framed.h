#ifndef FRAMED_H
#define FRAMED_H

/* framed: whole messages, given to a frame at once or in pieces.
 *
 * Every call gets its bytes at the end of a page, before one without access: a
 * byte read too far ends the suite. */

#include "failure.h"
#include "fixture.h"
#include "http_frame.h"

#include <string.h>

/* What became of the bytes of a body. */
struct outcome {
    size_t taken;    /* bytes that went on */
    int done;        /* the message has ended behind them */
    const char *why; /* or is malformed there */
};

/* A frame for a chunked body. */
static inline void chunked_frame(struct http_frame *f)
{
    struct http_head h;

    memset(&h, 0, sizeof h);
    h.chunked = 1;
    h.content_length = -1;
    http_frame_request(f, &h);
}

static inline size_t scan_guarded(struct http_frame *f, const char *bytes,
                                  size_t len)
{
    char *at = guard_copy(bytes, len);
    size_t taken = http_frame_scan(f, at, len);

    guard_free(at, len);
    if (taken > len)
        failure("%zu of %zu bytes are taken", taken, len);
    return taken;
}

static inline struct outcome outcome_of(const struct http_frame *f,
                                        size_t taken)
{
    struct outcome o = {taken, http_frame_is_done(f), f->why};

    if (o.done && o.why != NULL)
        failure("done, and malformed: %s", o.why);
    return o;
}

/* All at once. The frame is copied: the caller's stays at its beginning. */
static inline struct outcome frame_whole(struct http_frame f,
                                         const char *bytes, size_t len)
{
    return outcome_of(&f, scan_guarded(&f, bytes, len));
}

/* As a proxy does: what has not been taken is given again with what follows;
 * what need not be looked at is skipped now and then (`skips`), as far as the
 * bytes reach. `piece` says how many bytes come next. */
static inline struct outcome frame_pieces(struct http_frame f,
                                          const char *bytes, size_t len,
                                          size_t (*piece)(void *), void *data,
                                          int skips)
{
    size_t arrived = 0, taken = 0;

    while (arrived < len) {
        size_t more = piece(data);

        arrived = more < len - arrived ? arrived + more : len;
        taken += scan_guarded(&f, bytes + taken, arrived - taken);
        if (skips && taken == arrived && f.left <= len - arrived &&
            f.framing != FRAME_CLOSE) {
            taken += (size_t)http_frame_skip(&f);
            arrived = taken;
        }
    }
    return outcome_of(&f, taken);
}

#endif
