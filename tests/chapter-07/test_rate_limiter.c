/* rate_limiter: clients, forgotten and not; and what is asked for on the way. */
#include "fixture.h"

#include "clock.h"
#include "limit_log.h"
#include "rate_limiter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static const RateLimitAlgorithm both[] = {RATE_LIMIT_TOKEN_BUCKET,
                                          RATE_LIMIT_SLIDING_WINDOW};

/* How many of so many requests pass, all at the same time. */
static int passes(rate_limiter_t *l, const char *ip, uint64_t now_ms, int asked)
{
    int passed = 0;

    for (int i = 0; i < asked; i++)
        passed += rate_limiter_allow_at(l, ip, now_ms);
    return passed;
}

static const char *ip_number(uint32_t n, char text[32])
{
    snprintf(text, 32, "%u.%u.%u.%u", n >> 24, n >> 16 & 255, n >> 8 & 255,
             n & 255);
    return text;
}

/* ---- clients -------------------------------------------------------------- */

static void each_client_has_its_own_limit(void **state)
{
    (void)state;
    for (int a = 0; a < 2; a++) {
        rate_limiter_t *l = rate_limiter_create(both[a], 10, 5);

        assert_non_null(l);
        assert_int_equal(passes(l, "10.0.0.1", 0, 9), 5);
        assert_int_equal(passes(l, "10.0.0.2", 0, 9), 5);
        assert_int_equal(passes(l, "::ffff:10.0.0.1", 0, 9), 0);
        assert_int_equal(passes(l, "2001:db8::1", 0, 9), 5);
        assert_int_equal(passes(l, "2001:db8::2", 0, 9), 0);
        assert_int_equal(passes(l, "2001:db8:0:1::1", 0, 9), 5);
        assert_int_equal(passes(l, "nobody", 0, 9), 5);
        assert_int_equal(passes(l, NULL, 0, 9), 0);
        assert_int_equal(passes(l, "10.0.0.1", 2000, 9), 5);
        rate_limiter_destroy(l);
    }
}

/* Thousands of clients in any order: to each of them the exact log applies. */
static void many_clients_do_not_get_mixed_up(void **state)
{
    uint32_t seed = random_seed();

    (void)state;
    for (int a = 0; a < 2; a++) {
        rate_limiter_t *l = rate_limiter_create(both[a], 5, 3);
        struct limit_client *model = malloc(3000 * sizeof *model);
        uint64_t now = 0;

        assert_non_null(model);
        for (int i = 0; i < 3000; i++)
            model[i] = limit_client(both[a], 5, 3);
        for (int n = 0; n < 100000; n++) {
            uint32_t client = random_next(&seed) % 3000;
            char ip[32];

            now += random_next(&seed) % 2;
            assert_int_equal(
                rate_limiter_allow_at(l, ip_number(client * 77777, ip), now),
                limit_client_ask(&model[client], now).allowed);
        }
        free(model);
        rate_limiter_destroy(l);
    }
}

static void says_how_long_to_wait(void **state)
{
    (void)state;
    for (int a = 0; a < 2; a++) {
        rate_limiter_t *l = rate_limiter_create(both[a], 0.5, 2);
        uint64_t wait_ms = 99;

        assert_int_equal(rate_limiter_ask(l, "10.0.0.1", 50, &wait_ms), 1);
        assert_int_equal(wait_ms, 0);
        assert_int_equal(passes(l, "10.0.0.1", 50, 1), 1);
        assert_int_equal(rate_limiter_ask(l, "10.0.0.1", 100, &wait_ms), 0);
        assert_int_equal(rate_limiter_allow_at(l, "10.0.0.1",
                                               100 + wait_ms - 1), 0);
        assert_int_equal(rate_limiter_allow_at(l, "10.0.0.1", 100 + wait_ms),
                         1);
        rate_limiter_destroy(l);
    }
}

/* A window's number has 16 bits. After 65,536 windows it is the same again: what
 * was then is not taken for now. */
static void old_windows_do_not_come_back(void **state)
{
    rate_limiter_t *l = rate_limiter_create(RATE_LIMIT_SLIDING_WINDOW, 100, 10);

    (void)state;
    assert_int_equal(passes(l, "10.0.0.1", 0, 20), 10);
    assert_int_equal(passes(l, "10.0.0.1", 65536 * 100, 20), 10);
    assert_int_equal(passes(l, "10.0.0.1", 2 * 65536 * 100 + 100, 20), 10);
    rate_limiter_destroy(l);
}

/* Nor is a bucket's time of 56 bits, after 228 years of 100 ns. */
static void old_times_do_not_come_back(void **state)
{
    rate_limiter_t *l = rate_limiter_create(RATE_LIMIT_TOKEN_BUCKET, 1, 10);

    (void)state;
    assert_int_equal(passes(l, "10.0.0.1", 0, 20), 10);
    assert_int_equal(passes(l, "10.0.0.1", UINT64_C(7205759403793), 20), 10);
    rate_limiter_destroy(l);
}

static void the_usual_clock_will_do(void **state)
{
    rate_limiter_t *l = rate_limiter_create(RATE_LIMIT_TOKEN_BUCKET,
                                            1 / 604800.0, 1);
    uint64_t wait_ms;

    (void)state;
    assert_int_equal(rate_limiter_allow(l, "10.0.0.1"), 1);
    assert_int_equal(rate_limiter_allow(l, "10.0.0.1"), 0);
    assert_int_equal(rate_limiter_ask(l, "10.0.0.1", clock_now_ms(), &wait_ms),
                     0);
    assert_in_range(wait_ms, 604800000 - 120000, 604800000);
    rate_limiter_destroy(l);
}

