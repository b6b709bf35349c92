#include "failure.h"
#include "fixture.h"
#include "json.h"

#include <stdio.h>
#include <string.h>

/* Parses a text that ends at a guard page. */
static struct json_value *parse(const char *text, size_t len,
                                struct json_error *error)
{
    char *copy = guard_copy(text, len);
    struct json_value *v = json_parse(copy, len, error);

    guard_free(copy, len);
    return v;
}

static void expect_accepted(const char *text, size_t len)
{
    struct json_error error = {{0, 0}, NULL};
    struct json_value *v = parse(text, len, &error);
    char shown[200];

    if (v == NULL)
        failure("%s is refused at %d:%d: %s",
                escaped(text, len, shown, sizeof shown), error.place.line,
                error.place.column, error.why);
    json_free(v);
}

static void expect_refused(const char *text, size_t len)
{
    struct json_error error = {{0, 0}, NULL};
    struct json_value *v = parse(text, len, &error);
    char shown[200];

    if (v != NULL)
        failure("%s is accepted", escaped(text, len, shown, sizeof shown));
    assert_non_null(error.why);
    assert_true(error.place.line >= 1 && error.place.column >= 1);
}

/* ---- what must be accepted, what must be refused ------------------------ */

#define TEXT(literal) {(literal), sizeof(literal) - 1}

static const struct slice accepted[] = {
    /* any value may be the outermost */
    TEXT("null"), TEXT("true"), TEXT("false"), TEXT("0"), TEXT("-1"),
    TEXT("\"\""), TEXT("\"a\""), TEXT("[]"), TEXT("{}"),
    TEXT(" \t\r\n[] \t\r\n"), TEXT("\n\n42\n"),
    /* arrays */
    TEXT("[1]"), TEXT("[1,2,3]"), TEXT("[[]]"), TEXT("[[],[[]],{}]"),
    TEXT("[null, 1, \"1\", {}]"), TEXT("[ 1 , 2 ]"), TEXT("[1\n]"),
    TEXT("[\"\"]"), TEXT("[ [ ] , [ ] ]"),
    /* objects */
    TEXT("{\"a\":1}"), TEXT("{\"\":0}"), TEXT("{\"a\":[]}"),
    TEXT("{\"a\":{\"b\":{}}}"), TEXT("{ \"a\" : 1 , \"b\" : 2 }"),
    TEXT("{\"a\":1,\"a\":1}"), TEXT("{\"a\":\"b\",\"a\":\"c\"}"),
    TEXT("{\"a\\u0000b\":1}"), TEXT("{\n\"a\"\n:\n1\n}"),
    /* numbers */
    TEXT("-0"), TEXT("[0,-0,0.0,-0.0,0e0,0E-0,0e+0]"), TEXT("10"),
    TEXT("123456789012345678901234567890"), TEXT("1.5"), TEXT("-1.5e10"),
    TEXT("1e1"), TEXT("1E+2"), TEXT("1e-2"), TEXT("1.0E00"), TEXT("0e1"),
    TEXT("-0.000000000000000000000000000000000000000000000000000000000000001"),
    TEXT("1e400"), TEXT("-1e9999999999999999999"), TEXT("1e-99999"),
    /* strings */
    TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), TEXT("\"/\""), TEXT("\"\x7f\""),
    TEXT("\"\\u0060\\u012a\\u12AB\""), TEXT("\"\\u0000\""), TEXT("\"\\u0022\""),
    TEXT("\"\\uD801\\udc37\""), TEXT("\"\\uDBFF\\uDFFE\""),
    TEXT("\"\\ud83d\\ude39\\ud83d\\udc8d\""), TEXT("\"\\\\u0000\""),
    TEXT("\"\\uFFFE\\uFFFF\""), TEXT("\"\\\\a\""), TEXT("\"a/*b*/c/*d//e\""),
    TEXT("\"\xc2\x80\xdf\xbf\""), TEXT("\"\xe0\xa0\x80\xef\xbf\xbf\""),
    TEXT("\"\xed\x9f\xbf\xee\x80\x80\""), TEXT("\"\xef\xbb\xbf\""),
    TEXT("\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""), TEXT("\"\xe2\x80\xa8\""),
};

