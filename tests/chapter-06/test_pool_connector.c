/* pool_connector: each backend of a set has a pool of its own, behind the seam
 * that chapter 4's sessions use. */
#include "fixture.h"

#include <stdio.h>

#include "pool_connector.h"
#include "pool_rig.h"

#define BACKENDS 3

static struct pool_rig rigs[BACKENDS]; /* rigs[0] is the loop, too */
static struct backend_set set;
static struct pool_connector pools;
static struct connector seam;

static void begin(int max_size)
{
    memset(&set, 0, sizeof set);
    set.num_backends = BACKENDS;
    for (int i = 0; i < BACKENDS; i++) {
        rig_open(&rigs[i]);
        set.backends[i].addresses.count = 1;
        set.backends[i].addresses.at[0] = rigs[i].to;
    }
    assert_int_equal(pool_connector_init(&pools, &set, rig_watch(&rigs[0]),
                                         max_size, 30000), 0);
    seam = pool_connector_seam(&pools);
}

static void end(void)
{
    pool_connector_close(&pools);
    for (int i = 0; i < BACKENDS; i++)
        rig_close(&rigs[i]);
}

/* Borrows from a backend; it must be an old one, or must not. */
static int borrow(int backend, int old_will_do, int expected)
{
    int reused = old_will_do;
    int fd = seam.acquire(seam.self, &set.backends[backend], &reused);

    assert_true(fd >= 0);
    assert_int_equal(reused, expected);
    return reused ? fd : rig_accept(&rigs[backend], fd);
}

static void give_back(int backend, int fd, int reusable)
{
    seam.release(seam.self, &set.backends[backend], fd, reusable);
}

static void expect_count(uint64_t lent, uint64_t reused)
{
    uint64_t lent_is, reused_is;

    pool_connector_count(&pools, &lent_is, &reused_is);
    assert_int_equal(lent_is, lent);
    assert_int_equal(reused_is, reused);
}

/* ---- the tests ----------------------------------------------------------- */

static void lends_an_old_one_where_that_will_do(void **state)
{
    int fd;

    (void)state;
    begin(64);
    fd = borrow(0, 1, 0); /* there is none yet */
    give_back(0, fd, 1);
    assert_int_equal(borrow(0, 1, 1), fd);
    expect_count(2, 1);
    give_back(0, fd, 1);
    assert_int_equal(borrow(0, 7, 1), fd); /* anything but 0 says yes */
    give_back(0, fd, 1);
    end();
}

static void lends_a_new_one_where_an_old_one_will_not_do(void **state)
{
    int old, fresh;

    (void)state;
    begin(64);
    old = borrow(0, 1, 0);
    give_back(0, old, 1);
    fresh = borrow(0, 0, 0);
    assert_int_not_equal(fresh, old);
    expect_count(2, 0);
    assert_int_equal(borrow(0, 1, 1), old); /* it has stayed where it was */
    give_back(0, old, 1);
    give_back(0, fresh, 1);
    end();
}

static void never_lends_one_of_another_backend(void **state)
{
    int fd[BACKENDS];

    (void)state;
    begin(64);
    for (int i = 0; i < BACKENDS; i++)
        fd[i] = borrow(i, 1, 0);
    for (int i = 0; i < BACKENDS; i++)
        give_back(i, fd[i], 1);
    for (int i = 0; i < BACKENDS; i++) {
        assert_int_equal(borrow(i, 1, 1), fd[i]);
        wire_send_text(fd[i], "x");
        wire_expect_text(rigs[i].peer[fd[i]], "x");
    }
    for (int i = 0; i < BACKENDS; i++)
        give_back(i, fd[i], 1);
    expect_count(2 * BACKENDS, BACKENDS);
    end();
}

static void connects_to_the_preferred_address(void **state)
{
    int reused = 0, fd;

    (void)state;
    begin(64);
    set.backends[0].addresses.count = 2;
    set.backends[0].addresses.at[1] = rigs[1].to;
    set.backends[0].preferred = 1;
    fd = seam.acquire(seam.self, &set.backends[0], &reused);
    rig_accept(&rigs[1], fd);
    wire_accept_nobody(rigs[0].listener, 0);
    give_back(0, fd, 0);
    end();
}

static void closes_what_is_not_reusable(void **state)
{
    int fd;

    (void)state;
    begin(64);
    fd = borrow(1, 1, 0);
    give_back(1, fd, 0);
    rig_expect_closed(&rigs[1], fd);
    give_back(1, borrow(1, 1, 0), 1);
    end();
}

