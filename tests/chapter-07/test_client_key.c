/* client_key and siphash: who is one client, and where nobody can guess. */
#include "fixture.h"

#include "client_key.h"
#include "siphash.h"

#include <stdio.h>
#include <string.h>

/* ---- client_key ---------------------------------------------------------- */

static const struct {
    const char *one, *other;
    int same;
} pairs[] = {
    {"10.0.0.1", "10.0.0.1", 1},
    {"10.0.0.1", "10.0.0.2", 0},
    {"10.0.0.1", "1.0.0.10", 0},
    {"0.0.0.0", "255.255.255.255", 0},
    {"10.0.0.1", "::ffff:10.0.0.1", 1},
    {"10.0.0.1", "::FFFF:a00:1", 1},
    {"10.0.0.1", "0:0:0:0:0:ffff:10.0.0.1", 1},
    {"10.0.0.1", "::10.0.0.1", 0}, /* not mapped: compatible, long dead */
    {"2001:db8:1:2::1", "2001:db8:1:2::2", 1},
    {"2001:db8:1:2::", "2001:db8:1:2:ffff:ffff:ffff:ffff", 1},
    {"2001:db8:1:2::1", "2001:DB8:0001:0002:0:0:0:1", 1},
    {"2001:db8:1:2::1", "2001:db8:1:3::1", 0},
    {"2001:db8:1:2::1", "2001:db9:1:2::1", 0},
    {"::1", "::2", 1},
    {"::1", "127.0.0.1", 0},
    {"::1", "0.0.0.1", 0},
    {"::", "0.0.0.0", 0},
    {"::ffff:0.0.0.0", "0.0.0.0", 1},
    {"fe80::1%eth0", "fe80::1", 1},
    {"fe80::1%eth0", "fe80::2%wlan0", 1},
    {"fe80::1%", "fe80::1", 1},
};

static void addresses_are_told_apart_or_taken_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        int same = client_key(pairs[i].one) == client_key(pairs[i].other);

        if (same != pairs[i].same)
            print_error("%s and %s\n", pairs[i].one, pairs[i].other);
        assert_int_equal(same, pairs[i].same);
    }
}

/* Nobody gets a share of his own by being misspelt. */
static void what_is_no_address_is_one_client(void **state)
{
    static const char *const none[] = {
        "", "x", "10.0.0", "10.0.0.1.2", "10.0.0.256", "010.0.0.1x",
        "10.0.0.1 ", " 10.0.0.1", "10.0.0.1:80", "[::1]", "1::2::3", ":::",
        "12345::", "%eth0", "unix:", "::ffff:10.0.0.256",
        "2001:0db8:0000:0000:0000:0000:0000:0001:0002:0003:0004:0005"};
    uint64_t key = client_key(NULL);

    (void)state;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        size_t len = strlen(none[i]) + 1;
        char *at_page_end = guard_copy(none[i], len);

        if (client_key(at_page_end) != key)
            print_error("\"%s\" is somebody\n", none[i]);
        assert_true(client_key(at_page_end) == key);
        guard_free(at_page_end, len);
    }
    assert_true(client_key("255.255.255.255") != key);
    assert_true(client_key("::") != key);
}

/* Each IPv4 address is one client and no IPv6 network that there is. */
static void ipv4_meets_no_ipv6_network(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    for (int i = 0; i < 10000; i++) {
        uint32_t a = random_next(&seed), b = random_next(&seed);
        char ip[64], net[64];

        snprintf(ip, sizeof ip, "%u.%u.%u.%u", a >> 24, a >> 16 & 255,
                 a >> 8 & 255, a & 255);
        snprintf(net, sizeof net, "2%03x:%x:%x:%x::1", b >> 20, b & 0xffff,
                 a >> 16, a & 0xffff); /* 2000::/3, what is given out */
        assert_true(client_key(ip) == ((uint64_t)0xffff << 32 | a));
        assert_true(client_key(net) != client_key(ip));
    }
}

/* ---- siphash ------------------------------------------------------------- */

/* The first is of the authors' reference; all agree with `openssl mac
 * -macopt hexkey:... -macopt size:8 SIPHASH`. */
static void hashes_as_the_reference_does(void **state)
{
    static const struct {
        uint64_t key[2], words[2], hash;
    } known[] = {
        {{UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)},
         {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)},
         UINT64_C(0x3f2acc7f57c29bdb)},
        {{UINT64_C(0x8899aabbccddeeff), UINT64_C(0x0011223344556677)},
         {UINT64_MAX, UINT64_C(1) << 63},
         UINT64_C(0xc13f5e8565a44818)},
        {{0, 0}, {0, 0}, UINT64_C(0x32caecc280172976)},
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_true(siphash_words(known[i].key, known[i].words[0],
                                  known[i].words[1]) == known[i].hash);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(addresses_are_told_apart_or_taken_together),
        fixture_test(what_is_no_address_is_one_client),
        fixture_test(ipv4_meets_no_ipv6_network),
        fixture_test(hashes_as_the_reference_does),
    };

    return fixture_run("client_key, siphash", tests);
}
