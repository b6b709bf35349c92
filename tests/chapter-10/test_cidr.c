#include "cidr.h"
#include "failure.h"
#include "fixture.h"

#include <string.h>

static struct cidr parse(const char *text)
{
    struct cidr c;

    if (cidr_parse(slice_of(text), &c) != 0)
        failure("%s is refused", text);
    return c;
}

static void what_is_no_prefix_is_refused(void **state)
{
    static const char *const texts[] = {
        "", "/", "/8", "10", "10.0.0", "10.0.0.0/", "10.0.0.0/33",
        "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/ 8", " 10.0.0.0/8",
        "10.0.0.0/8 ", "10.0.0.0/8/8",
        "10.0.0.256", "10.0.0.0.0", "10.0.0.0/255.0.0.0", "::/129", "::/", ":",
        "[::1]", "::1%lo", "fe80::1%1/64", "localhost", "*", "all", ":::",
        "1:2:3:4:5:6:7:8:9", "10.0.0.0/18446744073709551624",
        "0000:0000:0000:0000:0000:ffff:192.168.100.1000000",
    };
    struct cidr c;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (cidr_parse(slice_of(texts[i]), &c) == 0)
            failure("\"%s\" is taken for a prefix", texts[i]);
    assert_int_equal(cidr_parse(SLICE("10.0.0.0\0/8"), &c), -1);
    assert_int_equal(cidr_parse(SLICE("::1\0"), &c), -1);
}

/* Whether a text is an address in one of these. */
static int is_in(const struct cidr *list, int count, struct slice text)
{
    struct cidr one;

    return cidr_parse_address(text, &one) == 0 &&
           cidr_any_contains(list, count, &one);
}

static const struct {
    const char *prefix, *address;
    int contains;
} cases[] = {
    {"10.0.0.0/8", "10.0.0.0", 1},
    {"10.0.0.0/8", "10.255.255.255", 1},
    {"10.0.0.0/8", "11.0.0.0", 0},
    {"10.0.0.0/8", "9.255.255.255", 0},
    {"10.1.2.3/8", "10.200.0.1", 1}, /* the bits behind count for nothing */
    {"192.168.4.0/22", "192.168.7.255", 1},
    {"192.168.4.0/22", "192.168.8.0", 0},
    {"192.168.4.0/22", "192.168.3.255", 0},
    {"127.0.0.1", "127.0.0.1", 1},
    {"127.0.0.1", "127.0.0.2", 0},
    {"127.0.0.1/32", "127.0.0.1", 1},
    {"127.0.0.0/31", "127.0.0.1", 1},
    {"127.0.0.0/31", "127.0.0.2", 0},
    {"0.0.0.0/0", "255.255.255.255", 1},
    {"0.0.0.0/0", "::1", 0},
    {"128.0.0.0/1", "128.0.0.0", 1},
    {"128.0.0.0/1", "127.255.255.255", 0},
    {"::/0", "::1", 1},
    {"::/0", "2001:db8::1", 1},
    {"::/0", "10.0.0.1", 0},
    {"::/0", "::ffff:10.0.0.1", 0},
    {"::1", "::1", 1},
    {"::1", "::2", 0},
    {"fd00::/8", "fdff::1", 1},
    {"fd00::/8", "fe00::1", 0},
    {"2001:db8::/33", "2001:db8:7fff::", 1},
    {"2001:db8::/33", "2001:db8:8000::", 0},
    {"2001:db8::/127", "2001:db8::1", 1},
    {"2001:db8::/127", "2001:db8::2", 0},
    /* IPv4 in IPv6's clothes */
    {"10.0.0.0/8", "::ffff:10.1.2.3", 1},
    {"::ffff:10.0.0.0/104", "10.1.2.3", 1},
    {"::ffff:10.0.0.0/104", "11.1.2.3", 0},
    {"::ffff:0:0/96", "1.2.3.4", 1},
    {"::ffff:0:0/95", "1.2.3.4", 0},
    {"::/96", "1.2.3.4", 0},
};

