/* Memory that ends at a page without access, and pseudo-random numbers. */
#define _DEFAULT_SOURCE 1 /* MAP_ANONYMOUS, where POSIX 2008 hides it */

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "failure.h"
#include "fixture.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

static size_t page_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

/* Pages for len bytes, without the guard. */
static size_t room_for(size_t len)
{
    size_t page = page_size();

    return (len + page - 1) / page * page;
}

char *guard_copy(const void *data, size_t len)
{
    size_t room = room_for(len);
    char *base = mmap(NULL, room + page_size(), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (base == MAP_FAILED)
        failure("mmap: %s", strerror(errno));
    if (mprotect(base + room, page_size(), PROT_NONE) != 0)
        failure("mprotect: %s", strerror(errno));
    if (len > 0)
        memcpy(base + room - len, data, len);
    return base + room - len;
}

void guard_free(char *at, size_t len)
{
    size_t room = room_for(len);

    munmap(at + len - room, room + page_size());
}

/* The finaliser of MurmurHash3 over a Weyl sequence: any state will do. */
uint32_t random_next(uint32_t *state)
{
    uint32_t z = (*state += 0x9e3779b9u);

    z = (z ^ (z >> 16)) * 0x85ebca6bu;
    z = (z ^ (z >> 13)) * 0xc2b2ae35u;
    return z ^ (z >> 16);
}
