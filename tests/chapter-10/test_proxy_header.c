/* proxy_header: both versions, every cut, any bytes. All input ends where a page
 * without access begins. */
#include "failure.h"
#include "fixture.h"
#include "proxy_header.h"

#include <string.h>

static struct proxy_header h;

static enum proxy_verdict parse(const char *bytes, size_t len)
{
    char *at = guard_copy(bytes, len);
    enum proxy_verdict verdict;

    memset(&h, 'x', sizeof h);
    verdict = proxy_header_parse(&h, at, len);
    guard_free(at, len);
    return verdict;
}

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V4 "\xc6\x33\x64\x07\xc0\x00\x02\x01\xc8\x22\x01\xbb"
#define V6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07" \
           "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\xc8\x22\x01\xbb"
#define V4_IN_V6 "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc6\x33\x64\x07" \
                 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\xc8\x22\x01\xbb"
#define TEN "0123456789"

#define BYTES(text) text, sizeof text - 1

static const struct {
    const char *bytes;
    size_t len;
    const char *ip;
} good[] = {
    {BYTES("PROXY TCP4 198.51.100.7 192.0.2.1 51234 443\r\n"), "198.51.100.7"},
    {BYTES("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n"), "0.0.0.0"},
    {BYTES("PROXY TCP6 2001:DB8::7 ::1 1 2\r\n"), "2001:db8::7"},
    {BYTES("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
           "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    {BYTES("PROXY TCP6 ::ffff:198.51.100.7 ::1 1 2\r\n"), "198.51.100.7"},
    {BYTES("PROXY UNKNOWN\r\n"), ""},
    {BYTES("PROXY UNKNOWN whatever it is 7\r\n"), ""},
    {BYTES(SIGNATURE "\x21\x11\0\x0c" V4), "198.51.100.7"},
    {BYTES(SIGNATURE "\x21\x21\0\x24" V6), "2001:db8::7"},
    {BYTES(SIGNATURE "\x21\x21\0\x24" V4_IN_V6), "198.51.100.7"},
    /* TLVs behind the addresses are passed over */
    {BYTES(SIGNATURE "\x21\x11\0\x16" V4 TEN), "198.51.100.7"},
    {BYTES(SIGNATURE "\x21\x21\0\x2e" V6 TEN), "2001:db8::7"},
    /* the proxy's own connection: whatever the rest says */
    {BYTES(SIGNATURE "\x20\x00\0\0"), ""},
    {BYTES(SIGNATURE "\x20\x11\0\x0c" V4), ""},
    {BYTES(SIGNATURE "\x20\x11\0\0"), ""},
    /* no address that is of use */
    {BYTES(SIGNATURE "\x21\x00\0\0"), ""},
    {BYTES(SIGNATURE "\x21\x00\0\x0a" TEN), ""},
    {BYTES(SIGNATURE "\x21\x12\0\x0c" V4), ""},
    {BYTES(SIGNATURE "\x21\x10\0\x0c" V4), ""},
    {BYTES(SIGNATURE "\x21\x31\0\xd8" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
           TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "012345"), ""},
};
#define GOOD (sizeof good / sizeof *good)

static void headers_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOOD; i++) {
        if (parse(good[i].bytes, good[i].len) != PROXY_COMPLETE)
            failure("header %zu is refused", i);
        assert_int_equal(h.length, good[i].len);
        assert_string_equal(h.ip, good[i].ip);
    }
}

static void every_beginning_is_partial(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOOD; i++)
        for (size_t cut = 0; cut < good[i].len; cut++)
            if (parse(good[i].bytes, cut) != PROXY_PARTIAL)
                failure("header %zu, cut at %zu", i, cut);
}

static void what_follows_is_not_its_business(void **state)
{
    static const char *const behind[] = {"GET / HTTP/1.1\r\n\r\n", "\r\n",
                                         "PROXY UNKNOWN\r\n"};
    char bytes[512];

    (void)state;
    for (size_t i = 0; i < GOOD; i++)
        for (size_t j = 0; j < 3; j++) {
            size_t more = strlen(behind[j]);

            memcpy(bytes, good[i].bytes, good[i].len);
            memcpy(bytes + good[i].len, behind[j], more);
            assert_int_equal(parse(bytes, good[i].len + more), PROXY_COMPLETE);
            assert_int_equal(h.length, good[i].len);
            assert_string_equal(h.ip, good[i].ip);
        }
}

