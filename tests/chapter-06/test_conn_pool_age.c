/* conn_pool watched by a loop: how long idle connections are kept, to the
 * millisecond, on a clock that the test moves; several pools on one loop; and
 * very many connections. */
#include "fixture.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "watched_pool.h"

/* ---- age ----------------------------------------------------------------- */

static void closes_at_the_very_millisecond(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int fd = rig_idle(&rig, pool);

    (void)state;
    assert_int_equal(rig_pass(&rig, 29999), 0);
    assert_int_equal(conn_pool_prune(pool, 0), 0);
    rig_expect(pool, 1, 0);
    assert_int_equal(rig_pass(&rig, 1), 1);
    assert_false(rig_is_open(fd));
    rig_expect_closed(&rig, fd);
    rig_expect(pool, 0, 0);
    assert_null(rig.timers); /* nothing is left to watch over */
    end(pool);
}

static void each_has_its_own_time(void **state)
{
    conn_pool_t *pool = new_pool(64, 10);
    int fd[4];

    (void)state;
    for (int i = 0; i < 4; i++) { /* at 0, 1, 2 and 3 seconds */
        fd[i] = rig_idle(&rig, pool);
        assert_int_equal(rig_pass(&rig, 1000), 0);
    }
    assert_int_equal(rig_pass(&rig, 5999), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(rig_pass(&rig, 1), 1);
        assert_false(rig_is_open(fd[i]));
        rig_expect(pool, 3 - i, 0);
        assert_int_equal(rig_pass(&rig, 999), 0);
    }
    end(pool);
}

/* Each time it is used its time begins anew. */
static void age_is_counted_from_the_last_return(void **state)
{
    conn_pool_t *pool = new_pool(64, 10);
    int fd = rig_idle(&rig, pool);

    (void)state;
    for (int i = 0; i < 5; i++) {
        rig_pass(&rig, 6000);
        assert_int_equal(conn_pool_take_idle(pool), fd);
        rig_pass(&rig, 20000); /* a lent one does not age */
        assert_true(rig_is_open(fd));
        conn_pool_return(pool, fd, 1);
    }
    rig_pass(&rig, 9999);
    assert_true(rig_is_open(fd));
    rig_pass(&rig, 1);
    assert_false(rig_is_open(fd));
    end(pool);
}

static void one_timer_is_set_once_for_thousands_of_requests(void **state)
{
    conn_pool_t *pool = new_pool(64, 10);
    int fd = rig_idle(&rig, pool);

    (void)state;
    for (int i = 0; i < 9999; i++) {
        assert_int_equal(conn_pool_take_idle(pool), fd);
        rig_pass(&rig, 1);
        conn_pool_return(pool, fd, 1);
    }
    assert_int_equal(rig.timer_calls, 1);
    assert_int_equal(rig_pass(&rig, 1), 1); /* too early, and set anew */
    assert_int_equal(rig.timer_calls, 2);
    rig_expect(pool, 1, 0);
    assert_int_equal(rig_pass(&rig, 9998), 0);
    assert_int_equal(rig_pass(&rig, 1), 1);
    assert_false(rig_is_open(fd));
    end(pool);
}

static void lends_none_that_is_too_old_though_the_timer_is_late(void **state)
{
    conn_pool_t *pool = new_pool(64, 10);
    int fd = rig_idle(&rig, pool);

    (void)state;
    rig.now_ms += 9999;
    assert_int_equal(conn_pool_take_idle(pool), fd);
    conn_pool_return(pool, fd, 1);
    rig.now_ms += 10000;
    rig_expect_nothing_idle(pool);
    assert_false(rig_is_open(fd));
    assert_int_equal(rig_pass(&rig, 0), 1); /* it rings for nothing */
    assert_null(rig.timers);
    end(pool);
}

static void prunes_those_that_are_old(void **state)
{
    conn_pool_t *pool = new_pool(64, 10);

    (void)state;
    for (int i = 0; i < 6; i++) {
        rig_idle(&rig, pool);
        rig.now_ms += 1000; /* and no timer rings */
    }
    rig.now_ms += 6000; /* they are 12, 11, 10, 9, 8 and 7 seconds old */
    assert_int_equal(conn_pool_prune(pool, 0), 3);
    rig_expect(pool, 3, 0);
    assert_int_equal(conn_pool_prune(pool, 0), 0);
    assert_int_equal(conn_pool_prune(pool, 1), 3);
    end(pool);
}

