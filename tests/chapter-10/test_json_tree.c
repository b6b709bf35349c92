#include "failure.h"
#include "fixture.h"
#include "json.h"

#include <string.h>

static struct json_value *parse(const char *text)
{
    struct json_error error = {{0, 0}, NULL};
    struct json_value *v = json_parse(text, strlen(text), &error);

    if (v == NULL)
        failure("%s: %d:%d: %s", text, error.place.line, error.place.column,
                error.why);
    return v;
}

static void expect_place(struct json_place place, int line, int column)
{
    assert_int_equal(place.line, line);
    assert_int_equal(place.column, column);
}

/* ---- the tree ----------------------------------------------------------- */

static void a_text_becomes_a_tree(void **state)
{
    struct json_value *v = parse("{\"a\": [1, \"x\", {}], \"b\": true, "
                                 "\"c\": false, \"d\": null}");
    const struct json_value *a, *x;

    (void)state;
    assert_int_equal(v->type, JSON_OBJECT);
    assert_int_equal(v->count, 4);
    assert_null(v->parent);
    a = json_member(v, "a");
    assert_ptr_equal(a, v->first);
    assert_ptr_equal(a->parent, v);
    assert_int_equal(a->type, JSON_ARRAY);
    assert_int_equal(a->count, 3);
    assert_int_equal(a->first->type, JSON_NUMBER);
    assert_string_equal(a->first->text.at, "1");
    assert_int_equal(a->first->name.len, 0);
    x = a->first->next;
    assert_int_equal(x->type, JSON_STRING);
    assert_string_equal(x->text.at, "x");
    assert_ptr_equal(x->next, a->last);
    assert_int_equal(a->last->type, JSON_OBJECT);
    assert_int_equal(a->last->count, 0);
    assert_null(a->last->first);
    assert_null(a->last->next);
    assert_int_equal(json_member(v, "b")->truth, 1);
    assert_int_equal(json_member(v, "c")->truth, 0);
    assert_int_equal(json_member(v, "c")->type, JSON_BOOLEAN);
    assert_int_equal(json_member(v, "d")->type, JSON_NULL);
    assert_null(json_member(v, "e"));
    assert_null(json_member(v, ""));
    json_free(v);
}

static void escapes_become_characters(void **state)
{
    static const char wanted[] = "\"\\/\b\f\n\r\t A\xc3\xa9\xe2\x82\xac"
                                 "\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\0z";
    struct json_value *v =
        parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t \\u0041\\u00e9\\u20AC"
              "\\ud83d\\uDE00\\udbff\\udfff\\u0000z\"");

    (void)state;
    assert_int_equal(v->text.len, sizeof wanted - 1);
    assert_memory_equal(v->text.at, wanted, sizeof wanted);
    json_free(v);
}

static void a_nul_follows_every_text(void **state)
{
    struct json_value *v = parse("{\"name\":1.50,\"n\":\"\",\"\":[10,\"ab\"]}");
    int count = 0;

    (void)state;
    for (const struct json_value *m = v->first; m != NULL; m = m->next) {
        assert_int_equal(m->name.at[m->name.len], '\0');
        if (m->type != JSON_ARRAY)
            assert_int_equal(m->text.at[m->text.len], '\0');
        count++;
    }
    assert_int_equal(count, 3);
    assert_string_equal(json_member(v, "name")->text.at, "1.50");
    json_free(v);
}

static void a_name_that_comes_again_is_marked(void **state)
{
    struct json_value *v = parse("{\"b\":1,\"a\":2,\"\\u0062\":3,\"ab\":4,"
                                 "\"b\":5,\"c\":{\"a\":1,\"a\":2},\"A\":6}");
    static const int repeated[] = {0, 0, 1, 0, 1, 0, 0};
    int i = 0;

    (void)state;
    for (const struct json_value *m = v->first; m != NULL; m = m->next)
        assert_int_equal(m->is_repeated, repeated[i++]);
    assert_int_equal(i, 7);
    v = v->first; /* the outermost is the block, its first member is not */
    assert_true(json_member(v->parent, "c")->last->is_repeated);
    assert_string_equal(json_member(v->parent, "b")->text.at, "1");
    json_free(v->parent);
}

