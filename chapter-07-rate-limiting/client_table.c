#include "client_table.h"

#include "atomic.h"
#include "secret.h"
#include "siphash.h"

#include <string.h>

#define WAYS CLIENT_TABLE_WAYS
#define TURN UINT64_C(0xff) /* of a key or a state; the rest is name or value */

struct client_set { /* three cache lines; looking for a client needs the first */
    uint64_t key[WAYS]; /* 0: free */
    uint64_t state[WAYS];
    uint64_t seen_ms[WAYS];
};

struct client_table {
    uint64_t secret[2];
    uint64_t sets; /* a power of two */
    uint64_t unused[5]; /* the sets begin with a cache line */
    struct client_set set[];
};

static size_t sets_for(size_t clients)
{
    size_t sets = 1;

    while (sets < clients / WAYS + (clients % WAYS != 0))
        sets *= 2;
    return sets;
}

size_t client_table_size(size_t clients)
{
    return sizeof(struct client_table) +
           sets_for(clients) * sizeof(struct client_set);
}

struct client_table *client_table_init(void *memory, size_t clients)
{
    struct client_table *table = memory;

    memset(table, 0, client_table_size(clients));
    table->sets = sets_for(clients);
    if (secret_bytes(table->secret, sizeof table->secret) != 0)
        return NULL;
    return table;
}

/* Finds the place of a name: its number and its key, or -1. */
static int look_up(const struct client_set *set, uint64_t name, uint64_t *key,
                   int *looks)
{
    for (int way = 0; way < WAYS; way++) {
        ++*looks;
        *key = atomic_get(&set->key[way]);
        if ((*key & ~TURN) == name)
            return way;
    }
    return -1;
}

/* Notes that somebody was here, and returns when he was last. Only forward: a
 * process whose clock is a moment behind must not make him look long gone. */
static uint64_t note_seen(uint64_t *seen_ms, uint64_t now_ms)
{
    uint64_t seen = atomic_get(seen_ms);

    while (seen < now_ms && !atomic_replace(seen_ms, seen, now_ms))
        seen = atomic_get(seen_ms);
    return seen;
}

/* Gives the name a place: the first free one, or that of the one unseen for the
 * longest time. Another process may be faster: with this place, so that the swap
 * fails; or with this name, which must not get two places. The caller looks up
 * again in any case. */
static void make_place(struct client_set *set, uint64_t name, uint64_t now_ms)
{
    uint64_t oldest = UINT64_MAX, old = 0;
    int place = 0;

    for (int way = 0; way < WAYS; way++) {
        uint64_t key = atomic_get(&set->key[way]);
        uint64_t seen = key == 0 ? 0 : atomic_get(&set->seen_ms[way]);

        if ((key & ~TURN) == name)
            return;
        if (way > 0 && key != 0 && seen >= oldest)
            continue;
        place = way;
        old = key;
        oldest = seen;
        if (key == 0)
            break;
    }
    /* Before it is ours, or another newcomer would think it long unseen. */
    note_seen(&set->seen_ms[place], now_ms);
    atomic_replace(&set->key[place], old, name | ((old + 1) & TURN));
}

/* Reads what is remembered in a place: 0, or -1 if it has changed hands. First
 * the state, then when its owner was seen: whoever has stored it was seen before,
 * so what looks old is old. */
static int read_place(struct client_set *set, int way, uint64_t key,
                      uint64_t now_ms, struct client_record *r)
{
    uint64_t seen;

    r->state = &set->state[way];
    r->was = atomic_get(r->state);
    if (atomic_get(&set->key[way]) != key)
        return -1;
    r->turn = (unsigned)(key & TURN);
    r->is_known = (r->was & TURN) == r->turn;
    r->value = r->is_known ? r->was >> 8 : 0;
    seen = note_seen(&set->seen_ms[way], now_ms);
    r->idle_ms = now_ms > seen ? now_ms - seen : 0;
    return 0;
}

void client_table_find(struct client_table *table, uint64_t kind,
                       uint64_t client, uint64_t now_ms,
                       struct client_record *record)
{
    uint64_t hash = siphash_words(table->secret, kind, client), key;
    uint64_t name = hash & ~TURN ? hash & ~TURN : ~TURN; /* 0 is nobody */
    struct client_set *set = &table->set[hash & (table->sets - 1)];
    int way;

    record->looks = 0;
    do {
        while ((way = look_up(set, name, &key, &record->looks)) < 0)
            make_place(set, name, now_ms);
    } while (read_place(set, way, key, now_ms, record) != 0);
}

int client_table_store(const struct client_record *record, uint64_t value)
{
    return atomic_replace(record->state, record->was,
                          value << 8 | record->turn);
}
