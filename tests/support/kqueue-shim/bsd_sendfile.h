#ifndef BSD_SENDFILE_H
#define BSD_SENDFILE_H

/* bsd_sendfile: FreeBSD's sendfile(2) on Linux, so that zero_copy_bsd.c can be
 * compiled, analysed and tested there (make ZERO_COPY=bsd test). */

#include <stddef.h>
#include <sys/types.h>

/* As FreeBSD's: 0 if all was sent or the file has ended, else -1 and errno; *sent
 * is right in both cases, also when a part has gone and the socket is full
 * (EAGAIN). n is 0: up to the end of the file. `headers` must be NULL. */
int bsd_sendfile(int file_fd, int socket_fd, off_t offset, size_t n,
                 void *headers, off_t *sent, int flags);
#define sendfile bsd_sendfile

#endif
