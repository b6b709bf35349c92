/* labels: one canonical spelling, whatever is put in. */
#include "fixture.h"
#include "labels.h"

#include <string.h>

static void expect(const char *labels, const char *wanted)
{
    char got[LABELS_TEXT_MAX];

    assert_int_equal(labels_canonical(labels, got), 0);
    assert_string_equal(got, wanted);
}

static void refuse(const char *labels)
{
    char got[LABELS_TEXT_MAX];

    if (labels_canonical(labels, got) != -1)
        fail_msg("accepted as labels: %s", labels);
}

static void names_of_metrics_and_labels_are_checked(void **state)
{
    static const char *const good[] = {"a", "A9_", "_x", "lb_requests_total"};
    static const char *const bad[] = {"", "9a", "a-b", "a b", "a\xc3\xa4", "a="};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(labels_metric_name(good[i]));
        assert_true(labels_name(good[i], strlen(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(labels_metric_name(bad[i]));
        assert_false(labels_name(bad[i], strlen(bad[i])));
    }
    assert_true(labels_metric_name("job:rate:5m"));
    assert_false(labels_name("job:rate", 8));
    assert_false(labels_name("__name__", 8)); /* Prometheus' own */
}

static void one_set_of_labels_has_one_spelling(void **state)
{
    (void)state;
    expect(NULL, "");
    expect("", "");
    expect("a=\"1\"", "a=\"1\"");
    expect("b=\"2\",a=\"1\"", "a=\"1\",b=\"2\"");
    expect(" b = \"2\" , a=\"1\" , ", "a=\"1\",b=\"2\"");
    expect("ab=\"1\",a=\"2\",abc=\"3\"", "a=\"2\",ab=\"1\",abc=\"3\"");
    expect("a=\"\\\\ \\\" \\n\"", "a=\"\\\\ \\\" \\n\"");
    expect("a=\", b={}\"", "a=\", b={}\"");
}

static void an_empty_label_is_no_label(void **state)
{
    (void)state;
    expect("a=\"\"", "");
    expect("b=\"\",c=\"3\",a=\"1\"", "a=\"1\",c=\"3\"");
}

static void what_is_malformed_is_refused(void **state)
{
    static const char *const bad[] = {
        "a", "a=", "a=1", "a=\"", "a=\"1", "=\"1\"", ",", "a=\"1\",,b=\"2\"",
        "a=\"1\"b=\"2\"", "a=\"1\";", "9=\"1\"", "__a=\"1\"", "a-b=\"1\"",
        "a=\"1\",a=\"2\"", "a=\"1\",b=\"\",b=\"2\"", "a=\"\\x\"", "a=\"\\",
        "a=\"line\nend\"", "{a=\"1\"}", "a=\"1\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse(bad[i]);
}

static void values_are_utf8(void **state)
{
    static const char *const good[] = {
        "a=\"\xc3\xa4\"", "a=\"\xe2\x82\xac\"", "a=\"\xf0\x9f\x98\x80\"",
        "a=\"\xed\x9f\xbf\"", "a=\"\xf4\x8f\xbf\xbf\"", "a=\"\x7f\x01\""};
    static const char *const bad[] = {
        "a=\"\x80\"", "a=\"\xc3\"", "a=\"\xc3(\"", "a=\"\xc0\xaf\"",
        "a=\"\xe0\x80\xaf\"", "a=\"\xed\xa0\x80\"", "a=\"\xf0\x80\x80\xaf\"",
        "a=\"\xf4\x90\x80\x80\"", "a=\"\xff\"", "a=\"\xe2\x82", "a=\"\xf0"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        expect(good[i], good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        refuse(bad[i]);
}

static void there_are_bounds(void **state)
{
    char many[LABELS_TEXT_MAX] = "", text[2 * LABELS_TEXT_MAX];
    char out[LABELS_TEXT_MAX];

    (void)state;
    for (int i = 0; i < LABELS_MAX; i++) {
        char name[] = {'a', (char)('0' + i), '\0'};

        labels_add(many, name, "x");
    }
    assert_int_equal(labels_canonical(many, out), 0);
    strcat(many, ",z=\"1\"");
    refuse(many);

    memset(text, 'v', sizeof text);
    memcpy(text, "a=\"", 3);
    memcpy(text + LABELS_TEXT_MAX - 2, "\"", 2);
    assert_int_equal(labels_canonical(text, out), 0);
    assert_int_equal(strlen(out), LABELS_TEXT_MAX - 1);
    text[LABELS_TEXT_MAX - 2] = 'v';
    memcpy(text + LABELS_TEXT_MAX - 1, "\"", 2);
    refuse(text);
}

static void building_escapes(void **state)
{
    char out[LABELS_TEXT_MAX] = "";

    (void)state;
    labels_add(out, "b", "a\\b\"c\nd");
    labels_add(out, "a", "\xc3\xa4\xff\xe2\x82");
    assert_string_equal(out, "b=\"a\\\\b\\\"c\\nd\",a=\"\xc3\xa4???\"");
    expect(out, "a=\"\xc3\xa4???\",b=\"a\\\\b\\\"c\\nd\"");
}

static void what_is_built_from_any_bytes_is_well_formed(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char value[1200], built[LABELS_TEXT_MAX] = "", out[LABELS_TEXT_MAX];
        char again[LABELS_TEXT_MAX];
        size_t len = random_next(&seed) % sizeof value;

        for (size_t i = 0; i < len; i++)
            value[i] = (char)(random_next(&seed) % 255 + 1);
        value[len > 0 ? len - 1 : 0] = '\0';
        labels_add(built, "b", value);
        labels_add(built, "a", value + len / 2);
        assert_true(strlen(built) < LABELS_TEXT_MAX);
        assert_int_equal(labels_canonical(built, out), 0);
        assert_int_equal(labels_canonical(out, again), 0);
        assert_string_equal(again, out); /* the canonical form is its own */
    }
}

static void labels_are_found_by_name(void **state)
{
    struct slice value;

    (void)state;
    assert_true(labels_find("a=\"1\",le=\"2\"", "le", &value));
    assert_true(slice_equal(value, SLICE("2")));
    assert_true(labels_find("le=\"3\",z=\"\\\"\"", "le", &value));
    assert_true(slice_equal(value, SLICE("3")));
    assert_true(labels_find("le=\"3\",z=\"\\\"\"", "z", &value));
    assert_true(slice_equal(value, SLICE("\\\"")));
    assert_false(labels_find("", "le", &value));
    assert_false(labels_find("a=\"x,le=\",b=\"\\\",le=\\\"\"", "le", &value));
    assert_false(labels_find("ale=\"1\",lea=\"1\"", "le", &value));
}

static void no_byte_behind_the_text_is_read(void **state)
{
    static const char text[] = "b=\"\xf0\x9f\x98\x80\\n\", a=\"1\",";
    char out[LABELS_TEXT_MAX], copy[sizeof text];

    (void)state;
    for (size_t cut = 0; cut < sizeof text; cut++) {
        char *at;

        memcpy(copy, text, cut);
        copy[cut] = '\0';
        at = guard_copy(copy, cut + 1);
        labels_canonical(at, out);
        guard_free(at, cut + 1);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(names_of_metrics_and_labels_are_checked),
        fixture_test(one_set_of_labels_has_one_spelling),
        fixture_test(an_empty_label_is_no_label),
        fixture_test(what_is_malformed_is_refused),
        fixture_test(values_are_utf8),
        fixture_test(there_are_bounds),
        fixture_test(building_escapes),
        fixture_test(what_is_built_from_any_bytes_is_well_formed),
        fixture_test(labels_are_found_by_name),
        fixture_test(no_byte_behind_the_text_is_read),
    };

    return fixture_run("labels", tests);
}
