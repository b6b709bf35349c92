#ifndef SHARED_H
#define SHARED_H

#include <stddef.h>

/* shared: memory that a process and those it forks have in common.
 *
 * What one of them writes there the others read. It is mapped before fork(2), at
 * the same address in all of them, so it may even hold pointers into itself.
 * Memory that nobody touches costs nothing. Source: mmap(2). */

/* So many bytes, all zero, aligned for anything. NULL and errno. */
void *shared_map(size_t size);

/* Gives it up for this process. NULL is allowed. */
void shared_unmap(void *memory, size_t size);

#endif
