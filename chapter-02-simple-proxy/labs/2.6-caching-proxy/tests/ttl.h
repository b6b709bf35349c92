#ifndef TTL_H
#define TTL_H

#include "slice.h"

#include <stddef.h>
#include <stdint.h>

/* ttl: a table of keys with a time to live, and what makes it forget.
 *
 * What is kept for a key is a number of yours (the index of an answer, say).
 * Time is an argument, in milliseconds; keys are copied. */

#define TTL_ENTRIES 64
#define TTL_KEY_MAX 256

struct ttl_entry {
    char key[TTL_KEY_MAX];
    size_t len;        /* 0: this place is free */
    uint64_t until_ms; /* from then on it is too old */
    int value;         /* 0 or more */
};

struct ttl {
    struct ttl_entry entries[TTL_ENTRIES];
};

void ttl_init(struct ttl *t);

/* Keeps a value for so many seconds, in place of what was kept for that key. If
 * the table is full, what is too old goes first, and then what would be too old
 * first. 0, or -1: no seconds, or a key that is empty or does not fit. Seconds
 * that reach beyond the end of time are as many as there are. */
int ttl_put(struct ttl *t, struct slice key, int value, uint64_t seconds,
            uint64_t now_ms);

/* The value, or -1. */
int ttl_get(const struct ttl *t, struct slice key, uint64_t now_ms);

/* Seconds that are left, rounded up; 0 if it is not there. */
uint64_t ttl_left(const struct ttl *t, struct slice key, uint64_t now_ms);

/* Forgets a key; or, with a '*' at its end, all that begin with what is in front
 * of that. Returns how many. */
int ttl_forget(struct ttl *t, struct slice pattern);

/* An exchange has ended: whether it makes what is kept for its target stale (RFC
 * 9111, section 4.4): the answer was a success or a redirection (200 to 399), and
 * the method is none that only reads (GET, HEAD, OPTIONS, TRACE). */
int ttl_invalidates(struct slice method, int status);

#endif