static const struct slice refused[] = {
    TEXT(""), TEXT(" "), TEXT("\n"), TEXT("\xef\xbb\xbf"),
    TEXT("\xef\xbb\xbf{}"), TEXT("\xff\xfe{\0}\0"), TEXT("\0{\0}"),
    /* words */
    TEXT("nul"), TEXT("nulls"), TEXT("True"), TEXT("TRUE"), TEXT("tru"),
    TEXT("true1"), TEXT("truefalse"), TEXT("undefined"), TEXT("NaN"),
    TEXT("Infinity"), TEXT("-Infinity"), TEXT("-NaN"), TEXT("a"),
    TEXT("n\0ll"), TEXT("\xc3\xa5"), TEXT("true\0"), TEXT("yes"),
    /* arrays */
    TEXT("["), TEXT("]"), TEXT("[[]"), TEXT("[]]"), TEXT("[,]"), TEXT("[1,]"),
    TEXT("[,1]"), TEXT("[1,,2]"), TEXT("[1 2]"), TEXT("[1"), TEXT("[1,"),
    TEXT("[1,\n1\n,1"), TEXT("[\"a\" \"b\"]"), TEXT("[1:2]"), TEXT("[}"),
    TEXT("[1}"), TEXT("[\"\": 1]"), TEXT("[*]"), TEXT("[{]"), TEXT("[1]x"),
    TEXT("[][]"), TEXT("[\"\",]"), TEXT("[\v1]"), TEXT("[\f]"), TEXT("<>"),
    TEXT("[\"a\",\n4\n,1,"), TEXT("[1,]\n"), TEXT("[3[4]]"),
    TEXT("[\xe2\x81\xa0]"),
    /* objects */
    TEXT("{"), TEXT("}"), TEXT("{]"), TEXT("{,}"), TEXT("{\"a\"}"),
    TEXT("{\"a\":}"), TEXT("{\"a\":1,}"), TEXT("{\"a\" 1}"), TEXT("{:1}"),
    TEXT("{\"a\"::1}"), TEXT("{\"a\":1 \"b\":2}"), TEXT("{\"a\":1,,\"b\":2}"),
    TEXT("{a:1}"), TEXT("{'a':1}"), TEXT("{1:1}"), TEXT("{null:1}"),
    TEXT("{\"a\",1}"), TEXT("{\"a\":1"), TEXT("{\"a\":"), TEXT("{\"a\""),
    TEXT("{\"a"), TEXT("{\"a\":1}}"), TEXT("{\"a\":1}#"), TEXT("{\"a\":1}/**/"),
    TEXT("{\"a\":1}//"), TEXT("{\"a\":/**/1}"), TEXT("{\"a\":1/**/}"),
    TEXT("{[]:1}"), TEXT("{\"a\":1,\"b\"}"), TEXT("{\"a\":1,\"b\":"),
    TEXT("{\"a\":1]"), TEXT("{\"a\":\"b\",\"c\""), TEXT("{ \"a\" : 1, # c\n }"),
    /* numbers */
    TEXT("-"), TEXT("+1"), TEXT("01"), TEXT("-01"), TEXT("00"), TEXT("1."),
    TEXT(".1"), TEXT("-.1"), TEXT("1.e1"), TEXT("1e"), TEXT("1e+"), TEXT("1E-"),
    TEXT("1e1.5"), TEXT("1.5.5"), TEXT("--1"), TEXT("- 1"), TEXT("0x1"),
    TEXT("1a"), TEXT("1 000"), TEXT("1_000"), TEXT("1,000"), TEXT("-a"),
    TEXT("[1+2]"), TEXT("1e1e1"), TEXT("0.e1"), TEXT("2.e+3"), TEXT("123\0"),
    TEXT("\xef\xbc\x91"), TEXT("0.1.2"), TEXT("-012"), TEXT("9.e"), TEXT("1ea"),
    /* strings */
    TEXT("\""), TEXT("\"a"), TEXT("a\""), TEXT("'a'"), TEXT("\"\\"),
    TEXT("\"\\\""), TEXT("\"\\a\""), TEXT("\"\\x00\""), TEXT("\"\\'\""),
    TEXT("\"\\U0041\""), TEXT("\"\\0\""), TEXT("\"\\\0\""), TEXT("\"\\u\""),
    TEXT("\"\\u1\""), TEXT("\"\\u12\""), TEXT("\"\\u123\""), TEXT("\"\\u123"),
    TEXT("\"\\u123g\""), TEXT("\"\\u 123\""), TEXT("\"\\u+123\""),
    TEXT("\"\\uD834\\uDd\""), TEXT("\"\\uD800\""), TEXT("\"\\uDC00\""),
    TEXT("\"\\uD800a\""), TEXT("\"\\uD800\\n\""), TEXT("\"\\uD800\\u0041\""),
    TEXT("\"\\uD800\\uD800\""), TEXT("\"\\uDC00\\uD800\""), TEXT("\"\\uD800\\"),
    TEXT("\"\\uD800\\u"), TEXT("\"\t\""), TEXT("\"\n\""), TEXT("\"\r\""),
    TEXT("\"\x1f\""), TEXT("\"\0\""), TEXT("\"a\0b\""), TEXT("\"\\\xc3\xa5\""),
    TEXT("\"a\"b"), TEXT("\"a\" \"b\""), TEXT("\\u0020\"a\""),
    /* not UTF-8 */
    TEXT("\"\x80\""), TEXT("\"\xbf\""), TEXT("\"\xc3\""), TEXT("\"\xc3"),
    TEXT("\"\xc0\x80\""), TEXT("\"\xc1\xbf\""), TEXT("\"\xe0\x80\x80\""),
    TEXT("\"\xe0\x9f\xbf\""), TEXT("\"\xed\xa0\x80\""),
    TEXT("\"\xed\xbf\xbf\""),
    TEXT("\"\xf0\x8f\xbf\xbf\""), TEXT("\"\xf4\x90\x80\x80\""),
    TEXT("\"\xf5\x80\x80\x80\""), TEXT("\"\xff\""), TEXT("\"\xfe\""),
    TEXT("\"\xe2\x82\""), TEXT("\"\xe2\x82"), TEXT("\"\xf0\x9f\x98\""),
    TEXT("\"\xf8\x88\x80\x80\x80\""), TEXT("\"\xe4\""),
    TEXT("\"\xc3\xc3\xa5\""),
    TEXT("\"\xf0\x9f\x98\xc0\""), TEXT("[\"\\u0041\xe5\"]"),
    /* a byte outside of strings */
    TEXT("[\0]"), TEXT("\0"), TEXT("1\0"), TEXT("[\xc2\xa0]"), TEXT("[\x7f]"),
    TEXT("[1]\xe5"), TEXT("\xe5"), TEXT("&"), TEXT("(1)"), TEXT(";"),
    TEXT("1;"),
};

