#include "authority.h"
#include "fixture.h"

#include <string.h>

#define DEFAULT 80

static const struct {
    const char *text;
    const char *host; /* NULL: refused */
    int port;         /* -1: none is given */
} cases[] = {
    {"example.com:80", "example.com", 80},
    {"example.com", "example.com", -1},
    {"localhost:0", "localhost", 0},
    {"127.0.0.1:65535", "127.0.0.1", 65535},
    {"a:080", "a", 80},
    {"a_b-c.d~e:1", "a_b-c.d~e", 1},
    {"x%20y!$&'()*+,;=:1", "x%20y!$&'()*+,;=", 1},
    {"[::1]:9001", "::1", 9001},
    {"[::1]", "::1", -1},
    {"[::ffff:127.0.0.1]:80", "::ffff:127.0.0.1", 80},
    {"[2001:DB8::a]:443", "2001:DB8::a", 443},
    /* no host */
    {"", NULL, 0},
    {":80", NULL, 0},
    {"[]:80", NULL, 0},
    {"[]", NULL, 0},
    {"[", NULL, 0},
    {"]", NULL, 0},
    /* brackets */
    {"[::1", NULL, 0},
    {"::1]:80", NULL, 0},
    {"::1", NULL, 0}, /* no brackets: where would the port begin? */
    {"[::1]80", NULL, 0},
    {"[::1]x:80", NULL, 0},
    {"[[::1]]:80", NULL, 0},
    {"[example.com]:80", NULL, 0},
    {"[fe80::1%eth0]:80", NULL, 0},
    {"x[::1]:80", NULL, 0},
    /* ports */
    {"a:", NULL, 0},
    {"a:65536", NULL, 0},
    {"a:70000", NULL, 0},
    {"a:80x", NULL, 0},
    {"a:-1", NULL, 0},
    {"a:+1", NULL, 0},
    {"a: 80", NULL, 0},
    {"a:80 ", NULL, 0},
    {"a:80:81", NULL, 0},
    {"a:99999999999999999999", NULL, 0},
    {"[::1]:", NULL, 0},
    /* what is no part of a host */
    {"user@example.com:80", NULL, 0},
    {"http://example.com:80", NULL, 0},
    {"example.com/path", NULL, 0},
    {"example.com?q", NULL, 0},
    {"example.com#f", NULL, 0},
    {"example com:80", NULL, 0},
    {" example.com:80", NULL, 0},
    {"a\\b:80", NULL, 0},
    {"a\"b:80", NULL, 0},
    {"a<b:80", NULL, 0},
    {"a\tb:80", NULL, 0},
    {"\xc3\xa4.example:80", NULL, 0},
};

static void parses_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct authority got;
        size_t len = strlen(cases[i].text);
        char *at = guard_copy(cases[i].text, len);
        struct slice text = {at, len};
        int has_port = cases[i].port != -1;

        if (cases[i].host == NULL) {
            assert_int_equal(authority_parse(text, DEFAULT, &got), -1);
            assert_int_equal(
                authority_parse(text, AUTHORITY_PORT_REQUIRED, &got), -1);
        } else {
            assert_int_equal(authority_parse(text, DEFAULT, &got), 0);
            assert_string_equal(got.host, cases[i].host);
            assert_int_equal(got.port, has_port ? cases[i].port : DEFAULT);
            assert_int_equal(
                authority_parse(text, AUTHORITY_PORT_REQUIRED, &got),
                has_port ? 0 : -1);
        }
        guard_free(at, len);
    }
}

static void a_nul_is_no_host_character(void **state)
{
    struct authority got;

    (void)state;
    assert_int_equal(authority_parse(SLICE("a\0b:80"), DEFAULT, &got), -1);
    assert_int_equal(authority_parse(SLICE("\0"), DEFAULT, &got), -1);
    assert_int_equal(authority_parse(SLICE("[::\0]:80"), DEFAULT, &got), -1);
}

/* A host of this length, then ":80". */
static int parse_long(size_t length, const char *open, const char *close,
                      struct authority *out)
{
    char text[600];
    size_t n = strlen(open);

    memcpy(text, open, n);
    memset(text + n, 'a', length);
    n += length;
    memcpy(text + n, close, strlen(close));
    n += strlen(close);
    memcpy(text + n, ":80", 3);
    return authority_parse((struct slice){text, n + 3}, DEFAULT, out);
}

static void a_name_is_as_long_as_dns_allows_and_no_longer(void **state)
{
    struct authority got;

    (void)state;
    assert_int_equal(parse_long(AUTHORITY_HOST_MAX, "", "", &got), 0);
    assert_int_equal(strlen(got.host), AUTHORITY_HOST_MAX);
    assert_int_equal(parse_long(AUTHORITY_HOST_MAX + 1, "", "", &got), -1);
    assert_int_equal(parse_long(500, "", "", &got), -1);
    assert_int_equal(parse_long(AUTHORITY_HOST_MAX, "[", "]", &got), 0);
    assert_int_equal(parse_long(AUTHORITY_HOST_MAX + 1, "[", "]", &got), -1);
}

static void splits_host_and_rest(void **state)
{
    struct slice host, rest;

    (void)state;
    assert_int_equal(authority_split(SLICE("[::1]:80:5"), &host, &rest), 0);
    assert_true(slice_equal(host, SLICE("::1")));
    assert_true(slice_equal(rest, SLICE(":80:5")));
    assert_int_equal(authority_split(SLICE("name"), &host, &rest), 0);
    assert_true(slice_equal(host, SLICE("name")));
    assert_int_equal(rest.len, 0);
    assert_int_equal(authority_split(SLICE("name/"), &host, &rest), -1);
}

/* Whatever comes: no crash, no byte read behind it, and what is accepted is
 * what was written. */
static void survives_random_text(void **state)
{
    static const char alphabet[] = "[]:::.a0159f-% @/\0x";
    uint32_t seed = random_seed();

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char text[16];
        size_t len = random_next(&seed) % sizeof text;
        struct authority got;
        char *at;

        for (size_t i = 0; i < len; i++)
            text[i] = alphabet[random_next(&seed) % (sizeof alphabet - 1)];
        at = guard_copy(text, len);
        if (authority_parse((struct slice){at, len}, DEFAULT, &got) == 0) {
            size_t host = strlen(got.host), bracket = text[0] == '[';

            assert_true(host > 0 && host <= len);
            assert_memory_equal(got.host, text + bracket, host);
            assert_in_range(got.port, 0, 65535);
        }
        guard_free(at, len);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(parses_as_the_table_says),
        fixture_test(a_nul_is_no_host_character),
        fixture_test(a_name_is_as_long_as_dns_allows_and_no_longer),
        fixture_test(splits_host_and_rest),
        fixture_test(survives_random_text),
    };

    return fixture_run("authority", tests);
}