static void a_very_long_time_is_long(void **state)
{
    conn_pool_t *pool = new_pool(64, 86400);
    int fd = rig_idle(&rig, pool);

    (void)state;
    rig_pass(&rig, 86400000 - 1);
    assert_true(rig_is_open(fd));
    rig_pass(&rig, 1);
    assert_false(rig_is_open(fd));
    end(pool);
}

/* Nothing virtual: the loop's own clock and timer. */
static void ages_on_the_loop_itself(void **state)
{
    conn_pool_t *pool = conn_pool_create(NULL, 0, 64, 1);
    deadline_t deadline = deadline_in(10000);
    uint64_t since_ms;
    int fd;

    (void)state;
    assert_non_null(pool);
    rig_open(&rig);
    conn_pool_watch(pool, rig.real);
    fd = rig_lend(&rig, pool);
    rig_look(&rig); /* the loop's clock is now's */
    since_ms = clock_now_ms();
    conn_pool_return(pool, fd, 1);
    while (rig_is_open(fd)) {
        assert_true(deadline_left(deadline) > 0);
        rig_turn(&rig);
    }
    assert_true(clock_now_ms() - since_ms >= 999); /* its own may be older */
    rig_expect_closed(&rig, fd);
    end(pool);
}

/* ---- many ---------------------------------------------------------------- */

static void pools_share_a_loop(void **state)
{
    conn_pool_t *pools[4];
    int fd[4][3];

    (void)state;
    pools[0] = new_pool(64, 10);
    for (int i = 1; i < 4; i++)
        pools[i] = another_pool(64, 10 + i);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 3; k++)
            fd[i][k] = rig_idle(&rig, pools[i]);
    rig_spoil(&rig, fd[2][1], CLOSES);
    assert_int_equal(rig_turn(&rig), 1);
    for (int i = 0; i < 4; i++)
        rig_expect(pools[i], i == 2 ? 2 : 3, 0);
    for (int i = 0; i < 4; i++) { /* each by its own ttl */
        assert_int_equal(rig_pass(&rig, i == 0 ? 9999 : 999), 0);
        rig_expect(pools[i], i == 2 ? 2 : 3, 0);
        assert_int_equal(rig_pass(&rig, 1), 1);
        rig_expect(pools[i], 0, 0);
    }
    for (int i = 3; i > 0; i--)
        conn_pool_destroy(pools[i]);
    end(pools[0]);
}

/* As many as a real pool may hold, or as the system allows. The backend's ends
 * are closed at once, which the loop is not asked about. */
static int many(void)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_cur < limit.rlim_max && limit.rlim_cur < 10100) {
        limit.rlim_cur = limit.rlim_max < 10100 ? limit.rlim_max : 10100;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    }
    return limit.rlim_cur < 10100 ? (int)limit.rlim_cur - 100 : 10000;
}

static void holds_ten_thousand(void **state)
{
    conn_pool_t *pool = new_pool(CONN_POOL_MAX, 30);
    int count = many(), *fd = calloc((size_t)count, sizeof *fd);

    (void)state;
    assert_non_null(fd);
    rig.detached = 1;
    for (int i = 0; i < count; i++) {
        fd[i] = rig_lend(&rig, pool);
        wire_close(rig_take_peer(&rig, fd[i]));
    }
    for (int i = 0; i < count; i++)
        conn_pool_return(pool, fd[i], 1);
    rig_expect(pool, count, 0);
    assert_int_equal(rig_watched(&rig), count);
    for (int i = count - 1; i >= count / 2; i--)
        assert_int_equal(conn_pool_take_idle(pool), fd[i]);
    rig_expect(pool, count / 2, count - count / 2);
    for (int i = count / 2; i < count; i++)
        conn_pool_return(pool, fd[i], i % 2);
    assert_int_equal(rig_pass(&rig, 29999), 0);
    assert_int_equal(rig_pass(&rig, 1), 1); /* all of them in one go */
    rig_expect(pool, 0, 0);
    assert_int_equal(rig_watched(&rig), 0);
    free(fd);
    end(pool);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(closes_at_the_very_millisecond),
        fixture_test(each_has_its_own_time),
        fixture_test(age_is_counted_from_the_last_return),
        fixture_test(one_timer_is_set_once_for_thousands_of_requests),
        fixture_test(lends_none_that_is_too_old_though_the_timer_is_late),
        fixture_test(prunes_those_that_are_old),
        fixture_test(a_very_long_time_is_long),
        fixture_test(ages_on_the_loop_itself),
        fixture_test(pools_share_a_loop),
        fixture_test(holds_ten_thousand),
    };
    int failed = fixture_run("conn_pool_age", tests);

    rig_on_select = 1; /* the same, on the loop of chapter 4 */
    return failed + fixture_run("conn_pool_age_on_select", tests);
}