static void watches_the_idle_ones_of_all(void **state)
{
    int a, b;

    (void)state;
    begin(64);
    a = borrow(0, 1, 0);
    b = borrow(2, 1, 0);
    give_back(0, a, 1);
    give_back(2, b, 1);
    assert_int_equal(rig_watched(&rigs[0]), 2);
    wire_send_text(rigs[2].peer[b], "HTTP/1.1 200 OK\r\n\r\n");
    assert_int_equal(rig_turn(&rigs[0]), 1);
    rig_expect_closed(&rigs[2], b);
    assert_int_equal(borrow(0, 1, 1), a);
    give_back(0, a, 1);
    assert_int_equal(rig_pass(&rigs[0], 29999), 0);
    assert_true(rig_is_open(a));
    assert_true(rig_pass(&rigs[0], 1) > 0);
    assert_false(rig_is_open(a));
    end();
}

static void pools_of_none_lend_new_ones_only(void **state)
{
    (void)state;
    begin(0);
    for (int i = 0; i < 3; i++) {
        int fd = borrow(0, 1, 0);

        give_back(0, fd, 1);
        rig_expect_closed(&rigs[0], fd);
    }
    expect_count(3, 0);
    end();
}

static void a_connection_that_fails_at_once_is_not_lent(void **state)
{
    int reused = 1;

    (void)state;
    begin(64);
    set.backends[0].addresses.at[0].len = 3; /* EINVAL says connect(2) */
    errno = 0;
    assert_int_equal(seam.acquire(seam.self, &set.backends[0], &reused), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(reused, 0);
    expect_count(0, 0);
    end();
}

/* The guide's figure: 99.92 % of 100,000 requests; here of a fiftieth of them. */
static void counts_how_many_were_used_again(void **state)
{
    int fd[2];

    (void)state;
    begin(64);
    for (int i = 0; i < 2; i++)
        fd[i] = borrow(i, 1, 0);
    for (int i = 0; i < 2; i++)
        give_back(i, fd[i], 1);
    for (int i = 2; i < 2500; i++)
        give_back(i % 2, borrow(i % 2, 1, 1), 1);
    expect_count(2500, 2498);
    end();
}

static void refuses_what_a_pool_refuses(void **state)
{
    (void)state;
    memset(&set, 0, sizeof set);
    set.num_backends = BACKENDS;
    rig_open(&rigs[0]);
    errno = 0;
    assert_int_equal(pool_connector_init(&pools, &set, rig_watch(&rigs[0]), -1,
                                         30000), -1);
    assert_int_equal(errno, EINVAL);
    errno = 0;
    assert_int_equal(pool_connector_init(&pools, &set, rig_watch(&rigs[0]), 64,
                                         0), -1);
    assert_int_equal(errno, EINVAL);
    rig_close(&rigs[0]);
}

static void has_room_for_as_many_backends_as_there_can_be(void **state)
{
    int reused = 1, fd;
    struct backend *last = &set.backends[MAX_BACKENDS - 1];

    (void)state;
    memset(&set, 0, sizeof set);
    set.num_backends = MAX_BACKENDS;
    rig_open(&rigs[0]);
    last->addresses.at[0] = rigs[0].to;
    assert_int_equal(pool_connector_init(&pools, &set, rig_watch(&rigs[0]), 64,
                                         30000), 0);
    seam = pool_connector_seam(&pools);
    fd = rig_accept(&rigs[0], seam.acquire(seam.self, last, &reused));
    seam.release(seam.self, last, fd, 1);
    reused = 1;
    assert_int_equal(seam.acquire(seam.self, last, &reused), fd);
    seam.release(seam.self, last, fd, 1);
    expect_count(2, 1);
    pool_connector_close(&pools);
    rig_expect_closed(&rigs[0], fd);
    rig_close(&rigs[0]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(lends_an_old_one_where_that_will_do),
        fixture_test(lends_a_new_one_where_an_old_one_will_not_do),
        fixture_test(never_lends_one_of_another_backend),
        fixture_test(connects_to_the_preferred_address),
        fixture_test(closes_what_is_not_reusable),
        fixture_test(watches_the_idle_ones_of_all),
        fixture_test(pools_of_none_lend_new_ones_only),
        fixture_test(a_connection_that_fails_at_once_is_not_lent),
        fixture_test(counts_how_many_were_used_again),
        fixture_test(refuses_what_a_pool_refuses),
        fixture_test(has_room_for_as_many_backends_as_there_can_be),
    };

    return fixture_run("pool_connector", tests);
}
