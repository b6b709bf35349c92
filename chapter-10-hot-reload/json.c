#include "json.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    const char *at, *end;        /* the next byte; behind the last */
    const char *line_begin;
    int line;
    int inner;                   /* bytes of this line within a character */
    int depth;
    int just_opened;             /* nothing of the innermost was read yet */
    struct json_value *open;     /* the innermost that is not closed */
    struct json_value *value;    /* the next free one */
    struct json_value **sorting; /* room for the members of one object */
    char *text;                  /* where the next characters go */
    struct json_error *error;
};

/* ---- where we are ------------------------------------------------------- */

/* Only white space holds ends of lines: see plain_character(). */
static struct json_place here(const struct reader *r)
{
    struct json_place place = {r->line,
                               (int)(r->at - r->line_begin) - r->inner + 1};

    return place;
}

static int refuse_at(struct reader *r, struct json_place place, const char *why)
{
    r->error->place = place;
    r->error->why = why;
    return -1;
}

static int refuse(struct reader *r, const char *why)
{
    return refuse_at(r, here(r), why);
}

/* The next byte, or -1 at the end. */
static int peek(const struct reader *r)
{
    return r->at < r->end ? (unsigned char)*r->at : -1;
}

/* ws = *( space / tab / LF / CR )                                 section 2 */
static int peek_behind_space(struct reader *r)
{
    int c;

    while ((c = peek(r)) == ' ' || c == '\t' || c == '\n' || c == '\r') {
        r->at++;
        if (c == '\n') {
            r->line++;
            r->line_begin = r->at;
            r->inner = 0;
        }
    }
    return c;
}

/* ---- characters --------------------------------------------------------- */

static int copy_utf8(struct reader *r)
{
    size_t n = utf8_length(r->at, (size_t)(r->end - r->at));

    if (n == 0)
        return refuse(r, "this is not UTF-8");
    memcpy(r->text, r->at, n);
    r->text += n;
    r->at += n;
    r->inner += (int)n - 1;
    return 0;
}

/* "\uXXXX" at the given byte: its value, or -1. */
static long hex_escape(const struct reader *r, const char *at)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    long value = 0;

    if (r->end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        const char *digit = memchr(digits, at[i], sizeof digits - 1);

        if (digit == NULL)
            return -1;
        value = value * 16 + (digit - digits < 16 ? digit - digits
                                                  : digit - digits - 6);
    }
    return value;
}

/* Above U+FFFF, two of them are one character                     section 7 */
static int escaped_utf16(struct reader *r)
{
    long c = hex_escape(r, r->at), low;

    if (c < 0)
        return refuse(r, "four hexadecimal digits must follow \\u");
    if (c >= 0xd800 && c <= 0xdfff) {
        low = hex_escape(r, r->at + 6);
        if (c > 0xdbff || low < 0xdc00 || low > 0xdfff)
            return refuse(r, "half of a surrogate pair");
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        r->at += 6;
    }
    r->at += 6;
    r->text += utf8_put(r->text, (unsigned long)c);
    return 0;
}

