#ifndef ZERO_COPY_H
#define ZERO_COPY_H

#include <stddef.h>
#include <sys/types.h>

/* zero_copy: bytes that go from one descriptor to another without visiting the
 * program.
 *
 *     file   --- sendfile --->  socket
 *     socket --- splice --> pipe --- splice --->  socket      Linux only
 *
 * One contract on every system. Where the system has no such call, or refuses it
 * for these descriptors, the bytes are copied through a buffer, with the same
 * results. No call here raises the offset of the file itself.
 *
 * SIGPIPE must be ignored (signals.h does): neither sendfile nor splice has a flag
 * like MSG_NOSIGNAL.
 * Sources: sendfile(2) of Linux, FreeBSD and macOS, splice(2), pipe(7). */

/* Sends at most `count` bytes of the file from *offset on, and moves *offset on
 * by what was sent: the number returned, which may be smaller than count. 0: there
 * is nothing at *offset, the file ends before it (or count is 0). -1 and errno:
 * EAGAIN if the socket takes nothing now, EINVAL for a negative offset, or what
 * the socket or the file failed with; *offset is as it was. Does not wait for the
 * socket. */
ssize_t zero_copy_file_to_socket(int socket_fd, int file_fd, off_t *offset,
                                 size_t count);

/* Moves at most `count` bytes that src_fd has now to dest_fd, and returns how
 * many. 0: src_fd has ended (or count is 0). -1 and errno: EAGAIN if src_fd has
 * nothing now, else what failed.
 *
 * What has been taken from src_fd can't be put back, so it is delivered before
 * this returns: it waits for dest_fd, at most ZERO_COPY_PATIENCE_MS without a
 * byte. After an error other than EAGAIN some of it may be lost; close both. A
 * server with many clients can't wait, and needs a pipe that stays with the
 * connection: mover_splice.h. */
#define ZERO_COPY_PATIENCE_MS 30000
ssize_t zero_copy_socket_relay(int dest_fd, int src_fd, size_t count);

/* For mover_splice. A pipe for at least `size` bytes, if the system grants so
 * much: ends[0] is read, ends[1] written, both do not block. 0, or -1 and errno:
 * ENOSYS if this system cannot splice, EMFILE ... */
int zero_copy_pipe(int ends[2], size_t size);

/* Moves at most `count` bytes, of which one side is such a pipe, in one call. As
 * read(2): the number of bytes, 0 at the end, -1 and errno. EAGAIN does not say
 * which side is to blame: keep the pipe empty or not full. EINTR is retried. */
ssize_t zero_copy_splice(int to_fd, int from_fd, size_t count);

#endif
