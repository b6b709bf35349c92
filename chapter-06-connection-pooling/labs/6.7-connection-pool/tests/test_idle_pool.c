/* idle_pool: size, reuse, age, health. */
#include "peers.h"

static void what_was_given_is_lent_once(void **state)
{
    struct peers p;

    (void)state;
    peers_open(&p, 4);
    give_all(&p, 0, 0, 1, 0);
    expect_taken(&p, 1, 10, 0);
    expect_closed(&p, 0, 0);
    expect_taken(&p, 1, 10, -1);
    peers_close(&p);
}

static void the_newest_goes_out_first(void **state)
{
    struct peers p;

    (void)state;
    peers_open(&p, 4);
    give_all(&p, 0, 2, 1, 0);
    for (int i = 2; i >= 0; i--)
        expect_taken(&p, 1, 10, i);
    peers_close(&p);
}

static void one_that_is_not_healthy_is_closed(void **state)
{
    struct peers p;

    (void)state;
    peers_open(&p, 4);
    idle_pool_give(&p.pool, 1, p.fd[0], 0, 0);
    expect_closed(&p, 0, 1);
    expect_taken(&p, 1, 10, -1);
    peers_close(&p);
}

static void a_full_pool_closes_its_oldest(void **state)
{
    struct peers p;

    (void)state;
    peers_open(&p, 2);
    give_all(&p, 0, 2, 1, 0);
    expect_closed(&p, 0, 1);
    expect_closed(&p, 1, 0);
    expect_taken(&p, 1, 10, 2);
    expect_taken(&p, 1, 10, 1);
    peers_close(&p);
}

static void old_ones_are_closed(void **state)
{
    struct peers p;

    (void)state;
    peers_open(&p, 8);
    give_all(&p, 0, 2, 1, 0);
    expect_int("closed a millisecond before the first is too old",
               idle_pool_expire(&p.pool, TTL - 1), 0);
    expect_int("closed when two are", idle_pool_expire(&p.pool, TTL + 1), 2);
    for (int i = 0; i < 3; i++)
        expect_closed(&p, i, i < 2);
    peers_close(&p);
}

static void a_backend_that_is_down_loses_all(void **state)
{
    struct peers p;

    (void)state;
    peers_open(&p, 8);
    give_all(&p, 0, 2, 1, 0);
    expect_int("closed of three", idle_pool_evict(&p.pool, 1), 3);
    for (int i = 0; i < 3; i++)
        expect_closed(&p, i, 1);
    expect_int("closed when there are none", idle_pool_evict(&p.pool, 1), 0);
    expect_taken(&p, 1, 10, -1);
    peers_close(&p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(what_was_given_is_lent_once),
        fixture_test(the_newest_goes_out_first),
        fixture_test(one_that_is_not_healthy_is_closed),
        fixture_test(a_full_pool_closes_its_oldest),
        fixture_test(old_ones_are_closed),
        fixture_test(a_backend_that_is_down_loses_all),
    };

    return fixture_run("idle_pool", tests);
}
