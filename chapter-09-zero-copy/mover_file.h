#ifndef MOVER_FILE_H
#define MOVER_FILE_H

#include "channel.h"

#include <stdint.h>

/* mover_file: a part of a file that leaves through a channel, by sendfile.
 *
 *     [ head in buf ] --> out,  then  file --- sendfile ---> out
 *
 * The second one in the seam `mover`, for the length of one body: what is still to
 * be sent counts as `hidden`, so the channel waits for room and is flushed at the
 * right moment; then it has the mover again that it had before. The channel's
 * `in` plays no part.
 *
 * If the file has become shorter than was said, the pump returns IN_FAILED: what
 * is missing can't be made up, so close the connection. What was added to it does
 * not leave. */

#define MOVER_FILE_TURN (1 << 20) /* bytes in one pump; then it is others' turn */

/* Puts `length` bytes of the file, from `from` on, behind what is in c->buf, all
 * of which must be cleared. Owns fd from now on, closes it when they have left or
 * the channel is dropped. 0, or -1 if there is no memory (fd is closed then). */
int mover_file_begin(struct channel *c, int fd, uint64_t from, uint64_t length);

#endif
