#ifndef ZERO_COPY_SYSTEM_H
#define ZERO_COPY_SYSTEM_H

#include "zero_copy.h"

/* What zero_copy.c asks of the system. One of zero_copy_linux.c, zero_copy_bsd.c
 * and zero_copy_portable.c is linked (make ZERO_COPY=...); it also has
 * zero_copy_pipe() and zero_copy_splice(). */

/* sendfile, whatever it is called with here: the number of bytes sent, 0 at the
 * end of the file, or -1 and errno. EINTR is retried; EAGAIN only if nothing has
 * been sent. ENOSYS, EINVAL and the like: zero_copy.c will copy. */
ssize_t zero_copy_sendfile(int socket_fd, int file_fd, off_t offset,
                           size_t count);

/* "linux", "bsd" or "portable", for messages and tests. */
extern const char zero_copy_system[];

#endif
