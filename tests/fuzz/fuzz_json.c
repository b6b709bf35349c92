/* What must hold of json for any bytes:
 *   - no byte behind the input is read
 *   - what is refused is refused for a reason, at a place that the text has
 *   - the tree is one: counts, parents, order, places that only go forward
 *   - written out plainly and read again, it is the same tree
 *   - a number that fits is as large as strtod(3) says */
#include "fuzz.h"
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM (1 << 20)

/* ---- a plain writer ------------------------------------------------------ */

static char out[ROOM];
static size_t used;

static void put(const char *bytes, size_t len)
{
    check(len <= sizeof out - used, "room to write in");
    memcpy(out + used, bytes, len);
    used += len;
}

static void put_string(struct slice s)
{
    put("\"", 1);
    for (size_t i = 0; i < s.len; i++) {
        char escape[8];
        unsigned char c = (unsigned char)s.at[i];

        if (c >= ' ' && c != '"' && c != '\\')
            put(s.at + i, 1);
        else
            put(escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", c));
    }
    put("\"", 1);
}

/* Recurses: the tree is at most JSON_DEPTH_MAX deep. */
static void put_value(const struct json_value *v)
{
    static const char *const words[] = {"null", "false", "true"};
    const char *word = words[v->type == JSON_NULL ? 0 : 1 + v->truth];

    if (v->type == JSON_STRING) {
        put_string(v->text);
    } else if (v->type == JSON_NUMBER) {
        put(v->text.at, v->text.len);
    } else if (v->type == JSON_ARRAY || v->type == JSON_OBJECT) {
        put(v->type == JSON_ARRAY ? "[" : "{", 1);
        for (const struct json_value *m = v->first; m != NULL; m = m->next) {
            if (v->type == JSON_OBJECT) {
                put_string(m->name);
                put(":", 1);
            }
            put_value(m);
            if (m->next != NULL)
                put(",", 1);
        }
        put(v->type == JSON_ARRAY ? "]" : "}", 1);
    } else {
        put(word, strlen(word));
    }
}

/* ---- the tree ------------------------------------------------------------ */

static int is_before(struct json_place a, struct json_place b)
{
    return a.line < b.line || (a.line == b.line && a.column < b.column);
}

static void check_number(const struct json_value *v)
{
    static const double factors[] = {1, 10, 100, 1000};

    for (int places = 0; places < 4; places += 3) {
        int64_t value;
        double wanted = strtod(v->text.at, NULL) * factors[places], error;

        if (json_scaled(v, places, &value) != JSON_FITS)
            continue;
        error = wanted - (double)value;
        if (error < 0)
            error = -error;
        check(error <= 1e-12 * (wanted < 0 ? -wanted : wanted),
              "a number as large as it says");
    }
}

static void check_tree(const struct json_value *v)
{
    const struct json_value *last = NULL;
    struct json_place place = v->place;
    int count = 0;

    if (v->type == JSON_NUMBER)
        check_number(v);
    for (const struct json_value *m = v->first; m != NULL; m = m->next) {
        check(m->parent == v, "a value knows what it is in");
        check(is_before(place, m->place), "places go forward");
        check(v->type != JSON_OBJECT || is_before(m->name_place, m->place),
              "the name before the value");
        check_tree(m);
        place = m->place;
        last = m;
        count++;
    }
    check(last == v->last && count == v->count, "so many values as it says");
}

static void check_same(const struct json_value *a, const struct json_value *b)
{
    check(a->type == b->type && a->truth == b->truth && a->count == b->count,
          "the same value when read again");
    check(a->is_repeated == b->is_repeated && slice_equal(a->name, b->name) &&
              slice_equal(a->text, b->text),
          "the same name and text when read again");
    a = a->first;
    b = b->first;
    for (; a != NULL; a = a->next, b = b->next)
        check_same(a, b);
}

static void check_refusal(const struct json_error *e, const char *text,
                          size_t len)
{
    int lines = 1;

    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    check(e->why != NULL, "a reason");
    check(e->place.line >= 1 && e->place.line <= lines, "a line of the text");
    check(e->place.column >= 1 && (size_t)e->place.column <= len + 1,
          "a column of the text");
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct json_error error = {{0, 0}, NULL};
    const char *text = guarded(data, size);
    struct json_value *v, *again;

    if (text == NULL)
        return 0;
    v = json_parse(text, size, &error);
    if (v == NULL) {
        check_refusal(&error, text, size);
        return 0;
    }
    check_tree(v);
    used = 0;
    put_value(v);
    again = json_parse(out, used, &error);
    check(again != NULL, "what was accepted once is accepted again");
    check_same(v, again);
    json_free(again);
    json_free(v);
    return 0;
}
