/* Every row of the table: what it allows at its bounds, what it refuses beyond
 * them, and what it refuses of another type. */
#include "config_table.h"
#include "config_texts.h"

#include <inttypes.h>

static int is_number(const struct config_key *key)
{
    return key->type <= CONFIG_WORKERS;
}

static int is_text(const struct config_key *key)
{
    return key->type >= CONFIG_TEXT && key->type <= CONFIG_HASH_KEY;
}

static int is_in(const struct config_key *key, const char *section)
{
    return strcmp(key->section, section) == 0;
}

/* ---- a file that gives one key ------------------------------------------ */

static const char *number(const struct config_key *key, int64_t value)
{
    static char texts[4][40]; /* good until the fourth call */
    static int next;
    char *text = texts[next++ % 4];

    if (config_places(key->type) == 3)
        snprintf(text, sizeof texts[0], "%" PRId64 "e-3", value);
    else
        snprintf(text, sizeof texts[0], "%" PRId64, value);
    return text;
}

/* A value that is good for a required key. */
static const char *sample(const struct config_key *key)
{
    if (key->type == CONFIG_BACKENDS)
        return "[{\"host\": \"h\", \"port\": 9}]";
    return is_number(key) ? number(key, key->max)
                          : key->type == CONFIG_HOST ? "\"h\"" : "\"/\"";
}

/* "NAME": VALUE, and the keys that the section requires beside it */
static void put_members(char *out, const struct config_key *key,
                        const char *value)
{
    out += sprintf(out, "\"%s\": %s", key->name, value);
    for (int i = 0; i < config_key_count; i++) {
        const struct config_key *other = &config_keys[i];

        if (other != key && is_in(other, key->section) &&
            other->preset == CONFIG_REQUIRED)
            out += sprintf(out, ", \"%s\": %s", other->name, sample(other));
    }
}

static const char *document(const struct config_key *key, const char *value)
{
    static char text[4096], members[3000];

    put_members(members, key, value);
    if (is_in(key, CONFIG_TOP))
        snprintf(text, sizeof text, "{%s}", members);
    else if (is_in(key, CONFIG_BACKEND))
        snprintf(text, sizeof text,
                 "{\"listen_port\": 1, \"backends\": [{%s}]}", members);
    else
        snprintf(text, sizeof text,
                 "{\"%s\": {%s}, \"listen_port\": 0, " BACKENDS "}",
                 key->section, members);
    return text;
}

static const char *path(const struct config_key *key)
{
    static char text[80];
    const char *section = is_in(key, CONFIG_BACKEND) ? "backends[0]"
                                                     : key->section;

    snprintf(text, sizeof text, "%s%s%s", section,
             section[0] != '\0' ? "." : "", key->name);
    return text;
}

/* ---- what comes of it --------------------------------------------------- */

static void *field(config_t *cfg, const struct config_key *key)
{
    char *base = is_in(key, CONFIG_BACKEND) ? (char *)&cfg->backends[0]
                                            : (char *)cfg;

    return base + key->offset;
}

static void expect_number(const struct config_key *key, int64_t value)
{
    config_t *cfg = good_config(document(key, number(key, value)));
    void *found = field(cfg, key);

    if (key->type == CONFIG_SIZE)
        assert_true(*(uint64_t *)found == (uint64_t)value);
    else if (key->type == CONFIG_RATE)
        assert_true(*(double *)found == (double)value / 1000);
    else
        assert_int_equal(*(int *)found, value);
    config_free(cfg);
}

/* Exactly one fault, with the path of the key, that ends so. */
static void expect_refused(const struct config_key *key, const char *value,
                           const char *end)
{
    config_t *cfg = config_parse("f", document(key, value),
                                 strlen(document(key, value)));
    const char *line = config_error(cfg, 0), *found;
    char begin[100];

    snprintf(begin, sizeof begin, ": %s: ", path(key));
    found = line != NULL ? strstr(line, begin) : NULL;
    if (found == NULL || config_error(cfg, 1) != NULL ||
        strlen(line) < strlen(end) ||
        strcmp(line + strlen(line) - strlen(end), end) != 0)
        failure("%s\n  expected%s... %s\n  found:\n%s", document(key, value),
                begin, end, faults_of(cfg));
    config_free(cfg);
}

static void numbers_are_taken_up_to_their_bounds(void **state)
{
    (void)state;
    for (int i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        char end[80] = "is not in ";

        if (!is_number(key))
            continue;
        config_range(key, end + strlen(end));
        expect_number(key, key->min);
        expect_number(key, key->min + 1);
        expect_number(key, key->max);
        expect_refused(key, number(key, key->min - 1), end);
        expect_refused(key, number(key, key->max + 1), end);
        expect_refused(key, "-1", end);
        expect_refused(key, "1e30", end);
    }
}