/* ---- strangers ------------------------------------------------------------ */

/* A client that is limited and goes on asking stays limited, whoever comes. And
 * strangers are not kept out by those before them. */
static void a_flood_of_addresses_frees_nobody_who_asks_on(void **state)
{
    (void)state;
    for (int a = 0; a < 2; a++) {
        rate_limiter_t *l = rate_limiter_create(both[a], 1, 10);
        uint64_t now = 0;
        int passed = 0;

        assert_int_equal(passes(l, "192.0.2.1", 0, 20), 10);
        for (uint32_t n = 0; n < 1000000; n++) {
            char ip[32];

            now = n / 200; /* five seconds, 200,000 addresses in each */
            assert_int_equal(
                rate_limiter_allow_at(l, ip_number(0x0a000000 + n, ip), now),
                1);
            if (n % 1000 == 0)
                passed += rate_limiter_allow_at(l, "192.0.2.1", now);
        }
        assert_in_range(passed, 0, 5);
        rate_limiter_destroy(l);
    }
}

/* The price of fixed memory, as the header says: forgotten is forgotten. */
static void a_forgotten_client_begins_anew(void **state)
{
    struct client_table *table =
        client_table_init(malloc(client_table_size(8)), 8);
    rate_limiter_t *l =
        rate_limiter_create_on(table, RATE_LIMIT_TOKEN_BUCKET, 1, 5);
    char ip[32];

    (void)state;
    assert_int_equal(passes(l, "10.0.0.1", 0, 9), 5);
    for (uint32_t n = 0; n < 8; n++)
        assert_int_equal(passes(l, ip_number(n, ip), 1 + n, 1), 1);
    assert_int_equal(passes(l, "10.0.0.1", 10, 9), 5);
    rate_limiter_destroy(l);
    free(table);
}

/* ---- rules on one table ---------------------------------------------------- */

static void limiters_on_one_table_are_one(void **state)
{
    (void)state;
    for (int a = 0; a < 2; a++) {
        struct client_table *table =
            client_table_init(malloc(client_table_size(100)), 100);
        rate_limiter_t *one = rate_limiter_create_on(table, both[a], 1, 5);
        rate_limiter_t *same = rate_limiter_create_on(table, both[a], 1, 5);
        rate_limiter_t *other = rate_limiter_create_on(table, both[!a], 1, 5);

        assert_int_equal(passes(one, "10.0.0.1", 0, 3), 3);
        assert_int_equal(passes(same, "10.0.0.1", 0, 9), 2);
        assert_int_equal(passes(one, "10.0.0.1", 0, 3), 0);
        assert_int_equal(passes(other, "10.0.0.1", 0, 9), 5);
        rate_limiter_destroy(one);
        assert_int_equal(passes(same, "10.0.0.1", 0, 9), 0);
        rate_limiter_destroy(same);
        rate_limiter_destroy(other);
        free(table);
    }
}

/* A new configuration: who has used up his burst does not get another one; who
 * is given more need not wait as the old one said. */
static void a_new_rate_goes_on_with_what_is_known(void **state)
{
    struct client_table *table =
        client_table_init(malloc(client_table_size(100)), 100);
    rate_limiter_t *slow =
        rate_limiter_create_on(table, RATE_LIMIT_TOKEN_BUCKET, 0.01, 5);
    rate_limiter_t *fast =
        rate_limiter_create_on(table, RATE_LIMIT_TOKEN_BUCKET, 100, 5);

    (void)state;
    assert_int_equal(passes(slow, "10.0.0.1", 0, 9), 5);
    assert_int_equal(passes(fast, "10.0.0.1", 1, 9), 0);
    rate_limiter_destroy(slow);
    rate_limiter_destroy(fast);
    free(table);
}

/* ---- making and unmaking --------------------------------------------------- */

static void numbers_out_of_range_make_none(void **state)
{
    (void)state;
    for (int a = 0; a < 2; a++) {
        errno = 0;
        assert_null(rate_limiter_create(both[a], 0, 1));
        assert_int_equal(errno, EINVAL);
        errno = 0;
        assert_null(rate_limiter_create(both[a], 1, 0.5));
        assert_int_equal(errno, EINVAL);
        errno = 0;
        assert_null(rate_limiter_create_on(NULL, both[a], -1, 1));
        assert_int_equal(errno, EINVAL);
    }
    rate_limiter_destroy(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(each_client_has_its_own_limit),
        fixture_test(many_clients_do_not_get_mixed_up),
        fixture_test(says_how_long_to_wait),
        fixture_test(old_windows_do_not_come_back),
        fixture_test(old_times_do_not_come_back),
        fixture_test(the_usual_clock_will_do),
        fixture_test(a_flood_of_addresses_frees_nobody_who_asks_on),
        fixture_test(a_forgotten_client_begins_anew),
        fixture_test(limiters_on_one_table_are_one),
        fixture_test(a_new_rate_goes_on_with_what_is_known),
        fixture_test(numbers_out_of_range_make_none),
    };

    return fixture_run("rate_limiter", tests);
}