static int escaped_character(struct reader *r)
{
    static const char letters[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    const char *letter;
    int c = r->end - r->at > 1 ? r->at[1] : -1;

    if (c == 'u')
        return escaped_utf16(r);
    letter = c > 0 ? strchr(letters, c) : NULL;
    if (letter == NULL)
        return refuse(r, "an unknown escape: after \\ comes one of "
                         "\" \\ / b f n r t u");
    *r->text++ = means[letter - letters];
    r->at += 2;
    return 0;
}

static int plain_character(struct reader *r, int c)
{
    if (c >= 0x80)
        return copy_utf8(r);
    if (c == '\n' || c == '\r')
        return refuse(r, "a string must end on its line (a line end in it is "
                         "written \\n)");
    if (c < 0x20)
        return refuse(r, "a control character in a string (write \\t, or "
                         "\\u and its number)");
    *r->text++ = *r->at++;
    return 0;
}

/* string = quotation-mark *char quotation-mark                    section 7 */
static int read_string(struct reader *r, struct slice *out)
{
    struct json_place begin = here(r);
    int c, status = 0;

    out->at = r->text;
    r->at++;
    while (status == 0 && (c = peek(r)) != '"') {
        if (c < 0)
            return refuse_at(r, begin, "this string is never closed");
        status = c == '\\' ? escaped_character(r) : plain_character(r, c);
    }
    if (status != 0)
        return status;
    r->at++;
    out->len = (size_t)(r->text - out->at);
    *r->text++ = '\0';
    return 0;
}

/* ---- numbers and words -------------------------------------------------- */

static int is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static int skip_digits(struct reader *r)
{
    if (!is_digit(peek(r)))
        return refuse(r, "a digit is missing here");
    while (is_digit(peek(r)))
        r->at++;
    return 0;
}

/* int = zero / ( digit1-9 *DIGIT )                                section 6 */
static int skip_integer(struct reader *r)
{
    if (peek(r) != '0')
        return skip_digits(r);
    r->at++;
    return is_digit(peek(r)) ? refuse(r, "a number has no leading zeros") : 0;
}

/* number = [ minus ] int [ frac ] [ exp ]                         section 6 */
static int skip_number(struct reader *r)
{
    if (peek(r) == '-')
        r->at++;
    if (skip_integer(r) != 0)
        return -1;
    if (peek(r) == '.') {
        r->at++;
        if (skip_digits(r) != 0)
            return -1;
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        if (peek(r) == '+' || peek(r) == '-')
            r->at++;
        return skip_digits(r);
    }
    return 0;
}

static int read_number(struct reader *r, struct json_value *v)
{
    const char *begin = r->at;

    v->type = JSON_NUMBER;
    if (skip_number(r) != 0)
        return -1;
    v->text.at = r->text;
    v->text.len = (size_t)(r->at - begin);
    memcpy(r->text, begin, v->text.len);
    r->text += v->text.len;
    *r->text++ = '\0';
    return 0;
}

static int is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int read_word(struct reader *r, struct json_value *v)
{
    struct slice word = {r->at, 0};

    while (word.len < (size_t)(r->end - r->at) && is_letter(r->at[word.len]))
        word.len++;
    if (slice_equal(word, SLICE("null"))) {
        v->type = JSON_NULL;
    } else {
        v->type = JSON_BOOLEAN;
        v->truth = slice_equal(word, SLICE("true"));
        if (!v->truth && !slice_equal(word, SLICE("false")))
            return refuse(r, "an unknown word: there are true, false and null "
                             "only; strings stand in double quotes");
    }
    r->at += word.len;
    return 0;
}

/* ---- arrays and objects ------------------------------------------------- */

static struct json_value *new_value(struct reader *r)
{
    struct json_value *v = r->value++;

    memset(v, 0, sizeof *v);
    v->parent = r->open;
    if (r->open != NULL) {
        if (r->open->last != NULL)
            r->open->last->next = v;
        else
            r->open->first = v;
        r->open->last = v;
        r->open->count++;
    }
    return v;
}

static int open_bracket(struct reader *r, struct json_value *v,
                        enum json_type type)
{
    if (r->depth == JSON_DEPTH_MAX)
        return refuse(r, "brackets within brackets, too deep");
    r->at++;
    r->depth++;
    v->type = type;
    r->open = v;
    r->just_opened = 1;
    return 0;
}

/* By name; members of the same name in the order in which they came. */
static int compare_members(const void *a, const void *b)
{
    const struct json_value *one = *(struct json_value *const *)a;
    const struct json_value *other = *(struct json_value *const *)b;
    size_t len = one->name.len < other->name.len ? one->name.len
                                                 : other->name.len;
    int order = memcmp(one->name.at, other->name.at, len);

    if (order == 0)
        order = (one->name.len > len) - (other->name.len > len);
    return order != 0 ? order : (one > other) - (one < other);
}

static void mark_repeated(struct reader *r, struct json_value *object)
{
    struct json_value **member = r->sorting;
    int n = 0;

    for (struct json_value *m = object->first; m != NULL; m = m->next)
        member[n++] = m;
    if (n < 2)
        return;
    qsort(member, (size_t)n, sizeof *member, compare_members);
    for (int i = 1; i < n; i++)
        member[i]->is_repeated =
            slice_equal(member[i]->name, member[i - 1]->name);
}

static void close_bracket(struct reader *r)
{
    if (r->open->type == JSON_OBJECT)
        mark_repeated(r, r->open);
    r->at++;
    r->depth--;
    r->open = r->open->parent;
    r->just_opened = 0;
}

static int never_closed(struct reader *r)
{
    return refuse_at(r, r->open->place,
                     r->open->type == JSON_OBJECT
                         ? "the object that begins here is never closed"
                         : "the array that begins here is never closed");
}

/* What stands where a value should. */
static int no_value(struct reader *r, int c)
{
    if (c < 0 && r->open != NULL)
        return never_closed(r);
    if (c < 0)
        return refuse(r, "there is no value in it");
    if (c == ']' || c == '}' || c == ',')
        return refuse(r, "a value is missing here");
    if (c == '\'')
        return refuse(r, "strings stand in double quotes");
    if (c == '/' || c == '#')
        return refuse(r, "JSON knows no comments");
    return refuse(r, "here should be a value");
}

static int read_value(struct reader *r, struct json_value *v)
{
    int c = peek_behind_space(r);

    v->place = here(r);
    if (c == '{' || c == '[')
        return open_bracket(r, v, c == '{' ? JSON_OBJECT : JSON_ARRAY);
    r->just_opened = 0;
    if (c == '"') {
        v->type = JSON_STRING;
        return read_string(r, &v->text);
    }
    if (c == '-' || is_digit(c))
        return read_number(r, v);
    return is_letter(c) ? read_word(r, v) : no_value(r, c);
}

/* member = string name-separator value                            section 4 */
static int read_member(struct reader *r, struct json_value *v)
{
    int c = peek_behind_space(r);

    v->name_place = here(r);
    if (c < 0)
        return never_closed(r);
    if (c == '}')
        return refuse(r, "there is a comma before the closing bracket");
    if (c == '/' || c == '#')
        return refuse(r, "JSON knows no comments");
    if (c != '"')
        return refuse(r, "here should be a name in double quotes");
    if (read_string(r, &v->name) != 0)
        return -1;
    c = peek_behind_space(r);
    if (c < 0)
        return never_closed(r);
    if (c != ':')
        return refuse(r, "here should be a ':'");
    r->at++;
    return read_value(r, v);
}

/* Behind a value, or behind the bracket that opens one: closes all that ends
 * here; a comma, if there must be one, is taken. */
static int end_values(struct reader *r)
{
    while (r->open != NULL) {
        int is_object = r->open->type == JSON_OBJECT;
        int c = peek_behind_space(r);

        if (c == (is_object ? '}' : ']')) {
            close_bracket(r);
        } else if (r->just_opened) {
            return 0;
        } else if (c == ',') {
            r->at++;
            return 0;
        } else if (c < 0) {
            return never_closed(r);
        } else {
            return refuse(r, is_object ? "here should be a ',' or a '}'"
                                       : "here should be a ',' or a ']'");
        }
    }
    return 0;
}

/* ---- the text ----------------------------------------------------------- */

static int read_text(struct reader *r)
{
    do {
        struct json_value *v = new_value(r);
        int is_member = v->parent != NULL && v->parent->type == JSON_OBJECT;

        if ((is_member ? read_member(r, v) : read_value(r, v)) != 0 ||
            end_values(r) != 0)
            return -1;
    } while (r->open != NULL);
    return peek_behind_space(r) < 0
               ? 0
               : refuse(r, "there is more behind the end of the value");
}

/* At most so many values: each but the outermost comes behind a bracket or a
 * comma. */
static size_t most_values(const char *text, size_t len)
{
    size_t n = 1;

    for (size_t i = 0; i < len; i++)
        n += text[i] == ',' || text[i] == '[' || text[i] == '{';
    return n;
}

/* One block: the values, then room to sort them, then the characters. A token
 * without its escapes, and with a NUL, is no longer than the token and the byte
 * behind it, which is no other token's. */
static struct json_value *allocate(struct reader *r, const char *text,
                                   size_t len)
{
    size_t values = most_values(text, len);
    struct json_value *block = malloc(
        values * (sizeof *block + sizeof *r->sorting) + len + 1);

    if (block == NULL)
        return NULL;
    r->value = block;
    r->sorting = (struct json_value **)(void *)(block + values);
    r->text = (char *)(r->sorting + values);
    return block;
}

struct json_value *json_parse(const char *text, size_t len,
                              struct json_error *error)
{
    struct reader r = {0};
    struct json_value *outermost = NULL;

    r.at = r.line_begin = text;
    r.end = text + len;
    r.line = 1;
    r.error = error;
    if (len > JSON_TEXT_MAX)
        refuse(&r, "larger than 1 MiB");
    else if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        refuse(&r, "it begins with a byte order mark: save it without one");
    else if ((outermost = allocate(&r, text, len)) == NULL)
        refuse(&r, "out of memory");
    else if (read_text(&r) == 0)
        return outermost;
    free(outermost);
    return NULL;
}

void json_free(struct json_value *outermost)
{
    free(outermost);
}

const struct json_value *json_member(const struct json_value *object,
                                     const char *name)
{
    const struct json_value *m = object->first;

    while (m != NULL && !slice_equal(m->name, slice_of(name)))
        m = m->next;
    return m;
}