/* ---- places ------------------------------------------------------------- */

static void every_value_and_name_knows_its_place(void **state)
{
    struct json_value *v = parse("\n {\"a\" :\r\n\t[ 1,\n\n  {}]\n"
                                 ", \"\xc3\xa9\xf0\x9f\x98\x80\": \"\\u00e9\","
                                 " \"c\":\"\xe2\x82\xac\",\n\"d\": 1}");
    const struct json_value *a = v->first, *e = a->next, *c = e->next;

    (void)state;
    expect_place(v->place, 2, 2);
    expect_place(a->name_place, 2, 3);
    expect_place(a->place, 3, 2);
    expect_place(a->first->place, 3, 4);
    expect_place(a->last->place, 5, 3);
    expect_place(e->name_place, 6, 3);
    expect_place(e->place, 6, 9); /* two characters in quotes, ": " */
    expect_place(c->name_place, 6, 19);
    expect_place(c->place, 6, 23);
    expect_place(c->next->name_place, 7, 1);
    expect_place(c->next->place, 7, 6);
    json_free(v);
}

static const struct refusal {
    const char *text;
    int line, column;
    const char *why;
} refusals[] = {
    {"", 1, 1, "there is no value in it"},
    {" \n  ", 2, 3, "there is no value in it"},
    {"[1,\n 2", 1, 1, "the array that begins here is never closed"},
    {"{\"a\":\n {\"b\":", 2, 2, "the object that begins here is never closed"},
    {"{\"a\":\n {\"b\"", 2, 2, "the object that begins here is never closed"},
    {"[\n{},", 1, 1, "the array that begins here is never closed"},
    {"[\n  \"abc\\n", 2, 3, "this string is never closed"},
    {"[\"ab\ncd\"]", 1, 5, "a string must end on its line (a line end in it is "
                           "written \\n)"},
    {"[1, 2,]", 1, 7, "a value is missing here"},
    {"[1,, 2]", 1, 4, "a value is missing here"},
    {"{\"a\": }", 1, 7, "a value is missing here"},
    {"{\"a\": 1,}", 1, 9, "there is a comma before the closing bracket"},
    {"{\"a\": 1, b: 2}", 1, 10, "here should be a name in double quotes"},
    {"{\"a\" 1}", 1, 6, "here should be a ':'"},
    {"{\"a\": 1\n \"b\": 2}", 2, 2, "here should be a ',' or a '}'"},
    {"[1\n 2]", 2, 2, "here should be a ',' or a ']'"},
    {"[1}", 1, 3, "here should be a ',' or a ']'"},
    {"[] x", 1, 4, "there is more behind the end of the value"},
    {"{\"a\": 'b'}", 1, 7, "strings stand in double quotes"},
    {"{ // a\n}", 1, 3, "JSON knows no comments"},
    {"{\"a\": 1, # a\n}", 1, 10, "JSON knows no comments"},
    {"[# a\n]", 1, 2, "JSON knows no comments"},
    {"[True]", 1, 2, "an unknown word: there are true, false and null only; "
                     "strings stand in double quotes"},
    {"[-]", 1, 3, "a digit is missing here"},
    {"[1.]", 1, 4, "a digit is missing here"},
    {"[1e+]", 1, 5, "a digit is missing here"},
    {"[007]", 1, 3, "a number has no leading zeros"},
    {"[+1]", 1, 2, "here should be a value"},
    {"[\"\xc3\xa9\\x\"]", 1, 4, "an unknown escape: after \\ comes one of "
                                "\" \\ / b f n r t u"},
    {"[\"\\u12g4\"]", 1, 3, "four hexadecimal digits must follow \\u"},
    {"[\"\\ud83d\"]", 1, 3, "half of a surrogate pair"},
    {"[\"\\ude00\"]", 1, 3, "half of a surrogate pair"},
    {"[\"\xc3\xa9\xe4\"]", 1, 4, "this is not UTF-8"},
    {"[\"a\tb\"]", 1, 4, "a control character in a string (write \\t, or \\u "
                         "and its number)"},
    {"\xef\xbb\xbf{}", 1, 1, "it begins with a byte order mark: save it "
                             "without one"},
};

