#define _DEFAULT_SOURCE 1 /* MAP_ANONYMOUS */

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define REGION 65536

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

void check(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

const char *guarded(const void *data, size_t size)
{
    static char *base;

    if (base == NULL) {
        base = mmap(NULL, 2 * REGION, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        check(base != MAP_FAILED, "mmap");
        check(mprotect(base + REGION, REGION, PROT_NONE) == 0, "mprotect");
    }
    if (size > REGION)
        return NULL;
    if (size > 0)
        memcpy(base + REGION - size, data, size);
    return base + REGION - size;
}
