#include "fixture.h"
#include "slice.h"

#include <string.h>

static void expect(struct slice got, const char *wanted)
{
    assert_int_equal(got.len, strlen(wanted));
    assert_memory_equal(got.at, wanted, got.len);
}

static void a_slice_says_where_and_how_long(void **state)
{
    (void)state;
    expect(slice_of("text"), "text");
    expect(slice_of(""), "");
    expect(SLICE("text"), "text");
    /* A NUL inside is a byte like any other. */
    assert_int_equal(SLICE("a\0b").len, 3);
    assert_false(slice_equal(SLICE("a\0b"), SLICE("a\0c")));
}

static void compares(void **state)
{
    static const struct {
        const char *a, *b;
        int equal, equal_nocase;
    } cases[] = {
        {"", "", 1, 1},
        {"Host", "Host", 1, 1},
        {"Host", "host", 0, 1},
        {"HOST", "hOsT", 0, 1},
        {"Host", "Hos", 0, 0},
        {"Host", "Hosts", 0, 0},
        {"az", "AZ", 0, 1},
        {"@", "`", 0, 0},       /* they differ by the bit that letters do */
        {"[", "{", 0, 0},
        {"\xc4", "\xe4", 0, 0}, /* ASCII only: not even A with dots */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice a = slice_of(cases[i].a), b = slice_of(cases[i].b);

        assert_int_equal(slice_equal(a, b), cases[i].equal);
        assert_int_equal(slice_equal(b, a), cases[i].equal);
        assert_int_equal(slice_equal_nocase(a, b), cases[i].equal_nocase);
        assert_int_equal(slice_equal_nocase(b, a), cases[i].equal_nocase);
    }
}

static void an_empty_slice_may_point_nowhere(void **state)
{
    struct slice none = {NULL, 0}, element;
    uint64_t number;

    (void)state;
    assert_true(slice_equal(none, SLICE("")));
    assert_true(slice_equal(none, none));
    assert_true(slice_equal_nocase(none, none));
    assert_int_equal(slice_trim(none).len, 0);
    assert_false(slice_next_element(&none, &element));
    assert_int_equal(slice_number(none, 9, &number), -1);
}

static void trims_spaces_and_tabs_only(void **state)
{
    static const struct {
        const char *text, *trimmed;
    } cases[] = {
        {"a", "a"},           {"  a b\t ", "a b"}, {"\t\t", ""},
        {"", ""},             {" \r ", "\r"},      {"\va", "\va"},
        {"a\n", "a\n"},       {" a", "a"},         {"a ", "a"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(slice_trim(slice_of(cases[i].text)), cases[i].trimmed);
}

/* The elements, joined with '|', one '|' behind each. */
static const char *elements(const char *text, char out[64])
{
    struct slice list = slice_of(text), element;
    size_t n = 0;

    while (slice_next_element(&list, &element)) {
        memcpy(out + n, element.at, element.len);
        n += element.len;
        out[n++] = '|';
    }
    out[n] = '\0';
    return out;
}

static void cuts_lists_at_commas(void **state)
{
    static const struct {
        const char *list, *elements;
    } cases[] = {
        {"", ""},
        {"close", "close|"},
        {"a,b", "a|b|"},
        {" a ,\tb c , d", "a|b c|d|"},
        {"a,,b", "a||b|"},
        {",a", "|a|"},
        {"a,", "a|"},
    };
    char out[64];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(elements(cases[i].list, out), cases[i].elements);
}

static void reads_numbers_strictly(void **state)
{
    static const struct {
        const char *text;
        uint64_t max;
        int result;
        uint64_t number;
    } cases[] = {
        {"0", 0, 0, 0},
        {"1", 0, -1, 0},
        {"7", 7, 0, 7},
        {"8", 7, -1, 0},
        {"007", 7, 0, 7},
        {"65535", 65535, 0, 65535},
        {"65536", 65535, -1, 0},
        {"70000", 65535, -1, 0},
        {"", 9, -1, 0},
        {"-1", 9, -1, 0},
        {"+1", 9, -1, 0},
        {" 1", 9, -1, 0},
        {"1 ", 9, -1, 0},
        {"0x1", 9, -1, 0},
        {"1.0", 99, -1, 0},
        {"80x", 999, -1, 0},
        {"\xb1", 9, -1, 0},
        {"9223372036854775807", INT64_MAX, 0, INT64_MAX},
        {"9223372036854775808", INT64_MAX, -1, 0},
        {"18446744073709551615", UINT64_MAX, 0, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, -1, 0},
        {"99999999999999999999", UINT64_MAX, -1, 0},
        {"100000000000000000000000000", UINT64_MAX, -1, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t number = 4711;

        assert_int_equal(slice_number(slice_of(cases[i].text), cases[i].max,
                                      &number),
                         cases[i].result);
        /* What could not be read leaves the number alone. */
        assert_true(number == (cases[i].result == 0 ? cases[i].number : 4711));
    }
}

static void reads_no_byte_behind(void **state)
{
    static const char text[] = "12,34";
    char *at = guard_copy(text, sizeof text - 1);
    struct slice list = {at, sizeof text - 1}, element;
    uint64_t number;

    (void)state;
    for (size_t cut = 0; cut < sizeof text; cut++) {
        struct slice s = {at + cut, sizeof text - 1 - cut};

        slice_trim(s);
        slice_number(s, UINT64_MAX, &number);
        slice_equal_nocase(s, s);
    }
    while (slice_next_element(&list, &element))
        assert_int_equal(element.len, 2);
    guard_free(at, sizeof text - 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_slice_says_where_and_how_long),
        fixture_test(compares),
        fixture_test(an_empty_slice_may_point_nowhere),
        fixture_test(trims_spaces_and_tabs_only),
        fixture_test(cuts_lists_at_commas),
        fixture_test(reads_numbers_strictly),
        fixture_test(reads_no_byte_behind),
    };

    return fixture_run("slice", tests);
}
