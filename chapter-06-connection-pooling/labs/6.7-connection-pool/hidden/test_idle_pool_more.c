/* idle_pool: what became of a connection while nobody looked. */
#include "peers.h"

static void one_that_its_backend_closed_is_not_lent(void **state)
{
    struct peers p;

    (void)state;
    peers_open(&p, 4);
    give_all(&p, 0, 1, 1, 0);
    close(p.peer[1]);
    p.peer[1] = -1;
    expect_taken(&p, 1, 10, 0);
    expect_int("connections that are left", p.pool.count, 0);
    peers_close(&p);
}

static void one_that_spoke_is_not_lent(void **state)
{
    struct peers p;

    (void)state;
    peers_open(&p, 4);
    give_all(&p, 0, 1, 1, 0);
    assert_int_equal(send(p.peer[1], "HTTP", 4, 0), 4);
    expect_taken(&p, 1, 10, 0);
    expect_int("connections that are left", p.pool.count, 0);
    close(p.peer[1]);
    p.peer[1] = -1;
    peers_close(&p);
}

static void one_that_is_too_old_is_not_lent(void **state)
{
    struct peers p;

    (void)state;
    peers_open(&p, 4);
    give_all(&p, 0, 1, 1, 0);
    expect_taken(&p, 1, TTL, 1);
    expect_taken(&p, 1, TTL, -1);
    expect_closed(&p, 0, 1);
    peers_close(&p);
}

static void backends_do_not_mix(void **state)
{
    struct peers p;

    (void)state;
    peers_open(&p, 8);
    give_all(&p, 0, 1, 1, 0);
    give_all(&p, 2, 3, 2, 2);
    give_all(&p, 4, 5, 1, 4);
    expect_taken(&p, 3, 10, -1);
    expect_taken(&p, 2, 10, 3);
    expect_int("closed of backend 1", idle_pool_evict(&p.pool, 1), 4);
    expect_closed(&p, 2, 0);
    expect_taken(&p, 2, 10, 2);
    peers_close(&p);
}

static void lending_one_keeps_the_others_in_order(void **state)
{
    struct peers p;

    (void)state;
    peers_open(&p, 4);
    give_all(&p, 0, 0, 1, 0);
    give_all(&p, 1, 1, 2, 1);
    give_all(&p, 2, 3, 1, 2);
    expect_taken(&p, 2, 10, 1);
    give_all(&p, 4, 6, 2, 10);
    expect_closed(&p, 0, 1);
    expect_closed(&p, 2, 1);
    expect_closed(&p, 3, 0);
    peers_close(&p);
}

static void a_pool_of_none_keeps_none(void **state)
{
    struct peers p;

    (void)state;
    peers_open(&p, 0);
    give_all(&p, 0, 0, 1, 0);
    expect_closed(&p, 0, 1);
    expect_taken(&p, 1, 0, -1);
    peers_close(&p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(one_that_its_backend_closed_is_not_lent),
        fixture_test(one_that_spoke_is_not_lent),
        fixture_test(one_that_is_too_old_is_not_lent),
        fixture_test(backends_do_not_mix),
        fixture_test(lending_one_keeps_the_others_in_order),
        fixture_test(a_pool_of_none_keeps_none),
    };

    return fixture_run("idle_pool_more", tests);
}
