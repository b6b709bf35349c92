/* real_client: who asks behind a proxy. Examples, and lists made at random beside
 * a plain reading of the rule. */
#include "failure.h"
#include "fixture.h"
#include "real_client.h"

#include <stdio.h>
#include <string.h>

static struct cidr proxies[3];

static void read_proxies(void)
{
    static const char *const prefixes[] = {"10.0.0.0/8", "2001:db8::/32",
                                           "192.0.2.1"};

    for (int i = 0; i < 3; i++)
        assert_int_equal(cidr_parse(slice_of(prefixes[i]), &proxies[i]), 0);
}

/* Who asks, if this peer sends these fields. */
static const char *client_of(const char *peer, const char *fields, int count)
{
    static char ip[NET_IP_TEXT];
    static struct http_head head;
    char text[8192];
    int len = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: h\r\n%s\r\n",
                       fields);
    char *at = guard_copy(text, (size_t)len);

    if (http_head_parse_request(&head, at, (size_t)len) != HTTP_COMPLETE)
        failure("no head: %s", text);
    read_proxies();
    memset(ip, 'x', sizeof ip);
    strcpy(ip, peer);
    real_client(&head, proxies, count, ip);
    guard_free(at, (size_t)len);
    return ip;
}

#define XFF "X-Forwarded-For: "
#define END "\r\n"

