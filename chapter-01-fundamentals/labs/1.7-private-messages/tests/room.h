#ifndef ROOM_H
#define ROOM_H

#include <stddef.h>

/* room: who is in a chat, by which name, and who hears what.
 *
 * Pure: it knows no socket. Whoever has the sockets says who joins, leaves and
 * speaks, and delivers what the room gives him. Every text that is delivered is
 * one line with its newline; control characters in it are '?'.
 *
 *     guest 3 joins                  the others: * guest3 joined
 *     guest3 says   hello            the others: guest3: hello
 *     guest3 says   /name ann        the others: * guest3 is ann now
 *     ann says      /msg bob hi you  bob alone:  ann (to you): hi you
 *     ann leaves                     the others: * ann left
 *
 * What cannot be done is told to the one who wanted it, in a line that begins
 * with "! ":
 *     ! no such command          a line that begins with '/', but is neither
 *     ! not a name               1 to ROOM_NAME letters, digits, '-' or '_', but
 *                                not "guest" (in either case) in front
 *     ! taken                    somebody else has it, in either case of letters
 *     ! nobody of that name
 *     ! nothing to say           /msg NAME with nothing behind it */

#define ROOM_MEMBERS 128
#define ROOM_NAME    16   /* bytes of a name */
#define ROOM_LINE    1024 /* bytes of a line, without its newline */

struct room_member {
    unsigned number;          /* 0: this place is free */
    char name[ROOM_NAME + 1]; /* "guest" and the number, at first */
};

struct room {
    struct room_member members[ROOM_MEMBERS];
    void (*deliver)(void *self, unsigned to, const char *text, size_t len);
    void *self;
};

void room_init(struct room *r,
               void (*deliver)(void *self, unsigned to, const char *text,
                               size_t len),
               void *self);

/* A number from 1 to 999999999 that is not in the room. 0, or -1: it is full. */
int room_join(struct room *r, unsigned number);
void room_leave(struct room *r, unsigned number);

/* One who is in the room says a line: len bytes, ROOM_LINE at most, without a
 * newline. A name is compared in either case of its letters. */
void room_line(struct room *r, unsigned from, const char *line, size_t len);

#endif
