/* balance: least connections, which looks at what each is doing, and ip_hash,
 * which looks at who asks. */
#include "balance.h"
#include "fixture.h"
#include "sets.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static const struct backend_mask nobody_tried = {{0}};

static int least(struct backend_set *set)
{
    return (int)(select_least_connections(set, "", &nobody_tried) -
                 set->backends) + 1;
}

static int hashed(struct backend_set *set, const char *client_ip)
{
    return (int)(select_ip_hash(set, client_ip, &nobody_tried) -
                 set->backends) + 1;
}

/* ---- least connections -------------------------------------------------- */

static const struct {
    const char *weights;
    int active[4];
    int picked; /* the number */
} cases[] = {
    {"1 1 1", {5, 3, 8}, 2}, /* the guide's example */
    {"1 1 1", {0, 0, 0}, 1},
    {"1 1 1", {1, 0, 0}, 2},
    {"1 1 1", {2, 2, 1}, 3},
    {"1", {1000000}, 1},
    /* connections for each unit of weight, compared without rounding */
    {"3 1", {2, 1}, 1},
    {"3 1", {3, 1}, 1}, /* the same: the first in turn */
    {"3 1", {4, 1}, 2},
    {"200 1", {1, 0}, 2}, /* in integers, 1 * 100 / 200 would be 0, too */
    {"1000 999", {1, 1}, 1},
    {"999 1000", {1, 1}, 2},
    {"1000 1", {999, 1}, 1},
    {"1000 1", {1001, 1}, 2},
    {"7 3 5", {14, 6, 9}, 3},
    {"7 3 5", {13, 6, 10}, 1},
    {"7 3 5", {14, 5, 10}, 2},
    /* no product overflows */
    {"1000 1000", {INT_MAX, INT_MAX - 1}, 2},
    {"1000 1", {INT_MAX, INT_MAX}, 1},
    {"1 1000", {INT_MAX, INT_MAX}, 2},
};

static void the_idlest_for_its_weight_is_picked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct backend_set *set = make_set_of(cases[i].weights);

        for (int n = 0; n < set->num_backends; n++)
            set->backends[n].active_connections = cases[i].active[n];
        assert_int_equal(least(set), cases[i].picked);
    }
}

/* The trap: the first of those that are equal gets everything. */
static void those_that_are_equal_take_turns(void **state)
{
    struct backend_set *set = make_equal_set(5);
    int got[5] = {0};

    (void)state;
    for (int i = 0; i < 5; i++)
        set->backends[i].active_connections = i % 2; /* 1, 3 and 5 are idle */
    for (int n = 0; n < 300; n++)
        got[least(set) - 1]++;
    assert_int_equal(got[0], 100);
    assert_int_equal(got[1], 0);
    assert_int_equal(got[2], 100);
    assert_int_equal(got[3], 0);
    assert_int_equal(got[4], 100);
}

/* When nothing ever ends, connections pile up in proportion to the weights. */
static void connections_follow_the_weights(void **state)
{
    struct backend_set *set = make_set_of("3 2 1");

    (void)state;
    for (int n = 1; n <= 600; n++) {
        set->backends[least(set) - 1].active_connections++;
        if (n % 6 == 0)
            for (int i = 0; i < 3; i++)
                assert_int_equal(set->backends[i].active_connections,
                                 n / 6 * set->backends[i].weight);
    }
}

/* Weights that divide 1000, so that the model can count in whole numbers. */
static void nobody_is_idler_than_the_picked_one(void **state)
{
    static const int divisors[] = {1, 2, 4, 5, 8, 10, 20, 25, 40, 50, 100, 125,
                                   200, 250, 500, 1000};
    uint32_t seed = random_seed();

    (void)state;
    for (int round = 0; round < 3000; round++) {
        int weights[12], count = (int)(random_next(&seed) % 12) + 1;
        long load[12], fewest = LONG_MAX;
        struct backend_set *set;

        for (int i = 0; i < count; i++)
            weights[i] = divisors[random_next(&seed) % 16];
        set = make_set(weights, count);
        for (int i = 0; i < count; i++) {
            int active = (int)(random_next(&seed) % 20);

            set->backends[i].active_connections = active;
            load[i] = active * (1000L / weights[i]);
            if (load[i] < fewest)
                fewest = load[i];
        }
        for (int n = 0; n < 3; n++)
            assert_int_equal(load[least(set) - 1], fewest);
    }
}

/* ---- ip_hash ------------------------------------------------------------ */

/* FNV-1a, from its definition, over bytes: none of them is negative. */
static uint32_t fnv1a(const unsigned char *bytes)
{
    uint32_t hash = 0x811c9dc5;

    while (*bytes != 0) {
        hash ^= *bytes++;
        hash *= 0x01000193;
    }
    return hash;
}

