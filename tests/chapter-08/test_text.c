/* text: bytes put together in memory. */
#include "fixture.h"
#include "text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void expect(struct text *t, const char *wanted)
{
    assert_false(t->failed);
    assert_int_equal(t->len, strlen(wanted));
    assert_memory_equal(t->at, wanted, t->len);
    t->len = 0;
}

static void grows_as_needed(void **state)
{
    struct text t = {0};
    char piece[700];

    (void)state;
    memset(piece, 'x', sizeof piece);
    for (int i = 0; i < 1000; i++)
        text_add(&t, piece, sizeof piece);
    assert_false(t.failed);
    assert_int_equal(t.len, 700000);
    for (size_t i = 0; i < t.len; i++)
        assert_int_equal(t.at[i], 'x');
    text_free(&t);
    assert_null(t.at);
}

static void prints_what_is_longer_than_it_guessed(void **state)
{
    struct text t = {0};
    char wanted[3001];

    (void)state;
    text_print(&t, "%d-%s", 42, "x");
    expect(&t, "42-x");
    memset(wanted, 'y', 3000);
    wanted[3000] = '\0';
    text_print(&t, "%s", wanted);
    expect(&t, wanted);
    text_free(&t);
}

static void numbers_are_as_short_as_they_can_be(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},         {1, "1"},          {0.1, "0.1"},
                 {0.0005, "0.0005"}, {-2.5, "-2.5"},  {1e300, "1e+300"},
                 {123456789012, "123456789012"},      {1e15, "1e+15"},
                 {INFINITY, "+Inf"}, {-INFINITY, "-Inf"}, {NAN, "NaN"}};
    struct text t = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        text_number(&t, cases[i].value);
        expect(&t, cases[i].text);
    }
    text_free(&t);
}

static void every_number_reads_back(void **state)
{
    uint32_t seed = random_seed();
    struct text t = {0};

    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = (uint64_t)random_next(&seed) << 32 | random_next(&seed);
        double value;

        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        t.len = 0;
        text_number(&t, value);
        text_add(&t, "", 1);
        assert_true(strtod(t.at, NULL) == value);
    }
    text_free(&t);
}

static void whole_numbers_have_as_many_digits_as_asked_for(void **state)
{
    struct text t = {0};

    (void)state;
    text_count(&t, 0, 1);
    expect(&t, "0");
    text_count(&t, 0, 6);
    expect(&t, "000000");
    text_count(&t, 1234, 6);
    expect(&t, "001234");
    text_count(&t, 1234567, 6);
    expect(&t, "1234567");
    text_count(&t, UINT64_MAX, 1);
    expect(&t, "18446744073709551615");
    text_count(&t, 7, 20);
    expect(&t, "00000000000000000007");
    text_free(&t);
}

static void json_is_one_line_of_ascii(void **state)
{
    struct text t = {0};

    (void)state;
    text_json(&t, "a\"b\\c\nd\x7f\xff\0e", 11);
    expect(&t, "\"a\\\"b\\\\c\\u000ad\\u007f\\u00ff\\u0000e\"");
    text_json_number(&t, NAN);
    expect(&t, "null");
    text_json_number(&t, 1.5);
    expect(&t, "1.5");
    text_free(&t);
}

static void a_lack_of_memory_is_noted_once_for_all(void **state)
{
    struct text t = {0};
    static const char byte;

    (void)state;
    text_put(&t, "there");
    text_add(&t, &byte, SIZE_MAX - 3); /* not copied: there is no such memory */
    assert_true(t.failed);
    text_put(&t, "more");
    assert_int_equal(t.len, 5);
    text_free(&t);
    assert_false(t.failed);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(grows_as_needed),
        fixture_test(prints_what_is_longer_than_it_guessed),
        fixture_test(numbers_are_as_short_as_they_can_be),
        fixture_test(every_number_reads_back),
        fixture_test(whole_numbers_have_as_many_digits_as_asked_for),
        fixture_test(json_is_one_line_of_ascii),
        fixture_test(a_lack_of_memory_is_noted_once_for_all),
    };

    return fixture_run("text", tests);
}
