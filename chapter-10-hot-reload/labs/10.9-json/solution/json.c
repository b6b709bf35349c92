#include "json.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

/* What json_parse() returns: the outermost value, and the memory of all texts.
 * Of a token the characters are no more than its bytes, and each has one NUL,
 * so twice the text is enough. */
struct document {
    struct json_value outermost; /* first: json_free() gets this */
    char *texts, *next_text;
};

struct parser {
    const char *at, *end;    /* the next byte; behind the last */
    struct json_place place; /* of the next byte */
    int depth;
    struct document *document;
    struct json_error *error;
};

static int parse_value(struct parser *p, struct json_value *v);

/* ---- one byte after the other -------------------------------------------- */

static int fail_at(struct parser *p, struct json_place place, const char *why)
{
    *p->error = (struct json_error){place, why};
    return -1;
}

static int fail(struct parser *p, const char *why)
{
    return fail_at(p, p->place, why);
}

/* The next byte, or -1 at the end. */
static int look(const struct parser *p)
{
    return p->at < p->end ? (unsigned char)*p->at : -1;
}

/* Goes on by one byte. Columns are characters: the later bytes of one do not
 * count. */
static void step(struct parser *p)
{
    int next = p->at[0];

    p->at++;
    if (next == '\n')
        p->place = (struct json_place){p->place.line + 1, 1};
    else if (p->at == p->end || (*p->at & 0xc0) != 0x80)
        p->place.column++;
}

static int skip_space(struct parser *p)
{
    while (look(p) == ' ' || look(p) == '\t' || look(p) == '\n' ||
           look(p) == '\r')
        step(p);
    return look(p);
}

/* 1 and a step if that is the next byte. */
static int take(struct parser *p, int c)
{
    if (look(p) != c)
        return 0;
    step(p);
    return 1;
}

/* ---- texts ----------------------------------------------------------------
 */

static void put_text(struct parser *p, const char *bytes, size_t n)
{
    memcpy(p->document->next_text, bytes, n);
    p->document->next_text += n;
}

static void begin_text(const struct parser *p, struct slice *text)
{
    text->at = p->document->next_text;
}

static void end_text(struct parser *p, struct slice *text)
{
    text->len = (size_t)(p->document->next_text - text->at);
    put_text(p, "", 1);
}

/* Four digits behind "\u": their value, or -1. */
static long hex(const char *at, const char *end)
{
    long value = 0;

    if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        int c = at[i] | 0x20; /* a letter in lower case; a digit stays */

        if (at[i] >= '0' && at[i] <= '9')
            value = value * 16 + at[i] - '0';
        else if (c >= 'a' && c <= 'f')
            value = value * 16 + c - 'a' + 10;
        else
            return -1;
    }
    return value;
}

/* \uXXXX, or two of them: a pair of surrogates is one character. */
static int unescape_number(struct parser *p)
{
    long c = hex(p->at, p->end), low;
    char utf8[4] = "";
    int bytes = 6;

    if (c < 0)
        return fail(p, "four hexadecimal digits must follow \\u");
    if (c >= 0xd800 && c <= 0xdfff) {
        low = hex(p->at + 6, p->end);
        if (c >= 0xdc00 || low < 0xdc00 || low > 0xdfff)
            return fail(p, "half of a surrogate pair");
        c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
        bytes = 12;
    }
    put_text(p, utf8, utf8_put(utf8, (unsigned long)c));
    while (bytes-- > 0)
        step(p);
    return 0;
}

