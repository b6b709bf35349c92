#include "maglev.h"

#include "balance_more.h"

#include <assert.h>

struct wish {
    uint32_t next, skip; /* the places next, next + skip, ... modulo the size */
};

/* The skip is not 0 and the size is prime: the list has every place once. */
static struct wish wishes_of(const struct backend *b, int size)
{
    uint64_t hash = balance_mix(balance_hash(slice_of(b->name)));
    struct wish w;

    w.next = (uint32_t)(hash % (uint64_t)size);
    w.skip = (uint32_t)(balance_mix(hash) % (uint64_t)(size - 1)) + 1;
    return w;
}

/* The first free place of its list; `looks` counts. */
static int take_place(struct wish *w, const int *table, int size, long *looks)
{
    int place;

    do {
        place = (int)w->next;
        w->next = (w->next + w->skip) % (uint32_t)size;
        ++*looks;
    } while (table[place] >= 0);
    return place;
}

long maglev_build(int *table, int size, const struct backend_set *set)
{
    struct wish wishes[MAX_BACKENDS] = {{0, 0}};
    int taken = 0;
    long looks = 0;

    assert(size > 1 && size > set->num_backends);
    for (int i = 0; i < size; i++)
        table[i] = -1;
    for (int i = 0; i < set->num_backends; i++)
        wishes[i] = wishes_of(&set->backends[i], size);
    for (int i = 0; taken < size && backend_healthy_count(set) > 0;
         i = (i + 1) % set->num_backends) {
        if (!set->backends[i].is_healthy)
            continue;
        table[take_place(&wishes[i], table, size, &looks)] = i;
        taken++;
    }
    return looks;
}

int maglev_pick(const int *table, int size, const char *key)
{
    uint64_t hash = balance_mix(balance_hash(slice_of(key)));

    return table[hash % (uint64_t)size];
}
