#include "room.h"

#include "slice.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX (ROOM_LINE + 64) /* a line with what stands in front of it */

void room_init(struct room *r,
               void (*deliver)(void *self, unsigned to, const char *text,
                               size_t len),
               void *self)
{
    memset(r->members, 0, sizeof r->members);
    r->deliver = deliver;
    r->self = self;
}

static struct room_member *find_number(struct room *r, unsigned number)
{
    for (int i = 0; i < ROOM_MEMBERS; i++)
        if (r->members[i].number == number)
            return &r->members[i];
    return NULL;
}

static struct room_member *find_name(struct room *r, struct slice name)
{
    for (int i = 0; i < ROOM_MEMBERS; i++)
        if (r->members[i].number != 0 &&
            slice_equal_nocase(slice_of(r->members[i].name), name))
            return &r->members[i];
    return NULL;
}

/* To everybody but one. */
static void tell_others(struct room *r, const struct room_member *from,
                        const char *text, size_t len)
{
    for (int i = 0; i < ROOM_MEMBERS; i++)
        if (r->members[i].number != 0 && &r->members[i] != from)
            r->deliver(r->self, r->members[i].number, text, len);
}

static void refuse(struct room *r, const struct room_member *m,
                   const char *text)
{
    r->deliver(r->self, m->number, text, strlen(text));
}

/* "* NAME joined" */
static void tell_event(struct room *r, const struct room_member *m,
                       const char *event)
{
    char text[TEXT_MAX];
    int len = snprintf(text, sizeof text, "* %s %s\n", m->name, event);

    tell_others(r, m, text, (size_t)len);
}

/* Writes "NAME: WORDS" or "NAME (to you): WORDS". Returns the length. */
static size_t write_words(char text[TEXT_MAX], const struct room_member *from,
                          const char *how, struct slice words)
{
    size_t n = (size_t)snprintf(text, TEXT_MAX, "%s%s: ", from->name, how);

    for (size_t i = 0; i < words.len; i++) {
        unsigned char c = (unsigned char)words.at[i];

        text[n++] = c < ' ' || c == 127 ? '?' : words.at[i];
    }
    text[n++] = '\n';
    return n;
}

int room_join(struct room *r, unsigned number)
{
    struct room_member *m = find_number(r, 0);

    if (m == NULL)
        return -1;
    m->number = number;
    snprintf(m->name, sizeof m->name, "guest%u", number % 1000000000);
    tell_event(r, m, "joined");
    return 0;
}

void room_leave(struct room *r, unsigned number)
{
    struct room_member *m = find_number(r, number);

    tell_event(r, m, "left");
    m->number = 0;
}

static int is_name(struct slice s)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    if (s.len >= 5 && slice_same_letters(s.at, "guest", 5))
        return 0; /* or somebody is called as the next guest will be */
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] == '\0' || strchr(allowed, s.at[i]) == NULL)
            return 0;
    return s.len >= 1 && s.len <= ROOM_NAME;
}

static void take_name(struct room *r, struct room_member *m, struct slice name)
{
    struct room_member *owner = find_name(r, name);
    char event[64];

    if (!is_name(name)) {
        refuse(r, m, "! not a name\n");
    } else if (owner != NULL && owner != m) {
        refuse(r, m, "! taken\n");
    } else {
        snprintf(event, sizeof event, "is %.*s now", (int)name.len, name.at);
        tell_event(r, m, event);
        memcpy(m->name, name.at, name.len);
        m->name[name.len] = '\0';
    }
}

/* `rest` is "NAME WORDS". */
static void whisper(struct room *r, const struct room_member *from,
                    struct slice rest)
{
    const char *space = memchr(rest.at, ' ', rest.len);
    size_t len = space != NULL ? (size_t)(space - rest.at) : rest.len;
    const struct room_member *to = find_name(r, (struct slice){rest.at, len});
    char text[TEXT_MAX];
    size_t n;

    if (to == NULL) {
        refuse(r, from, "! nobody of that name\n");
    } else if (rest.len <= len + 1) {
        refuse(r, from, "! nothing to say\n");
    } else {
        n = write_words(text, from, " (to you)",
                        (struct slice){space + 1, rest.len - len - 1});
        r->deliver(r->self, to->number, text, n);
    }
}

/* Whether the line is this command; then `rest` is what stands behind it. */
static int is_command(struct slice line, struct slice command,
                      struct slice *rest)
{
    if (line.len < command.len || memcmp(line.at, command.at, command.len) != 0)
        return 0;
    rest->at = line.at + command.len;
    rest->len = line.len - command.len;
    return 1;
}

void room_line(struct room *r, unsigned from, const char *line, size_t len)
{
    struct room_member *m = find_number(r, from);
    struct slice words = {line, len}, rest;
    char text[TEXT_MAX];

    if (len == 0 || line[0] != '/')
        tell_others(r, m, text, write_words(text, m, "", words));
    else if (is_command(words, SLICE("/name "), &rest))
        take_name(r, m, rest);
    else if (is_command(words, SLICE("/msg "), &rest))
        whisper(r, m, rest);
    else
        refuse(r, m, "! no such command\n");
}
