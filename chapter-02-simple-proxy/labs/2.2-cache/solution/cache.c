#include "cache.h"

#include "http_fields.h"

#include <stdlib.h>
#include <string.h>

#define LIFETIME_MAX 31536000 /* a year, in seconds */

/* ---- whether, and for how long ------------------------------------------- */

/* Reads status line and fields of an answer. Returns the length of what is
 * behind them, -1 if this is no whole head. */
static int64_t read_head(struct slice answer, struct slice *line,
                         struct http_head *head)
{
    struct http_cursor c = {answer.at, answer.at + answer.len, head, NULL};

    http_head_reset(head);
    if (http_take_line(&c, line) != HTTP_COMPLETE ||
        http_take_fields(&c) != HTTP_COMPLETE)
        return -1;
    return c.end - c.at;
}

/* What the directives of Cache-Control say, all of its fields together. */
struct directives {
    int forbids;
    int has_shared; /* s-maxage counts more than max-age, in a shared cache */
    uint64_t seconds;
};

static void note_directive(struct directives *d, struct slice text)
{
    const char *equals = memchr(text.at, '=', text.len);
    size_t len = equals != NULL ? (size_t)(equals - text.at) : text.len;
    struct slice name = {text.at, len}, value = {text.at + len, 0};
    int shared = slice_equal_nocase(name, SLICE("s-maxage"));

    if (slice_equal_nocase(name, SLICE("no-store")) ||
        slice_equal_nocase(name, SLICE("no-cache")) ||
        slice_equal_nocase(name, SLICE("private")))
        d->forbids = 1;
    if (!shared &&
        (d->has_shared || !slice_equal_nocase(name, SLICE("max-age"))))
        return;
    if (equals != NULL)
        value = (struct slice){equals + 1, text.len - len - 1};
    d->has_shared |= shared;
    if (slice_number(value, LIFETIME_MAX, &d->seconds) != 0)
        d->seconds = 0;
}

static struct directives read_directives(const struct http_head *head)
{
    struct directives d = {0, 0, 0};

    for (int i = 0; i < head->field_count; i++) {
        struct slice list = head->fields[i].value, element;

        if (!slice_equal_nocase(head->fields[i].name, SLICE("Cache-Control")))
            continue;
        while (slice_next_element(&list, &element))
            if (element.len > 0)
                note_directive(&d, element);
    }
    return d;
}

static int is_ok(struct slice line)
{
    return line.len >= 12 && memcmp(line.at, "HTTP/1.", 7) == 0 &&
           memcmp(line.at + 8, " 200", 4) == 0 &&
           (line.len == 12 || line.at[12] == ' ');
}

uint64_t cache_lifetime(struct slice answer)
{
    struct slice line;
    struct http_head head;
    struct directives d;
    int64_t body = read_head(answer, &line, &head);

    if (body < 0 || !is_ok(line) || head.chunked ||
        head.content_length != body ||
        http_head_find(&head, SLICE("Set-Cookie")) != NULL ||
        http_head_find(&head, SLICE("Vary")) != NULL)
        return 0;
    d = read_directives(&head);
    return d.forbids ? 0 : d.seconds;
}

/* ---- what is kept -------------------------------------------------------- */

void cache_init(struct cache *c)
{
    memset(c, 0, sizeof *c);
}

static void drop(struct cache *c, struct cache_entry *e)
{
    c->bytes -= e->answer.len;
    free(e->memory);
    memset(e, 0, sizeof *e);
}

void cache_free(struct cache *c)
{
    for (int i = 0; i < CACHE_ENTRIES; i++)
        if (c->entries[i].memory != NULL)
            drop(c, &c->entries[i]);
}

static struct cache_entry *find(struct cache *c, struct slice key)
{
    for (int i = 0; i < CACHE_ENTRIES; i++)
        if (c->entries[i].memory != NULL &&
            slice_equal(c->entries[i].key, key))
            return &c->entries[i];
    return NULL;
}

const struct slice *cache_get(struct cache *c, struct slice key,
                              uint64_t now_ms)
{
    struct cache_entry *e = find(c, key);

    if (e == NULL)
        return NULL;
    if (now_ms >= e->until_ms) {
        drop(c, e);
        return NULL;
    }
    e->used = ++c->uses;
    return &e->answer;
}

/* A free place, with so many bytes left for it: others have to go. */
static struct cache_entry *make_room(struct cache *c, size_t len)
{
    for (;;) {
        struct cache_entry *place = NULL, *oldest = NULL;

        for (int i = 0; i < CACHE_ENTRIES; i++) {
            struct cache_entry *e = &c->entries[i];

            if (e->memory == NULL)
                place = e;
            else if (oldest == NULL || e->used < oldest->used)
                oldest = e;
        }
        if (place != NULL && c->bytes + len <= CACHE_BYTES)
            return place;
        drop(c, oldest);
    }
}

int cache_put(struct cache *c, struct slice key, struct slice answer,
              uint64_t now_ms)
{
    struct cache_entry *e = find(c, key);
    uint64_t seconds = cache_lifetime(answer);
    char *memory;

    if (e != NULL)
        drop(c, e);
    if (seconds == 0 || answer.len > CACHE_ANSWER_MAX)
        return -1;
    memory = malloc(key.len + answer.len);
    if (memory == NULL)
        return -1;
    memcpy(memory, key.at, key.len);
    memcpy(memory + key.len, answer.at, answer.len);
    e = make_room(c, answer.len);
    *e = (struct cache_entry){memory,
                              {memory, key.len},
                              {memory + key.len, answer.len},
                              now_ms + seconds * 1000,
                              ++c->uses};
    c->bytes += answer.len;
    return 0;
}
