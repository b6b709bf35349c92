#if defined(__linux__)
#define _GNU_SOURCE /* MAP_ANONYMOUS, which POSIX has only since 2024 */
#endif

#include "shared.h"

#include <sys/mman.h>

#if !defined(MAP_ANONYMOUS)
#define MAP_ANONYMOUS MAP_ANON
#endif

void *shared_map(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return memory != MAP_FAILED ? memory : NULL;
}

void shared_unmap(void *memory, size_t size)
{
    if (memory != NULL)
        munmap(memory, size);
}