static void an_address_lies_within_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cidr prefix = parse(cases[i].prefix);
        struct cidr address = parse(cases[i].address);

        if (cidr_contains(&prefix, &address) != cases[i].contains)
            failure("%s in %s: not %d", cases[i].address, cases[i].prefix,
                    cases[i].contains);
    }
}

static void what_is_behind_a_prefix_is_cleared(void **state)
{
    static const char *const same[][2] = {
        {"10.1.2.3/8", "10.0.0.0/8"}, {"10.15.1.1/12", "10.0.0.0/12"},
        {"1.2.3.4/0", "0.0.0.0/0"},   {"fd00::1/127", "fd00::/127"},
        {"ffff::1/3", "e000::/3"},    {"::ffff:1.2.3.4/128", "1.2.3.4/32"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        struct cidr a = parse(same[i][0]), b = parse(same[i][1]);

        assert_memory_equal(a.address, b.address, sizeof a.address);
        assert_int_equal(a.bits, b.bits);
    }
}

static void a_wider_prefix_does_not_lie_within(void **state)
{
    struct cidr wide = parse("10.0.0.0/8"), narrow = parse("10.1.0.0/16");

    (void)state;
    assert_true(cidr_contains(&wide, &narrow));
    assert_false(cidr_contains(&narrow, &wide));
    assert_true(cidr_contains(&wide, &wide));
}

static void one_of_several_is_enough(void **state)
{
    struct cidr list[3] = {parse("10.0.0.0/8"), parse("::1"),
                           parse("fd00::/8")};

    (void)state;
    assert_true(is_in(list, 3, SLICE("10.0.0.1")));
    assert_true(is_in(list, 3, SLICE("fd00::1")));
    assert_false(is_in(list, 2, SLICE("fd00::1")));
    assert_false(is_in(list, 3, SLICE("11.0.0.1")));
    assert_false(is_in(list, 0, SLICE("10.0.0.1")));
    /* a client may say anything */
    assert_false(is_in(list, 3, SLICE("10.0.0.0/8")));
    assert_false(is_in(list, 3, SLICE("unknown")));
    assert_false(is_in(list, 3, SLICE("")));
    assert_false(is_in(list, 3, (struct slice){NULL, 0}));
    assert_false(is_in(list, 3, SLICE("10.0.0.1:80")));
}

/* For each number of bits: what differs only behind them is within, what
 * differs in the last of them is not. */
static void every_bit_counts(void **state)
{
    struct cidr address = parse("a55a:a55a:a55a:a55a:a55a:a55a:a55a:a55a");

    (void)state;
    for (int bits = 0; bits <= 128; bits++) {
        struct cidr prefix = address, other = address;

        prefix.bits = bits;
        assert_true(cidr_contains(&prefix, &other));
        if (bits < 128) {
            other.address[bits / 8] ^= (unsigned char)(0x80 >> bits % 8);
            assert_true(cidr_contains(&prefix, &other));
        }
        other = address;
        if (bits > 0) {
            other.address[(bits - 1) / 8] ^=
                (unsigned char)(0x80 >> (bits - 1) % 8);
            assert_false(cidr_contains(&prefix, &other));
        }
    }
}

/* One client has one text, however it is written. */
static void an_address_has_one_text(void **state)
{
    static const struct {
        const char *written, *text;
    } same[] = {
        {"192.0.2.1", "192.0.2.1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"::FFFF:c000:201", "192.0.2.1"},
        {"2001:DB8::0:1", "2001:db8::1"},
        {"2001:db8:0:0:0:0:0:1", "2001:db8::1"},
        {"::", "::"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        char text[NET_IP_TEXT];
        struct cidr one;

        assert_int_equal(cidr_parse_address(slice_of(same[i].written), &one),
                         0);
        cidr_text(&one, text);
        assert_string_equal(text, same[i].text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(what_is_no_prefix_is_refused),
        fixture_test(an_address_lies_within_or_not),
        fixture_test(what_is_behind_a_prefix_is_cleared),
        fixture_test(a_wider_prefix_does_not_lie_within),
        fixture_test(one_of_several_is_enough),
        fixture_test(every_bit_counts),
        fixture_test(an_address_has_one_text),
    };

    return fixture_run("cidr", tests);
}
