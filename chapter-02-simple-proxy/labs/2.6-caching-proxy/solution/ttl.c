#include "ttl.h"

#include <string.h>

void ttl_init(struct ttl *t)
{
    memset(t, 0, sizeof *t);
}

static int is_key(const struct ttl_entry *e, struct slice key)
{
    return e->len > 0 && e->len == key.len &&
           memcmp(e->key, key.at, key.len) == 0;
}

/* The entry of a key, too old or not. */
static const struct ttl_entry *find(const struct ttl *t, struct slice key)
{
    for (int i = 0; i < TTL_ENTRIES; i++)
        if (is_key(&t->entries[i], key))
            return &t->entries[i];
    return NULL;
}

/* Where a key goes: its own place, a free one, or that of the one which is too
 * old first; what is too old already comes before all others by that. */
static struct ttl_entry *place_for(struct ttl *t, struct slice key)
{
    struct ttl_entry *best = &t->entries[0];

    for (int i = 0; i < TTL_ENTRIES; i++) {
        struct ttl_entry *e = &t->entries[i];

        if (is_key(e, key))
            return e;
        if (best->len > 0 && (e->len == 0 || e->until_ms < best->until_ms))
            best = e;
    }
    return best;
}

static uint64_t later(uint64_t now_ms, uint64_t seconds)
{
    return seconds < (UINT64_MAX - now_ms) / 1000 ? now_ms + seconds * 1000
                                                  : UINT64_MAX;
}

int ttl_put(struct ttl *t, struct slice key, int value, uint64_t seconds,
            uint64_t now_ms)
{
    struct ttl_entry *e;

    if (seconds == 0 || key.len == 0 || key.len > TTL_KEY_MAX)
        return -1;
    e = place_for(t, key);
    memcpy(e->key, key.at, key.len);
    e->len = key.len;
    e->until_ms = later(now_ms, seconds);
    e->value = value;
    return 0;
}

int ttl_get(const struct ttl *t, struct slice key, uint64_t now_ms)
{
    const struct ttl_entry *e = find(t, key);

    return e != NULL && now_ms < e->until_ms ? e->value : -1;
}

uint64_t ttl_left(const struct ttl *t, struct slice key, uint64_t now_ms)
{
    const struct ttl_entry *e = find(t, key);

    if (e == NULL || now_ms >= e->until_ms)
        return 0;
    return (e->until_ms - now_ms - 1) / 1000 + 1;
}

int ttl_forget(struct ttl *t, struct slice pattern)
{
    int is_prefix = pattern.len > 0 && pattern.at[pattern.len - 1] == '*';
    int count = 0;

    pattern.len -= (size_t)is_prefix;
    for (int i = 0; i < TTL_ENTRIES; i++) {
        struct ttl_entry *e = &t->entries[i];

        if (e->len == 0 || e->len < pattern.len ||
            (!is_prefix && e->len > pattern.len) ||
            memcmp(e->key, pattern.at, pattern.len) != 0)
            continue;
        e->len = 0;
        count++;
    }
    return count;
}

int ttl_invalidates(struct slice method, int status)
{
    static const char *const reading[] = {"GET", "HEAD", "OPTIONS", "TRACE"};

    for (size_t i = 0; i < sizeof reading / sizeof *reading; i++)
        if (slice_equal(method, slice_of(reading[i])))
            return 0;
    return status >= 200 && status < 400;
}
