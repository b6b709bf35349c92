#ifndef JSON_H
#define JSON_H

#include "slice.h"

#include <stddef.h>
#include <stdint.h>

/* json: a text of RFC 8259, read into a tree.
 *
 *     { "port": 80, "hosts": ["a", "b"] }
 *
 *     object --first--> port  --next--> hosts
 *                       number          array --first--> "a" --next--> "b"
 *
 * Exactly the RFC's grammar, and nothing beside it: no comments, no comma
 * before a closing bracket, no single quotes, no NaN. The text must be UTF-8
 * without a byte order mark; "\uD83D\uDE00" is one character, half of such a
 * pair is refused.
 *
 * Every value and every member's name knows where it stands in the text, so
 * that whoever finds fault with one can point at it. A name that an object
 * holds twice is well-formed (RFC 8259, section 4) and marked: its reader
 * decides.
 *
 * The parser does not recurse: what it holds on to is in the tree. The tree is
 * one block of memory, which json_free() releases; it does not need the text
 * any longer. Time and memory are proportional to the text (n log n where an
 * object has many members), whatever it says. */

#define JSON_TEXT_MAX  (1024 * 1024) /* bytes; a longer one is refused */
#define JSON_DEPTH_MAX 128           /* brackets within brackets */

enum json_type {
    JSON_NULL,
    JSON_BOOLEAN,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

/* From 1. A column is a character, as editors count them; a tab is one. */
struct json_place {
    int line, column;
};

struct json_value {
    enum json_type type;
    int truth;               /* JSON_BOOLEAN: 0 or 1 */
    int is_repeated;         /* a member whose name stood there already */
    int count;               /* of the values in it */
    struct json_place place; /* of its first character */
    struct json_place name_place;
    /* A member's name; JSON_STRING: the characters; JSON_NUMBER: as written. A
     * NUL follows each; a string may hold others ("\u0000"). */
    struct slice name, text;
    struct json_value *first, *last; /* of what is in an array or object */
    struct json_value *next;         /* the one behind it in the same */
    struct json_value *parent;       /* NULL: it is the outermost */
};

struct json_error {
    struct json_place place;
    const char *why; /* a string constant */
};

/* Reads the len bytes of a text, and no byte behind them. Returns the outermost
 * value, which the caller frees with json_free(); or NULL, and *error says what
 * is wrong first ("out of memory", too). */
struct json_value *json_parse(const char *text, size_t len,
                              struct json_error *error);
void json_free(struct json_value *outermost);

/* The first member of that name, or NULL. */
const struct json_value *json_member(const struct json_value *object,
                                     const char *name);

enum json_fit { JSON_FITS, JSON_TOO_FINE, JSON_TOO_LARGE };

/* A number times 10^places, exactly: with 3 places 0.25, 2.5e-1 and 0.250 are
 * all 250. JSON_TOO_FINE if that is no whole number, JSON_TOO_LARGE if it is
 * beyond +-INT64_MAX. No floating point is involved. */
enum json_fit json_scaled(const struct json_value *number, int places,
                          int64_t *out);

#endif