static void a_refusal_says_where_and_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *r = &refusals[i];
        struct json_error error = {{0, 0}, NULL};

        assert_null(json_parse(r->text, strlen(r->text), &error));
        if (error.place.line != r->line || error.place.column != r->column ||
            strcmp(error.why, r->why) != 0)
            failure("%s\n  is refused at %d:%d: %s", r->text, error.place.line,
                    error.place.column, error.why);
    }
}

/* ---- numbers ------------------------------------------------------------ */

#define MAX "9223372036854775807"

static const struct scaled {
    const char *text;
    int places;
    enum json_fit fit;
    int64_t value;
} numbers[] = {
    {"0", 0, JSON_FITS, 0},
    {"-0", 0, JSON_FITS, 0},
    {"0.000", 0, JSON_FITS, 0},
    {"0e999999999999", 0, JSON_FITS, 0},
    {"0e-999999999999", 0, JSON_FITS, 0},
    {"1", 0, JSON_FITS, 1},
    {"-1", 0, JSON_FITS, -1},
    {"100", 0, JSON_FITS, 100},
    {"100.0", 0, JSON_FITS, 100},
    {"1e2", 0, JSON_FITS, 100},
    {"1E+2", 0, JSON_FITS, 100},
    {"10.50e1", 0, JSON_FITS, 105},
    {"1000000e-6", 0, JSON_FITS, 1},
    {"0.00000000000000000000000000001e29", 0, JSON_FITS, 1},
    {"100000000000000000000000000000e-29", 0, JSON_FITS, 1},
    {"1.5", 0, JSON_TOO_FINE, 0},
    {"1e-1", 0, JSON_TOO_FINE, 0},
    {"0.1", 0, JSON_TOO_FINE, 0},
    {"1e-999999999999", 0, JSON_TOO_FINE, 0},
    {"123456789012345678901.5", 0, JSON_TOO_FINE, 0},
    {"1.00000000000000000000000000001", 0, JSON_TOO_FINE, 0},
    {MAX, 0, JSON_FITS, INT64_MAX},
    {"-" MAX, 0, JSON_FITS, -INT64_MAX},
    {"9223372036854775808", 0, JSON_TOO_LARGE, 0},
    {"-9223372036854775809", 0, JSON_TOO_LARGE, 0},
    {"1e18", 0, JSON_FITS, 1000000000000000000},
    {"1e19", 0, JSON_TOO_LARGE, 0},
    {"1e999999999999999999999", 0, JSON_TOO_LARGE, 0},
    {"18446744073709551617", 0, JSON_TOO_LARGE, 0},
    {"0.25", 3, JSON_FITS, 250},
    {"2.5e-1", 3, JSON_FITS, 250},
    {"0.250", 3, JSON_FITS, 250},
    {"30", 3, JSON_FITS, 30000},
    {"0.0005", 3, JSON_TOO_FINE, 0},
    {"0.0010", 3, JSON_FITS, 1},
    {"9223372036854775.807", 3, JSON_FITS, INT64_MAX},
    {"9223372036854775.808", 3, JSON_TOO_LARGE, 0},
    {"9223372036854775807", 3, JSON_TOO_LARGE, 0},
};

static void numbers_are_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const struct scaled *n = &numbers[i];
        struct json_value *v = parse(n->text);
        int64_t value = 0;
        enum json_fit fit = json_scaled(v, n->places, &value);

        if (fit != n->fit || value != n->value)
            failure("%s with %d places: %d, %lld", n->text, n->places, fit,
                    (long long)value);
        json_free(v);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_text_becomes_a_tree),
        fixture_test(escapes_become_characters),
        fixture_test(a_nul_follows_every_text),
        fixture_test(a_name_that_comes_again_is_marked),
        fixture_test(every_value_and_name_knows_its_place),
        fixture_test(a_refusal_says_where_and_why),
        fixture_test(numbers_are_exact),
    };

    return fixture_run("json_tree", tests);
}