static const char *const texts[] = {
    "", "a", "foobar", "127.0.0.1", "192.168.1.10", "192.168.1.11", "::1",
    "2001:db8::dead:beef", "fe80::1%eth0",
    /* bytes that are negative where char is signed */
    "\x80", "\xff", "\xc3\xa4", "127.0.0.\xb2", "\xff\xfe\xfd\xfc\xfb\xfa",
};

static void the_hash_is_fnv_1a(void **state)
{
    (void)state;
    /* from the reference: http://www.isthe.com/chongo/tech/comp/fnv/ */
    assert_true(fnv1a((const unsigned char *)"") == 0x811c9dc5);
    assert_true(fnv1a((const unsigned char *)"a") == 0xe40c292c);
    assert_true(fnv1a((const unsigned char *)"foobar") == 0xbf9cf968);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int count = 1; count <= MAX_BACKENDS; count += 5) {
            uint32_t hash = fnv1a((const unsigned char *)texts[i]);

            assert_int_equal(hashed(make_equal_set(count), texts[i]),
                             hash % (uint32_t)count + 1);
        }
}

/* 10,000 clients, one after the other: 10.0.0.0, 10.0.0.1 ... 10.0.39.15. */
#define CLIENTS 10000

static const char *client(int number, char text[24])
{
    snprintf(text, 24, "10.0.%d.%d", number / 256, number % 256);
    return text;
}

static void the_same_client_gets_the_same_backend(void **state)
{
    static int first[CLIENTS];
    struct backend_set *set = make_equal_set(7);
    char text[24];

    (void)state;
    for (int i = 0; i < CLIENTS; i++)
        first[i] = hashed(set, client(i, text));
    for (int i = CLIENTS - 1; i >= 0; i--) {
        set->backends[i % 7].active_connections++;
        set->backends[i % 7].current_weight++;
        assert_int_equal(hashed(set, client(i, text)), first[i]);
    }
}

/* Pearson's chi-square against the uniform distribution. For n - 1 degrees of
 * freedom its mean is n - 1 and its deviation sqrt(2n - 2): what a good hash
 * exceeds n + 5 * sqrt(2n) with, is less than one in a thousand. */
static void expect_even_spread(const int *got, int count)
{
    double wanted = (double)CLIENTS / count, chi = 0, over;

    for (int i = 0; i < count; i++)
        chi += (got[i] - wanted) * (got[i] - wanted) / wanted;
    over = chi - count;
    assert_true(over < 0 || over * over < 25.0 * 2 * count);
}

static void clients_spread_evenly(void **state)
{
    (void)state;
    for (int count = 2; count <= 32; count++) {
        struct backend_set *set = make_equal_set(count);
        int got[32] = {0}, got6[32] = {0};

        for (int i = 0; i < CLIENTS; i++) {
            char text[24], text6[40];

            snprintf(text6, sizeof text6, "2001:db8:%x::%x", i % 100, i * 7);
            got[hashed(set, client(i, text)) - 1]++;
            got6[hashed(set, text6) - 1]++;
        }
        expect_even_spread(got, count);
        expect_even_spread(got6, count);
    }
}

/* Only the clients of the one that is down move: to the next one that is up. */
static void a_client_of_one_that_is_down_goes_to_the_next(void **state)
{
    struct backend_set *set = make_equal_set(4);
    char text[24];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int at_home = hashed(set, client(i, text));

        set->backends[1].is_healthy = set->backends[2].is_healthy = 0;
        assert_int_equal(hashed(set, text),
                         at_home == 2 || at_home == 3 ? 4 : at_home);
        set->backends[3].is_healthy = 0;
        assert_int_equal(hashed(set, text), 1);
        set->backends[0].is_healthy = 0;
        assert_null(select_ip_hash(set, text, &nobody_tried));
        for (int b = 0; b < 4; b++)
            set->backends[b].is_healthy = 1;
        assert_int_equal(hashed(set, text), at_home);
    }
}

/* The figure in the chapter's README: hash % 3 and hash % 4 agree for one
 * client in four only. The clients and the hash are fixed, so the count is,
 * too. */
static void one_backend_more_moves_three_clients_in_four(void **state)
{
    static int before[CLIENTS];
    struct backend_set *set = make_equal_set(3);
    int moved = 0;
    char text[24];

    (void)state;
    for (int i = 0; i < CLIENTS; i++)
        before[i] = hashed(set, client(i, text));
    set = make_equal_set(4);
    for (int i = 0; i < CLIENTS; i++)
        moved += hashed(set, client(i, text)) != before[i];
    assert_int_equal(moved, 7490);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_idlest_for_its_weight_is_picked),
        fixture_test(those_that_are_equal_take_turns),
        fixture_test(connections_follow_the_weights),
        fixture_test(nobody_is_idler_than_the_picked_one),
        fixture_test(the_hash_is_fnv_1a),
        fixture_test(the_same_client_gets_the_same_backend),
        fixture_test(clients_spread_evenly),
        fixture_test(a_client_of_one_that_is_down_goes_to_the_next),
        fixture_test(one_backend_more_moves_three_clients_in_four),
    };

    return fixture_run("balance_state", tests);
}
