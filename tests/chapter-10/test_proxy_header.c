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

/* As hitch 1.7 sends it: client came by TLS, without a certificate; the version
 * and the cipher. */
#define FROM_HITCH "\x20\0\x28\x01\0\0\0\x01\x21\0\x07TLSv1.3" \
                   "\x23\0\x16TLS_AES_256_GCM_SHA384"
#define BY_TLS "\x20\0\x05\x01\0\0\0\0"
#define NOT_BY_TLS "\x20\0\x05\xfe\0\0\0\0"
#define NOOP "\x04\0\x02__"

#define BYTES(text) text, sizeof text - 1

static const struct {
    const char *bytes;
    size_t len;
    const char *ip;
    int tls;
} good[] = {
    {BYTES("PROXY TCP4 198.51.100.7 192.0.2.1 51234 443\r\n"), "198.51.100.7",
     0},
    {BYTES("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n"), "0.0.0.0", 0},
    {BYTES("PROXY TCP6 2001:DB8::7 ::1 1 2\r\n"), "2001:db8::7", 0},
    {BYTES("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
           "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0},
    {BYTES("PROXY TCP6 ::ffff:198.51.100.7 ::1 1 2\r\n"), "198.51.100.7", 0},
    {BYTES("PROXY UNKNOWN\r\n"), "", 0},
    {BYTES("PROXY UNKNOWN whatever it is 7\r\n"), "", 0},
    {BYTES(SIGNATURE "\x21\x11\0\x0c" V4), "198.51.100.7", 0},
    {BYTES(SIGNATURE "\x21\x21\0\x24" V6), "2001:db8::7", 0},
    {BYTES(SIGNATURE "\x21\x21\0\x24" V4_IN_V6), "198.51.100.7", 0},
    /* TLVs behind the addresses: one is of use, the others are passed over */
    {BYTES(SIGNATURE "\x21\x11\0\x37" V4 FROM_HITCH), "198.51.100.7", 1},
    {BYTES(SIGNATURE "\x21\x21\0\x4f" V6 FROM_HITCH), "2001:db8::7", 1},
    {BYTES(SIGNATURE "\x21\x11\0\x14" V4 BY_TLS), "198.51.100.7", 1},
    {BYTES(SIGNATURE "\x21\x11\0\x14" V4 NOT_BY_TLS), "198.51.100.7", 0},
    {BYTES(SIGNATURE "\x21\x11\0\x11" V4 NOOP), "198.51.100.7", 0},
    {BYTES(SIGNATURE "\x21\x11\0\x0f" V4 "\xee\0\0"), "198.51.100.7", 0},
    {BYTES(SIGNATURE "\x21\x11\0\x1e" V4 NOOP BY_TLS NOOP), "198.51.100.7", 1},
    {BYTES(SIGNATURE "\x21\x11\0\x19" V4 NOOP NOT_BY_TLS), "198.51.100.7", 0},
    {BYTES(SIGNATURE "\x21\x11\0\x1c" V4 BY_TLS NOT_BY_TLS), "198.51.100.7",
     1},
    /* what looks like one within another one is none */
    {BYTES(SIGNATURE "\x21\x11\0\x17" V4 "\x05\0\x08" BY_TLS),
     "198.51.100.7", 0},
    {BYTES(SIGNATURE "\x21\x11\0\x1c" V4 "\x20\0\x0d\0\0\0\0\0" BY_TLS),
     "198.51.100.7", 0},
    /* whoever has no address that is of use may have come by TLS */
    {BYTES(SIGNATURE "\x21\x12\0\x14" V4 BY_TLS), "", 1},
    {BYTES(SIGNATURE "\x21\x31\0\xe0" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
           TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "012345" BY_TLS), "", 1},
    /* the proxy's own connection: whatever the rest says */
    {BYTES(SIGNATURE "\x20\x00\0\0"), "", 0},
    {BYTES(SIGNATURE "\x20\x11\0\x0c" V4), "", 0},
    {BYTES(SIGNATURE "\x20\x11\0\x14" V4 BY_TLS), "", 0},
    {BYTES(SIGNATURE "\x20\x11\0\x16" V4 TEN), "", 0},
    {BYTES(SIGNATURE "\x20\x11\0\0"), "", 0},
    /* no address that is of use */
    {BYTES(SIGNATURE "\x21\x00\0\0"), "", 0},
    {BYTES(SIGNATURE "\x21\x00\0\x0a" TEN), "", 0},
    {BYTES(SIGNATURE "\x21\x00\0\x08" BY_TLS), "", 0},
    {BYTES(SIGNATURE "\x21\x12\0\x0c" V4), "", 0},
    {BYTES(SIGNATURE "\x21\x10\0\x0c" V4), "", 0},
    {BYTES(SIGNATURE "\x21\x31\0\xd8" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
           TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "012345"), "", 0},
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
        if (h.tls != good[i].tls)
            failure("header %zu: tls is %d", i, h.tls);
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
            assert_int_equal(h.tls, good[i].tls);
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

/* Some of them overrun the header, others the TLV that they are in. */
static void tlvs_must_add_up(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {
        {BYTES("\x04")}, /* no room for a length */
        {BYTES("\x04\0")},
        {BYTES("\x04\0\x01")}, /* a byte too few */
        {BYTES("\x04\xff\xff__")},
        {BYTES(NOOP "\0")}, /* bytes that belong to none */
        {BYTES(NOOP "\0\0")},
        {BYTES(NOOP "\x04\0\x01")},
        {BYTES(BY_TLS "\x04\x01\0_")},
        {BYTES("\x20\0\0")}, /* no room for the two fixed fields */
        {BYTES("\x20\0\x01\x01")},
        {BYTES("\x20\0\x04\x01\0\0\0")},
        {BYTES("\x20\0\x04\x01\0\0\0" BY_TLS)},
        {BYTES("\x20\0\x06\x01\0\0\0\0")},
        {BYTES("\x20\0\x06\x01\0\0\0\0\x21")}, /* within its value */
        {BYTES("\x20\0\x07\x01\0\0\0\0\x21\0")},
        {BYTES("\x20\0\x08\x01\0\0\0\0\x21\0\x07TLSv1.3")},
        {BYTES("\x20\0\x0e\x01\0\0\0\0\x21\0\x07TLSv1.3")},
        {BYTES("\x20\0\x0f\x01\0\0\0\0\x21\0\x08TLSv1.3")},
        {BYTES("\x20\0\x0f\x01\0\0\0\0\x21\0\x06TLSv1.3")},
        {BYTES("\x20\0\x0f\x01\0\0\0\0\x21\0\x08TLSv1.3" NOOP)},
        {BYTES("\x20\0\x0f\x01\0\0\0\0\x21\xff\xffTLSv1.3")},
    };
    char bytes[128] = SIGNATURE "\x21\x11\0\0" V4;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        bytes[15] = (char)(12 + bad[i].len);
        memcpy(bytes + 28, bad[i].bytes, bad[i].len);
        for (size_t cut = 0; cut < 28 + bad[i].len; cut++)
            if (parse(bytes, cut) != PROXY_PARTIAL)
                failure("bad TLVs %zu, cut at %zu", i, cut);
        if (parse(bytes, 28 + bad[i].len) != PROXY_BAD)
            failure("bad TLVs %zu are not refused", i);
        memcpy(bytes + 28 + bad[i].len, TEN TEN, 20); /* is no help */
        if (parse(bytes, 48 + bad[i].len) != PROXY_BAD)
            failure("bad TLVs %zu and more are not refused", i);
    }
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
    memcpy(bytes, SIGNATURE "\x21\x11\x0f\xf0" V4 "\xea\x0f\xe1", 31);
    assert_int_equal(parse(bytes, PROXY_HEADER_MAX - 1), PROXY_PARTIAL);
    assert_int_equal(parse(bytes, PROXY_HEADER_MAX + 1), PROXY_COMPLETE);
    assert_int_equal(h.length, PROXY_HEADER_MAX);
}

/* One that means something somewhere, more often than others. */
static char any_byte(uint32_t *seed)
{
    static const char special[] = " \r\n0A:.\0\1\x20";

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
            assert_in_range(h.tls, 0, 1);
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
        fixture_test(tlvs_must_add_up),
        fixture_test(lengths_are_bounded),
        fixture_test(any_bytes_are_read_safely),
    };

    return fixture_run("proxy_header", tests);
}
