#ifndef MOVER_BULK_H
#define MOVER_BULK_H

#include "channel.h"

/* mover_bulk: copies like mover_copy, and large bodies in larger pieces.
 *
 * A buffer of 16 KiB is what a head needs. A body of a megabyte through it costs 64
 * receives and 64 sends; in pieces of 256 KiB the same bytes cost a third less
 * (chapter 9 measures it). But 256 KiB for each of 20,000 clients are five
 * gigabytes. So a channel borrows a block while it moves a large body, and gives it
 * back in the same pump, unless its `out` has not taken all of it. The next
 * channel gets the block that was used last, which the processor still has in its
 * cache: one block serves as many bodies as flow freely, and those that are stuck
 * hold at most BULK_BLOCKS of them; the others do with their own buffer. */

#define BULK_BLOCK  (256 << 10) /* bytes of one */
#define BULK_MIN    (32 << 10)  /* bytes still to come that are worth one */
#define BULK_BLOCKS 256         /* lent at the same time, at most */
#define BULK_SPARES 8           /* kept for the next ones */

struct bulk_block;

struct bulk {
    struct mover mover; /* for struct service; it stays the bulk's */
    struct bulk_block *spare;
    int spares, lent;
};

/* Must stay where it is as long as a channel uses it. Channels have buffers of
 * their own that are smaller than a block. */
void bulk_init(struct bulk *b);

/* What the mover's pump and drop do, for a mover that is built on it. */
enum moved bulk_pump(struct bulk *b, struct channel *c);
void bulk_drop(struct bulk *b, struct channel *c);

/* Frees the spare blocks: when all channels have been dropped. */
void bulk_close(struct bulk *b);

#endif