static void numbers_are_as_fine_as_their_unit(void **state)
{
    (void)state;
    for (int i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];

        if (is_number(key))
            expect_refused(key, "1.0001", config_places(key->type) == 3
                                              ? "has more than three places"
                                              : "is no integer");
    }
}

static void texts_are_taken_up_to_their_length(void **state)
{
    static char text[1100], end[80];

    (void)state;
    for (int i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];

        if (!is_text(key))
            continue;
        memset(text, 'a', sizeof text);
        memcpy(text, "\"/", 2);
        text[key->max + 1] = '"';
        text[key->max + 2] = '\0';
        if (key->type == CONFIG_TEXT || key->type == CONFIG_PATH) {
            config_t *cfg = good_config(document(key, text));

            assert_int_equal(strlen(field(cfg, key)), key->max);
            config_free(cfg);
        }
        memcpy(text + key->max + 1, "a\"", 3);
        snprintf(end, sizeof end, "longer than %d bytes", (int)key->max);
        expect_refused(key, text, end);
        expect_refused(key, "\"\"", "it is empty");
        expect_refused(key, "\"/a\\n\"", "\"/a?\" holds a control character");
        expect_refused(key, "\"/\\u0000\"", "holds a control character");
        expect_refused(key, "\"/\\u007f\"", "holds a control character");
    }
}

/* ---- another type ------------------------------------------------------- */

static const struct {
    const char *text, *called;
} values[] = {
    {"null", "null"}, {"true", "true or false"}, {"1", "a number"},
    {"\"x\"", "a string"}, {"[1]", "an array"}, {"{\"port\": 1}", "an object"},
};

/* Whether a value of that type may be right. */
static int may_be(const struct config_key *key, const char *called)
{
    int is_array = key->type == CONFIG_PROXIES || key->type == CONFIG_BACKENDS;
    int is_object = key->type == CONFIG_SECTION ||
                    key->type == CONFIG_SECTION_OR_TEXT;

    if (is_number(key))
        return strcmp(called, "a number") == 0 ||
               (key->type == CONFIG_WORKERS && strcmp(called, "a string") == 0);
    if (key->type == CONFIG_BOOLEAN)
        return strcmp(called, "true or false") == 0;
    if (is_array)
        return strcmp(called, "an array") == 0;
    if (is_object)
        return strcmp(called, "an object") == 0 ||
               (key->type == CONFIG_SECTION_OR_TEXT &&
                strcmp(called, "a string") == 0);
    return strcmp(called, "a string") == 0;
}

static void another_type_is_refused(void **state)
{
    char end[80];

    (void)state;
    for (int i = 0; i < config_key_count; i++)
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            if (may_be(&config_keys[i], values[k].called))
                continue;
            snprintf(end, sizeof end, " is wanted, not %s", values[k].called);
            expect_refused(&config_keys[i], values[k].text, end);
        }
}

/* ---- the table itself --------------------------------------------------- */

static void what_is_required_is_missed(void **state)
{
    (void)state;
    expect_faults("{}", "lb.json:1:1: listen_port is missing\n"
                        "lb.json:1:1: backends is missing\n");
    expect_faults("{\"listen_port\": 1, \"backends\": [ {}]}",
                  "lb.json:1:34: backends[0].host is missing\n"
                  "lb.json:1:34: backends[0].port is missing\n");
    expect_faults("{" LEAST ",\n\"admin\": {}, \"static\": {},\n"
                  "\"rate_limit\": {}, \"access_log\": {}}",
                  "lb.json:2:10: admin.port is missing\n"
                  "lb.json:2:24: static.prefix is missing\n"
                  "lb.json:2:24: static.root is missing\n"
                  "lb.json:3:15: rate_limit.per_ip is missing\n"
                  "lb.json:3:33: access_log.path is missing\n");
}

static void no_key_stands_twice_and_each_has_its_section(void **state)
{
    (void)state;
    for (int i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];

        assert_ptr_equal(config_find(key->section, slice_of(key->name)), key);
        assert_ptr_equal(config_nearest(key->section, slice_of(key->name)),
                         key);
        assert_true(strlen(key->name) < 32);
        if (is_in(key, CONFIG_TOP))
            continue;
        if (!is_in(key, CONFIG_BACKEND))
            assert_non_null(config_find(CONFIG_TOP, slice_of(key->section)));
    }
    assert_null(config_find(CONFIG_TOP, SLICE("ttl")));
    assert_null(config_find("pool", SLICE("")));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(numbers_are_taken_up_to_their_bounds),
        fixture_test(numbers_are_as_fine_as_their_unit),
        fixture_test(texts_are_taken_up_to_their_length),
        fixture_test(another_type_is_refused),
        fixture_test(what_is_required_is_missed),
        fixture_test(no_key_stands_twice_and_each_has_its_section),
    };

    return fixture_run("config_keys", tests);
}
