#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

/* descriptors: which descriptors this process has open. */

#define DESCRIPTORS_MAX 65536 /* those above are not looked at */

/* Calls visit(fd, data) for each open descriptor; visit may close fd. */
void descriptors_each(void (*visit)(int fd, void *data), void *data);

/* Close-on-exec: the programs under test get none of the test's descriptors.
 * Returns fd. */
int descriptors_private(int fd);

/* O_NONBLOCK, the other flags kept. Returns fd. */
int descriptors_nonblocking(int fd);

#endif