static void accepts_what_the_grammar_allows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++)
        expect_accepted(accepted[i].at, accepted[i].len);
}

static void refuses_all_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        expect_refused(refused[i].at, refused[i].len);
}

/* A number alone is the exception: 12 is whole, and so is 123. */
static void no_beginning_of_a_text_is_a_text(void **state)
{
    static const struct slice whole[] = {
        TEXT("{\"a\": [1, -2.5e+3, true, null], \"\\u00e9\\n\": {\"\": []}}"),
        TEXT("[\"\\ud83d\\ude00\xf0\x9f\x98\x80\xc3\xa9\", [[{}]], \"\\\\\"]"),
        TEXT("\"\\u0041\\\"x\""), TEXT("null"), TEXT("false"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        expect_accepted(whole[i].at, whole[i].len);
        for (size_t cut = 0; cut < whole[i].len; cut++)
            expect_refused(whole[i].at, cut);
    }
}

/* Any byte, anywhere: a verdict, and no byte read behind the end. */
static void any_change_of_a_byte_gets_a_verdict(void **state)
{
    static const char text[] =
        "{\"a\":[1,2.5e1],\"b\\u00e9\\ud83d\\ude00\":\"\xc3\xa9\",\"c\":null}";
    struct json_error error;
    char copy[sizeof text];

    (void)state;
    for (size_t i = 0; i < sizeof text - 1; i++)
        for (int c = 0; c < 256; c++) {
            memcpy(copy, text, sizeof text);
            copy[i] = (char)c;
            json_free(json_parse(copy, sizeof text - 1, &error));
        }
}

/* ---- limits ------------------------------------------------------------- */

static char large[JSON_TEXT_MAX + 2];

static void brackets_may_be_128_deep(void **state)
{
    struct json_error error;

    (void)state;
    memset(large, '[', JSON_DEPTH_MAX);
    memset(large + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    expect_accepted(large, (size_t)2 * JSON_DEPTH_MAX);
    memset(large, '[', JSON_DEPTH_MAX + 1);
    memset(large + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    assert_null(parse(large, (size_t)2 * JSON_DEPTH_MAX + 2, &error));
    assert_string_equal(error.why, "brackets within brackets, too deep");
    assert_int_equal(error.place.column, JSON_DEPTH_MAX + 1);
}

static void a_million_brackets_are_refused(void **state)
{
    (void)state;
    memset(large, '[', JSON_TEXT_MAX);
    expect_refused(large, JSON_TEXT_MAX);
    for (size_t i = 0; i + 5 <= JSON_TEXT_MAX; i += 5)
        memcpy(large + i, "{\"\":", 5);
    expect_refused(large, JSON_TEXT_MAX);
}

static void a_text_has_1_mib_and_not_a_byte_more(void **state)
{
    struct json_error error;

    (void)state;
    memset(large, ' ', sizeof large);
    memcpy(large, "[]", 2);
    expect_accepted(large, JSON_TEXT_MAX);
    assert_null(json_parse(large, JSON_TEXT_MAX + 1, &error));
    assert_string_equal(error.why, "larger than 1 MiB");
    memset(large, 'x', sizeof large);
    large[0] = large[JSON_TEXT_MAX - 1] = '"';
    expect_accepted(large, JSON_TEXT_MAX);
    memset(large, '1', sizeof large);
    expect_accepted(large, JSON_TEXT_MAX);
}

/* Names are compared in n log n: one by one this would take minutes. */
static void a_hundred_thousand_members_are_no_trouble(void **state)
{
    struct json_error error;
    struct json_value *v;
    size_t len = 1;
    int count = 100000;

    (void)state;
    large[0] = '{';
    for (int i = 0; i < count; i++)
        len += (size_t)snprintf(large + len, 16, "\"%x\":0,", i);
    large[len - 1] = '}';
    v = json_parse(large, len, &error);
    assert_non_null(v);
    assert_int_equal(v->count, count);
    for (const struct json_value *m = v->first; m != NULL; m = m->next)
        assert_false(m->is_repeated);
    json_free(v);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(accepts_what_the_grammar_allows),
        fixture_test(refuses_all_else),
        fixture_test(no_beginning_of_a_text_is_a_text),
        fixture_test(any_change_of_a_byte_gets_a_verdict),
        fixture_test(brackets_may_be_128_deep),
        fixture_test(a_million_brackets_are_refused),
        fixture_test(a_text_has_1_mib_and_not_a_byte_more),
        fixture_test(a_hundred_thousand_members_are_no_trouble),
    };

    return fixture_run("json", tests);
}