static int unescape(struct parser *p)
{
    static const char pairs[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    int letter = p->end - p->at > 1 ? p->at[1] : 0;

    if (letter == 'u')
        return unescape_number(p);
    for (size_t i = 0; i < sizeof pairs - 1; i += 2)
        if (pairs[i] == letter) {
            put_text(p, &pairs[i + 1], 1);
            step(p);
            step(p);
            return 0;
        }
    return fail(p, "an unknown escape: after \\ comes one of "
                   "\" \\ / b f n r t u");
}

static int copy_character(struct parser *p)
{
    size_t n = utf8_length(p->at, (size_t)(p->end - p->at));

    if (look(p) == '\n' || look(p) == '\r')
        return fail(p, "a string must end on its line (a line end in it is "
                       "written \\n)");
    if (look(p) < 0x20)
        return fail(p, "a control character in a string (write \\t, or "
                       "\\u and its number)");
    if (n == 0)
        return fail(p, "this is not UTF-8");
    put_text(p, p->at, n);
    while (n-- > 0)
        step(p);
    return 0;
}

static int parse_string(struct parser *p, struct slice *text)
{
    struct json_place begin = p->place;

    begin_text(p, text);
    step(p);
    while (!take(p, '"')) {
        if (look(p) < 0)
            return fail_at(p, begin, "this string is never closed");
        if ((look(p) == '\\' ? unescape(p) : copy_character(p)) != 0)
            return -1;
    }
    end_text(p, text);
    return 0;
}

/* ---- numbers and words -----------------------------------------------------
 */

static int is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static int take_digits(struct parser *p)
{
    if (!is_digit(look(p)))
        return fail(p, "a digit is missing here");
    while (is_digit(look(p)))
        step(p);
    return 0;
}

static int take_number(struct parser *p)
{
    take(p, '-');
    if (!take(p, '0')) {
        if (take_digits(p) != 0)
            return -1;
    } else if (is_digit(look(p))) {
        return fail(p, "a number has no leading zeros");
    }
    if (take(p, '.') && take_digits(p) != 0)
        return -1;
    if (take(p, 'e') || take(p, 'E')) {
        if (!take(p, '+'))
            take(p, '-');
        return take_digits(p);
    }
    return 0;
}

static int parse_number(struct parser *p, struct json_value *v)
{
    const char *begin = p->at;

    v->type = JSON_NUMBER;
    if (take_number(p) != 0)
        return -1;
    begin_text(p, &v->text);
    put_text(p, begin, (size_t)(p->at - begin));
    end_text(p, &v->text);
    return 0;
}

static int is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int parse_word(struct parser *p, struct json_value *v)
{
    struct slice word = {p->at, 0};

    while (is_letter(look(p)))
        step(p);
    word.len = (size_t)(p->at - word.at);
    v->truth = slice_equal(word, SLICE("true"));
    v->type = JSON_BOOLEAN;
    if (slice_equal(word, SLICE("null")))
        v->type = JSON_NULL;
    else if (!v->truth && !slice_equal(word, SLICE("false")))
        return fail_at(p, v->place,
                       "an unknown word: there are true, false and null "
                       "only; strings stand in double quotes");
    return 0;
}

/* ---- arrays and objects ----------------------------------------------------
 */

static int never_closed(struct parser *p, const struct json_value *v)
{
    return fail_at(p, v->place,
                   v->type == JSON_OBJECT
                       ? "the object that begins here is never closed"
                       : "the array that begins here is never closed");
}

static int no_value(struct parser *p, const struct json_value *v)
{
    switch (look(p)) {
    case -1:
        return v->parent != NULL ? never_closed(p, v->parent)
                                 : fail(p, "there is no value in it");
    case ']':
    case '}':
    case ',':
        return fail(p, "a value is missing here");
    case '\'':
        return fail(p, "strings stand in double quotes");
    case '/':
    case '#':
        return fail(p, "JSON knows no comments");
    default:
        return fail(p, "here should be a value");
    }
}

/* A new value at the end of what is in v; NULL if memory is short. */
static struct json_value *append(struct parser *p, struct json_value *v)
{
    struct json_value *child = calloc(1, sizeof *child);

    if (child == NULL) {
        fail(p, "out of memory");
        return NULL;
    }
    child->parent = v;
    if (v->last != NULL)
        v->last->next = child;
    else
        v->first = child;
    v->last = child;
    v->count++;
    return child;
}

static int parse_name(struct parser *p, struct json_value *v)
{
    int c = skip_space(p);

    v->name_place = p->place;
    if (c < 0)
        return never_closed(p, v->parent);
    if (c == '}')
        return fail(p, "there is a comma before the closing bracket");
    if (c == '/' || c == '#')
        return fail(p, "JSON knows no comments");
    if (c != '"')
        return fail(p, "here should be a name in double quotes");
    if (parse_string(p, &v->name) != 0)
        return -1;
    if (skip_space(p) < 0)
        return never_closed(p, v->parent);
    return take(p, ':') ? 0 : fail(p, "here should be a ':'");
}

/* By name; members of the same name as they came. */
static int compare(const void *left, const void *right)
{
    const struct json_value *a = *(struct json_value *const *)left;
    const struct json_value *b = *(struct json_value *const *)right;
    int order = 0;

    if (a->name.len != b->name.len)
        return a->name.len < b->name.len ? -1 : 1;
    if (a->name.len > 0)
        order = memcmp(a->name.at, b->name.at, a->name.len);
    if (order != 0)
        return order;
    return a->name.at < b->name.at ? -1 : a->name.at > b->name.at;
}

static int mark_repeated(struct parser *p, const struct json_value *v)
{
    size_t n = 0;
    struct json_value **sorted = malloc((size_t)v->count * sizeof *sorted);

    if (sorted == NULL)
        return fail(p, "out of memory");
    for (struct json_value *m = v->first; m != NULL; m = m->next)
        sorted[n++] = m;
    qsort(sorted, n, sizeof *sorted, compare);
    for (size_t i = 1; i < n; i++)
        sorted[i]->is_repeated = slice_equal(sorted[i]->name,
                                             sorted[i - 1]->name);
    free(sorted);
    return 0;
}

/* What is between the brackets, and the closing one. */
static int parse_list(struct parser *p, struct json_value *v, int close)
{
    int is_object = v->type == JSON_OBJECT;

    step(p);
    if (skip_space(p) == close) {
        step(p);
        return 0;
    }
    do {
        struct json_value *child = append(p, v);

        if (child == NULL || (is_object && parse_name(p, child) != 0) ||
            parse_value(p, child) != 0)
            return -1;
        skip_space(p);
    } while (take(p, ','));
    if (look(p) < 0)
        return never_closed(p, v);
    if (!take(p, close))
        return fail(p, is_object ? "here should be a ',' or a '}'"
                                 : "here should be a ',' or a ']'");
    return is_object ? mark_repeated(p, v) : 0;
}

static int parse_bracket(struct parser *p, struct json_value *v)
{
    int status;

    if (p->depth == JSON_DEPTH_MAX)
        return fail(p, "brackets within brackets, too deep");
    p->depth++;
    v->type = look(p) == '{' ? JSON_OBJECT : JSON_ARRAY;
    status = parse_list(p, v, v->type == JSON_OBJECT ? '}' : ']');
    p->depth--;
    return status;
}

static int parse_value(struct parser *p, struct json_value *v)
{
    int c = skip_space(p);

    v->place = p->place;
    if (c == '{' || c == '[')
        return parse_bracket(p, v);
    if (c == '"') {
        v->type = JSON_STRING;
        return parse_string(p, &v->text);
    }
    if (c == '-' || is_digit(c))
        return parse_number(p, v);
    return is_letter(c) ? parse_word(p, v) : no_value(p, v);
}

/* ---- the whole -------------------------------------------------------------
 */

static int parse_document(struct parser *p)
{
    if (parse_value(p, &p->document->outermost) != 0)
        return -1;
    return skip_space(p) < 0
               ? 0
               : fail(p, "there is more behind the end of the value");
}

static struct document *new_document(size_t len)
{
    struct document *d = calloc(1, sizeof *d);

    if (d != NULL)
        d->next_text = d->texts = malloc(2 * len + 1);
    if (d != NULL && d->texts == NULL) {
        free(d);
        d = NULL;
    }
    return d;
}

struct json_value *json_parse(const char *text, size_t len,
                              struct json_error *error)
{
    struct parser p = {text, text + len, {1, 1}, 0, NULL, error};

    if (len > JSON_TEXT_MAX)
        fail(&p, "larger than 1 MiB");
    else if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        fail(&p, "it begins with a byte order mark: save it without one");
    else if ((p.document = new_document(len)) == NULL)
        fail(&p, "out of memory");
    else if (parse_document(&p) == 0)
        return &p.document->outermost;
    else
        json_free(&p.document->outermost);
    return NULL;
}

/* At most JSON_DEPTH_MAX deep. */
static void free_children(struct json_value *v)
{
    struct json_value *child = v->first;

    while (child != NULL) {
        struct json_value *next = child->next;

        free_children(child);
        free(child);
        child = next;
    }
}

void json_free(struct json_value *outermost)
{
    struct document *d = (struct document *)outermost;

    if (d == NULL)
        return;
    free_children(outermost);
    free(d->texts);
    free(d);
}

const struct json_value *json_member(const struct json_value *object,
                                     const char *name)
{
    const struct json_value *m = object->first;

    for (; m != NULL; m = m->next)
        if (slice_equal(m->name, slice_of(name)))
            break;
    return m;
}
