#ifndef EARS_H
#define EARS_H

/* ears: what each member of a room has heard. */

#include "expect.h"
#include "room.h"

#include <stdio.h>
#include <string.h>

#define EARS 200

struct ears {
    struct room room;
    char heard[EARS][4096]; /* by number */
};

static inline void hear(void *self, unsigned to, const char *text, size_t len)
{
    struct ears *e = self;
    size_t have;

    expect_between("the number that something is delivered to", to, 1,
                   EARS - 1);
    have = strlen(e->heard[to]);
    expect_between("bytes delivered", (long long)len, 1,
                   (long long)(sizeof e->heard[to] - have - 1));
    memcpy(e->heard[to] + have, text, len);
    e->heard[to][have + len] = '\0';
}

static inline void forget(struct ears *e)
{
    memset(e->heard, 0, sizeof e->heard);
}

/* A room with members 1 to `count`, who have heard nothing yet. */
static inline struct ears *room_of(unsigned count)
{
    static struct ears e;

    room_init(&e.room, hear, &e);
    for (unsigned i = 1; i <= count; i++)
        expect_int(about("room_join of number %u", i), room_join(&e.room, i),
                   0);
    forget(&e);
    return &e;
}

static inline void say(struct ears *e, unsigned from, const char *line)
{
    size_t len = strlen(line);
    char *at = guard_copy(line, len);

    room_line(&e->room, from, at, len);
    guard_free(at, len);
}

/* Members 1, 2 and 3 have heard this since the last time. */
static inline void expect_heard(const char *when, struct ears *e,
                                const char *first, const char *second,
                                const char *third)
{
    expect_text(about("%s: what 1 hears", when), e->heard[1], first);
    expect_text(about("%s: what 2 hears", when), e->heard[2], second);
    expect_text(about("%s: what 3 hears", when), e->heard[3], third);
    forget(e);
}

#endif