static void what_is_none_is_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {
        {BYTES("G")},
        {BYTES("PROXX")},
        {BYTES("proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n")},
        {BYTES(" PROXY UNKNOWN\r\n")},
        {BYTES("PROXY\r\n")},
        {BYTES("PROXY \r\n")},
        {BYTES("PROXY UNKNOWN\n")},
        {BYTES("PROXY UNKNOWNS\r\n")},
        {BYTES("PROXY  UNKNOWN\r\n")},
        {BYTES("PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n")},
        {BYTES("PROXY tcp4 1.2.3.4 1.2.3.4 1 2\r\n")},
        {BYTES("PROXY TCP4\r\n")},
        {BYTES("PROXY TCP4 1.2.3.4\r\n")},
        {BYTES("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n")},
        {BYTES("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n")},
        {BYTES("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n")},
        {BYTES("PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n")},
        {BYTES("PROXY TCP4 1.2.3.4 1.2.3.4  1 2\r\n")},
        {BYTES("PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n")},
        {BYTES("PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n")},
        {BYTES("PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n")},
        {BYTES("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\r\n")},
        {BYTES("PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n")},
        {BYTES("PROXY TCP4 1.2.3.4/32 1.2.3.4 1 2\r\n")},
        {BYTES("PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n")},
        {BYTES("PROXY TCP4 ::1 ::1 1 2\r\n")},
        {BYTES("PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n")},
        {BYTES("PROXY TCP6 [::1] ::1 1 2\r\n")},
        {BYTES("PROXY TCP4 1.2.3.4\0 1.2.3.4 1 2\r\n")},
        {BYTES("\r\n\r\nX")},
        {BYTES(SIGNATURE "\x11")},       /* version 1, in binary */
        {BYTES(SIGNATURE "\x22")},       /* an unknown command */
        {BYTES(SIGNATURE "\x21\x41")},   /* an unknown family */
        {BYTES(SIGNATURE "\x21\x13")},   /* an unknown transport */
        {BYTES(SIGNATURE "\x21\x11\0\x0b")}, /* no room for the addresses */
        {BYTES(SIGNATURE "\x21\x21\0\x23")},
        {BYTES(SIGNATURE "\x21\x31\0\xd7")},
        {BYTES(SIGNATURE "\x21\x11\x0f\xf1")}, /* 4097 bytes with the rest */
        {BYTES(SIGNATURE "\x20\x00\xff\xff")},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parse(bad[i].bytes, bad[i].len) != PROXY_BAD)
            failure("bad header %zu is not refused", i);
}

/* 107 bytes are the longest line, and 4096 the longest header. */
static void lengths_are_bounded(void **state)
{
    static char bytes[PROXY_HEADER_MAX + 1];

    (void)state;
    memset(bytes, 'x', sizeof bytes);
    memcpy(bytes, "PROXY UNKNOWN ", 14);
    assert_int_equal(parse(bytes, PROXY_V1_MAX - 1), PROXY_PARTIAL);
    assert_int_equal(parse(bytes, PROXY_V1_MAX), PROXY_BAD);
    memcpy(bytes + PROXY_V1_MAX - 2, "\r\n", 2);
    assert_int_equal(parse(bytes, PROXY_V1_MAX), PROXY_COMPLETE);
    memcpy(bytes + PROXY_V1_MAX - 2, "x\r\n", 3);
    assert_int_equal(parse(bytes, PROXY_V1_MAX + 1), PROXY_BAD);
    memcpy(bytes, SIGNATURE "\x21\x11\x0f\xf0" V4, 28);
    assert_int_equal(parse(bytes, PROXY_HEADER_MAX - 1), PROXY_PARTIAL);
    assert_int_equal(parse(bytes, PROXY_HEADER_MAX + 1), PROXY_COMPLETE);
    assert_int_equal(h.length, PROXY_HEADER_MAX);
}

/* One that means something somewhere, more often than others. */
static char any_byte(uint32_t *seed)
{
    static const char special[] = " \r\n0A:.";

    return random_next(seed) % 3 == 0
               ? special[random_next(seed) % (sizeof special - 1)]
               : (char)(random_next(seed) % 256);
}

/* Good ones with a few bytes changed: whatever is said, it is said of all cuts in
 * the same way, and a header that is taken has an address or none. */
static void any_bytes_are_read_safely(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    for (int round = 0; round < 4000; round++) {
        const size_t i = random_next(&seed) % GOOD;
        size_t len = good[i].len, changes = random_next(&seed) % 4;
        enum proxy_verdict whole, part;
        char bytes[512];

        memcpy(bytes, good[i].bytes, len);
        while (changes-- > 0)
            bytes[random_next(&seed) % len] = any_byte(&seed);
        whole = parse(bytes, len);
        if (whole == PROXY_COMPLETE) {
            assert_in_range(h.length, 1, len);
            assert_non_null(memchr(h.ip, '\0', sizeof h.ip));
        }
        for (size_t cut = 0; cut < len; cut++) {
            part = parse(bytes, cut);
            if (part != PROXY_PARTIAL)
                assert_int_equal(part, whole);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(headers_are_read),
        fixture_test(every_beginning_is_partial),
        fixture_test(what_follows_is_not_its_business),
        fixture_test(what_is_none_is_refused),
        fixture_test(lengths_are_bounded),
        fixture_test(any_bytes_are_read_safely),
    };

    return fixture_run("proxy_header", tests);
}