static void examples(void **state)
{
    static const struct {
        const char *peer, *fields, *client;
    } cases[] = {
        /* the peer is nobody's proxy: what it says is not believed */
        {"7.7.7.7", "", "7.7.7.7"},
        {"7.7.7.7", XFF "8.8.8.8" END, "7.7.7.7"},
        /* it is one */
        {"10.0.0.1", "", "10.0.0.1"},
        {"10.0.0.1", XFF "8.8.8.8" END, "8.8.8.8"},
        {"10.0.0.1", XFF "6.6.6.6, 8.8.8.8" END, "8.8.8.8"},
        {"10.0.0.1", XFF "6.6.6.6,8.8.8.8 ,\t10.9.9.9" END, "8.8.8.8"},
        {"192.0.2.1", XFF "8.8.8.8" END, "8.8.8.8"},
        {"2001:db8::5", XFF "2001:DB9:0::1" END, "2001:db9::1"},
        /* all are proxies: the first of them */
        {"10.0.0.1", XFF "10.0.0.3, 10.0.0.2" END, "10.0.0.3"},
        /* several fields are one list, in their order */
        {"10.0.0.1", XFF "8.8.8.8" END "A: b" END XFF "10.0.0.2" END,
         "8.8.8.8"},
        {"10.0.0.1", XFF "6.6.6.6" END "x-forwarded-for: 8.8.8.8" END,
         "8.8.8.8"},
        /* what is no address ends the search */
        {"10.0.0.1", XFF "8.8.8.8, unknown" END, "10.0.0.1"},
        {"10.0.0.1", XFF "8.8.8.8, _x, 10.0.0.2" END, "10.0.0.2"},
        {"10.0.0.1", XFF "8.8.8.8" END XFF "x" END, "10.0.0.1"},
        {"10.0.0.1", XFF "8.8.8.8:80" END, "10.0.0.1"},
        {"10.0.0.1", XFF "[::1]" END, "10.0.0.1"},
        {"10.0.0.1", XFF "8.8.8.0/24" END, "10.0.0.1"},
        {"10.0.0.1", XFF "8.8.8.8/32" END, "10.0.0.1"},
        {"10.0.0.1", XFF "fe80::1%lo" END, "10.0.0.1"},
        {"10.0.0.1", XFF "\"8.8.8.8\"" END, "10.0.0.1"},
        {"10.0.0.1", XFF "6.6.6.6 8.8.8.8" END, "10.0.0.1"},
        /* nothing between commas is nothing */
        {"10.0.0.1", XFF END, "10.0.0.1"},
        {"10.0.0.1", XFF ", 8.8.8.8, ,," END, "8.8.8.8"},
        {"10.0.0.1", XFF "8.8.8.8" END XFF END, "8.8.8.8"},
        /* IPv4 in IPv6's clothes is IPv4 */
        {"10.0.0.1", XFF "::ffff:8.8.8.8" END, "8.8.8.8"},
        {"10.0.0.1", XFF "8.8.8.8, ::ffff:10.1.1.1" END, "8.8.8.8"},
        {"10.0.0.1", XFF "8.8.8.8, ::10.1.1.1" END, "::10.1.1.1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = client_of(cases[i].peer, cases[i].fields, 3);

        if (strcmp(got, cases[i].client) != 0)
            failure("%s, %s: %s", cases[i].peer, cases[i].fields, got);
    }
}

static void without_proxies_it_is_always_the_peer(void **state)
{
    (void)state;
    assert_string_equal(client_of("10.0.0.1", XFF "8.8.8.8" END, 0),
                        "10.0.0.1");
}

/* ---- lists at random ----------------------------------------------------- */

static const struct entry {
    const char *written, *text; /* text NULL: malformed; "": empty */
    int trusted;
} entries[] = {
    {"10.0.0.1", "10.0.0.1", 1},     {"10.255.255.255", "10.255.255.255", 1},
    {"2001:db8::7", "2001:db8::7", 1}, {"::ffff:10.0.0.9", "10.0.0.9", 1},
    {"192.0.2.1", "192.0.2.1", 1},   {"192.0.2.2", "192.0.2.2", 0},
    {"11.0.0.1", "11.0.0.1", 0},     {"2001:db9::", "2001:db9::", 0},
    {"10.0.0.1.", NULL, 0},          {"secret", NULL, 0},
    {"", "", 0},                     {"10.0.0.1", "10.0.0.1", 1},
};
#define ENTRIES (sizeof entries / sizeof *entries)

static void any_list_is_read_from_its_end(void **state)
{
    static const char *const between[] = {",", ", ", " ,", "\t,  ",
                                          END XFF, END "A: 6.6.6.6" END XFF};
    uint32_t seed = random_seed();

    (void)state;
    for (int round = 0; round < 20000; round++) {
        const struct entry *list[12];
        size_t count = random_next(&seed) % 12 + 1;
        const char *expected = "10.1.2.3";
        char fields[1024] = XFF;

        for (size_t i = 0; i < count; i++) {
            list[i] = &entries[random_next(&seed) % ENTRIES];
            strcat(fields, list[i]->written);
            if (i + 1 < count)
                strcat(fields, between[random_next(&seed) % 6]);
        }
        strcat(fields, END);
        for (size_t i = count; i-- > 0;) {
            if (list[i]->text == NULL)
                break;
            if (list[i]->text[0] == '\0')
                continue;
            expected = list[i]->text;
            if (!list[i]->trusted)
                break;
        }
        if (strcmp(client_of("10.1.2.3", fields, 3), expected) != 0)
            failure("expected %s: %s", expected, fields);
    }
}

/* Whatever stands before the client's address, it changes nothing. */
static void nobody_can_pretend(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    for (int round = 0; round < 5000; round++) {
        char fields[512] = XFF;
        size_t len = strlen(fields), junk = random_next(&seed) % 60;

        for (size_t i = 0; i < junk; i++)
            fields[len++] = "0123456789., :;\"abcdef/%"[random_next(&seed) % 24];
        strcpy(fields + len, ",8.8.8.8, 10.0.0.2" END);
        assert_string_equal(client_of("10.0.0.1", fields, 3), "8.8.8.8");
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(examples),
        fixture_test(without_proxies_it_is_always_the_peer),
        fixture_test(any_list_is_read_from_its_end),
        fixture_test(nobody_can_pretend),
    };

    return fixture_run("real_client", tests);
}
