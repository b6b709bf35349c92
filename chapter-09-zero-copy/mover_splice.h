#ifndef MOVER_SPLICE_H
#define MOVER_SPLICE_H

#include "mover_bulk.h"

#include <stdint.h>

/* mover_splice: bodies that the program never sees.
 *
 *     in === socket buffer ==> pipe ==> socket buffer === out
 *                               | hidden |
 *
 * Plugged into the seam `mover` of chapter 4. While at least `min` bytes of a
 * message are still to come and nothing of it is left in the channel's buffer,
 * they are spliced: the kernel hands pages from one socket to the other, and the
 * pipe between them is where they are kept meanwhile. Everything else, heads and
 * chunk lines and small bodies, is copied as before.
 *
 * A pipe can't be put back into a socket. So what has been taken in is counted in
 * the channel's `hidden`, and nothing more is taken before all of it is gone: the
 * pipe is filled when it is empty, and full or not, it is emptied next. When it is
 * empty it goes back to the others, so a connection that waits has none.
 *
 * Where no pipe is to be had (EMFILE), or the system does not splice these
 * descriptors (EINVAL, ENOSYS), the bytes are copied; after EINVAL for good. */

#define MOVER_SPLICE_PIPE   (512 << 10) /* bytes of a pipe, if they are granted */
#define MOVER_SPLICE_SPARES 64          /* pipes kept for the next bodies */
#define ZERO_COPY_MIN       (16 << 10)  /* a good min: see README.md */

struct splice_pipe;

struct splicer {
    struct mover mover; /* for struct service; it stays the splicer's */
    struct bulk *bulk;  /* copies what is not spliced */
    uint64_t min;
    int refused;             /* the system does not splice these descriptors */
    struct splice_pipe *spare;
    int spares;
    uint64_t spliced; /* bytes, ever */
    int pipes;        /* that exist now */
};

/* For bodies of at least `min` bytes, not counting those that come with the head;
 * the rest is `bulk`'s. 0: none. Must stay where it is as long as a channel uses it. */
void splicer_init(struct splicer *sp, uint64_t min, struct bulk *bulk);

/* Closes the spare pipes: when all channels have been dropped. */
void splicer_close(struct splicer *sp);

#endif
