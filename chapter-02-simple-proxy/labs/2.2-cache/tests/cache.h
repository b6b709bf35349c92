#ifndef CACHE_H
#define CACHE_H

#include "slice.h"

#include <stddef.h>
#include <stdint.h>

/* cache: answers that may be given again.
 *
 * Whole answers, head and body, by a key. When there is no room the one that was
 * used least recently goes first; one that is too old is gone. Time is an
 * argument: clock_now_ms(), or what a test says. */

#define CACHE_ENTRIES    64
#define CACHE_BYTES      ((size_t)1 << 20) /* of all answers together */
#define CACHE_ANSWER_MAX ((size_t)1 << 16) /* of one */

struct cache_entry {
    char *memory; /* the key, then the answer; NULL: this place is free */
    struct slice key, answer;
    uint64_t until_ms; /* from then on it is too old */
    uint64_t used;     /* c->uses, when it was put or got last */
};

struct cache {
    struct cache_entry entries[CACHE_ENTRIES];
    size_t bytes; /* of all answers */
    uint64_t uses;
};

void cache_init(struct cache *c);
void cache_free(struct cache *c); /* what is in it */

/* The answer kept for this key, valid until the next cache_put(); or NULL. */
const struct slice *cache_get(struct cache *c, struct slice key,
                              uint64_t now_ms);

/* Keeps a copy of key and answer for as long as cache_lifetime() says, in place
 * of what was kept for that key. 0, or -1 if it may not or cannot be kept. */
int cache_put(struct cache *c, struct slice key, struct slice answer,
              uint64_t now_ms);

/* Seconds that a whole answer may be kept; 0: it may not. */
uint64_t cache_lifetime(struct slice answer);

#endif
