#ifndef CHANNEL_H
#define CHANNEL_H

#include "buffer.h"
#include "watch.h"

#include <stddef.h>
#include <stdint.h>

/* channel: one direction of an exchange, from a descriptor to a descriptor.
 *
 * A session has two: up (client to backend) and down (backend to client). They
 * are the same type and run the same code: which way the bytes go is in the
 * two descriptors and nowhere else.
 *
 *            in --> [ sent | cleared | withheld ] --> out
 *                     kept   may      not yet
 *                            leave
 *
 * A channel sends only what was cleared. `pass` is a budget: so many bytes are
 * cleared as they arrive. A head is withheld until it has been read and
 * rewritten, then cleared; a tunnel has CHANNEL_ALL.
 *
 * With `keep`, bytes that were sent stay at the front of the buffer, so that a
 * request can be sent once more to another backend (channel_rewind). When the
 * buffer is needed for something new, they are given up.
 *
 * Descriptors and buffer memory belong to the session. Nothing here blocks. */

#define CHANNEL_ALL UINT64_MAX

/* Memory beyond a channel's capacity: nothing is received into it, so that a head
 * that has been received can grow when it is rewritten. */
#define CHANNEL_GROWTH 4096

enum moved {
    MOVED,     /* something moved; call again when the loop says so */
    STUCK,     /* nothing could: wait for what channel_wants_*() say */
    DONE,      /* the end has come in, and everything has gone out */
    IN_FAILED, /* in was reset, and what came before that has gone out */
    OUT_FAILED /* out takes nothing any more */
};

struct channel {
    int in, out; /* -1: none at the moment */
    struct buffer buf;
    size_t sent;    /* bytes at the front of buf that have left, but are kept */
    size_t hidden;  /* bytes that the mover holds elsewhere, older than buf's */
    size_t cleared; /* bytes behind those that may leave */
    uint64_t pass;  /* future bytes that are cleared on arrival */
    uint64_t total; /* bytes that have left, ever */
    uint64_t noted; /* the session's own: `total` when it looked last ... */
    uint64_t blocked_ms; /* ... and since when out takes nothing; 0: it does */
    int keep;       /* sent bytes are kept */
    int can_read;   /* in may have something: the last read was not short */
    int can_write;  /* out may have room: the last write was not refused */
    int eof;        /* in has ended ... */
    int broken;     /* ... by a failure */
    int pass_end;   /* when in has ended, out is told (half-close) */
    int shut;       /* out was told */
    const struct mover *mover;
    void *held;     /* the mover's, or NULL: what it holds for this channel */
};

/* seam: mover. How bytes get from in to out: by copying through the buffer
 * (here), or inside the kernel (splice, chapter 9). A mover that holds bytes
 * outside the buffer counts them in `hidden`; while there are any, nothing more is
 * received, so that they leave first. */
struct mover {
    void *self; /* what the mover's channels share */
    enum moved (*pump)(struct channel *c);
    void (*drop)(struct channel *c); /* gives back what it holds for c */
};

extern const struct mover mover_copy;

/* An empty channel from in to out, which moves nothing until it is told to. Of
 * memory there are capacity + CHANNEL_GROWTH bytes. */
void channel_open(struct channel *c, int in, int out, char *memory,
                  size_t capacity, const struct mover *mover);

/* Receives once, sends once, passes the end on once: see enum moved. */
enum moved channel_pump(struct channel *c);

/* Bytes that are there and not cleared yet: where they begin, and how many. */
const char *channel_withheld(const struct channel *c, size_t *len);

/* Puts other bytes in the place of the first n that are withheld. 0, or -1 if
 * there is no room; then nothing has changed. */
int channel_replace(struct channel *c, size_t n, const void *bytes, size_t len);

/* Clears the first n withheld bytes, and the next `pass` that arrive (0, unless
 * nothing is withheld behind those n). */
void channel_clear(struct channel *c, size_t n, uint64_t pass);

/* Clears all that is there and the next `pass` bytes. */
void channel_release(struct channel *c, uint64_t pass);

/* Throws away what is withheld. */
void channel_trim(struct channel *c);

/* Gives up the bytes that were kept: what has been sent can't be sent again. */
void channel_forget_sent(struct channel *c);

/* Throws away what it holds and takes no more: out has failed, or will not be
 * needed. It then counts as ended. */
void channel_stop(struct channel *c);

/* Whether nothing that may leave is still here. */
int channel_is_flushed(const struct channel *c);

/* Whether what was sent to `out` can be sent again, from the first byte. */
int channel_can_rewind(const struct channel *c);

/* Everything that was sent is to be sent again, to another `out`. */
void channel_rewind(struct channel *c, int out);

/* What the loop should watch for this channel: a pure function of its state.
 * Reading stops while the buffer is full (back-pressure). Writing is waited for
 * only after a write was refused. */
unsigned channel_wants_in(const struct channel *c);
unsigned channel_wants_out(const struct channel *c);

/* For movers. n bytes have arrived: how many of them the budget clears, which is
 * then so much smaller. */
size_t channel_spend(struct channel *c, size_t n);

/* What a pump has come to, after it received (in > 0: something) and sent (out > 0:
 * something; < 0: out failed). Passes the end on if it has come. */
enum moved channel_verdict(struct channel *c, int in, int out);

#endif
