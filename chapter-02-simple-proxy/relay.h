#ifndef RELAY_H
#define RELAY_H

#include "buffer.h"

#include <stdint.h>

/* relay: moves bytes between two connections, both ways at once, until both
 * have ended.
 *
 * Each way has its own buffer and its own end: a client that has said all
 * (half-close) still gets the answer. While a way's buffer is full it is not
 * read, so a slow reader slows down the writer (back-pressure) and memory stays
 * that of two buffers, whatever passes. Both ways are the same code. */

#define RELAY_BUFFER 16384

enum relay_end {
    RELAY_DONE,    /* both sides ended in order */
    RELAY_SILENT,  /* nothing moved for too long */
    RELAY_BROKEN,  /* the backend's connection failed (reset, for example) */
    RELAY_LEFT,    /* the client's did */
    RELAY_STOPPED  /* we were asked to stop */
};

struct relay_limits {
    int idle_ms; /* longest silence while the backend may still answer */
    int half_ms; /* longest silence after the client got all it said */
    int answer;  /* if the backend ends without a byte the relay ends at once,
                    and the client's side stays open: we answer instead */
};

struct relay_result {
    enum relay_end end;
    uint64_t to_backend, to_client; /* bytes that were sent */
    int complete; /* the backend ended in order and the client was sent all of
                     it, whatever `end` says of the time after that */
};

/* Sends what `pending` holds to the backend first, then relays. `pending` must
 * have RELAY_BUFFER bytes of capacity or more; it becomes the buffer of that
 * way. Both descriptors stay the caller's. Blocks (see wait.h). */
struct relay_result relay_data(int client_fd, int backend_fd,
                               struct buffer *pending,
                               struct relay_limits limits);

#endif
