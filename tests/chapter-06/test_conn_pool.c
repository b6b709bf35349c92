/* conn_pool by itself: what it takes, lends, keeps, closes and counts, on real
 * connections and without a loop. Pools that are watched by one are in
 * test_conn_pool_watched.c. */
#include "fixture.h"

#include <limits.h>
#include <sys/resource.h>

#include "names.h"
#include "pool_rig.h"

static struct pool_rig rig;

static conn_pool_t *new_pool(int max_size, int ttl_seconds)
{
    conn_pool_t *pool = conn_pool_create(NULL, 0, max_size, ttl_seconds);

    assert_non_null(pool);
    rig_open(&rig);
    return pool;
}

static void end(conn_pool_t *pool)
{
    conn_pool_destroy(pool);
    rig_close(&rig);
}

static void expect_hit_rate(conn_pool_t *pool, double rate)
{
    double is;

    conn_pool_stats(pool, NULL, NULL, NULL, &is);
    assert_true(is > rate - 1e-9 && is < rate + 1e-9);
}

/* ---- making one ---------------------------------------------------------- */

static void refuses_what_is_out_of_range(void **state)
{
    static const struct {
        const char *host;
        int port, max_size, ttl_seconds, ok;
    } cases[] = {
        {NULL, 0, 0, 1, 1},         {NULL, 0, CONN_POOL_MAX, INT_MAX, 1},
        {NULL, -7, 64, 30, 1}, /* no host: nobody looks at the port */
        {NULL, 0, -1, 30, 0},       {NULL, 0, CONN_POOL_MAX + 1, 30, 0},
        {NULL, 0, 64, 0, 0},        {NULL, 0, 64, -1, 0},
        {"h", 1, 64, 30, 1},        {"h", 65535, 64, 30, 1},
        {"h", 0, 64, 30, 0},        {"h", -1, 64, 30, 0},
        {"h", 65536, 64, 30, 0},
    };

    (void)state;
    names_forget(0);
    names_add(1, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        conn_pool_t *pool;

        errno = 0;
        pool = conn_pool_create(cases[i].host, cases[i].port,
                                cases[i].max_size, cases[i].ttl_seconds);
        assert_int_equal(pool != NULL, cases[i].ok);
        assert_true(cases[i].ok || errno == EINVAL);
        conn_pool_destroy(pool);
    }
}

static void says_why_a_name_has_no_address(void **state)
{
    static const struct {
        int found, why;
    } cases[] = {{EAI_NONAME, EHOSTUNREACH},
                 {EAI_AGAIN, EHOSTUNREACH},
                 {EAI_MEMORY, ENOMEM},
                 {0, EHOSTUNREACH}}; /* found, and has none */

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        names_forget(cases[i].found);
        errno = 0;
        assert_null(conn_pool_create("nobody", 80, 64, 30));
        assert_int_equal(errno, cases[i].why);
    }
}

static void begins_with_nothing(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    uint64_t lent = 1, reused = 1;

    (void)state;
    rig_expect_nothing_idle(pool);
    rig_expect(pool, 0, 0);
    expect_hit_rate(pool, 0);
    conn_pool_counts(pool, &lent, &reused);
    assert_int_equal(lent, 0);
    assert_int_equal(reused, 0);
    assert_int_equal(conn_pool_prune(pool, 0), 0);
    assert_int_equal(conn_pool_prune(pool, 1), 0);
    conn_pool_stats(pool, NULL, NULL, NULL, NULL);
    conn_pool_destroy(NULL);
    end(pool);
}

/* ---- lending and taking back --------------------------------------------- */

static void lends_what_came_back(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int fd = rig_lend(&rig, pool);

    (void)state;
    rig_expect(pool, 0, 1);
    rig_expect_nothing_idle(pool);
    conn_pool_return(pool, fd, 1);
    rig_expect(pool, 1, 0);
    assert_int_equal(conn_pool_take_idle(pool), fd);
    rig_expect(pool, 0, 1);
    wire_send_text(fd, "ping"); /* and it is alive, both ways */
    wire_expect_text(rig.peer[fd], "ping");
    wire_send_text(rig.peer[fd], "pong");
    wire_expect_text(fd, "pong");
    conn_pool_return(pool, fd, 1);
    end(pool);
}

static void lends_the_newest_first(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int fd[5];

    (void)state;
    for (int i = 0; i < 5; i++)
        fd[i] = rig_lend(&rig, pool);
    for (int i = 0; i < 5; i++)
        conn_pool_return(pool, fd[i], 1);
    for (int i = 4; i >= 0; i--)
        assert_int_equal(conn_pool_take_idle(pool), fd[i]);
    for (int i = 0; i < 5; i++)
        conn_pool_return(pool, fd[i], 0);
    end(pool);
}

static void closes_what_is_not_healthy(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int fd = rig_lend(&rig, pool);

    (void)state;
    conn_pool_return(pool, fd, 0);
    assert_false(rig_is_open(fd));
    rig_expect_closed(&rig, fd);
    rig_expect(pool, 0, 0);
    rig_expect_nothing_idle(pool);
    end(pool);
}

/* The one that was used least recently, which need not be the first that came. */
static void a_full_pool_parts_with_the_least_recently_used(void **state)
{
    conn_pool_t *pool = new_pool(3, 30);
    int a = rig_lend(&rig, pool), b = rig_lend(&rig, pool);
    int c = rig_lend(&rig, pool), d = rig_lend(&rig, pool);

    (void)state;
    conn_pool_return(pool, a, 1);
    conn_pool_return(pool, b, 1);
    assert_int_equal(conn_pool_take_idle(pool), b);
    assert_int_equal(conn_pool_take_idle(pool), a);
    conn_pool_return(pool, b, 1);
    conn_pool_return(pool, c, 1);
    conn_pool_return(pool, a, 1); /* a has been used after b and c */
    rig_expect(pool, 3, 1);
    conn_pool_return(pool, d, 1);
    rig_expect(pool, 3, 0);
    rig_expect_closed(&rig, b);
    assert_true(rig_is_open(a) && rig_is_open(c) && rig_is_open(d));
    assert_int_equal(conn_pool_take_idle(pool), d);
    assert_int_equal(conn_pool_take_idle(pool), a);
    assert_int_equal(conn_pool_take_idle(pool), c);
    rig_expect_nothing_idle(pool);
    conn_pool_return(pool, a, 0);
    conn_pool_return(pool, c, 0);
    conn_pool_return(pool, d, 0);
    end(pool);
}

static void a_pool_of_none_keeps_none(void **state)
{
    conn_pool_t *pool = new_pool(0, 30);
    int fd = rig_lend(&rig, pool);

    (void)state;
    conn_pool_return(pool, fd, 1);
    assert_false(rig_is_open(fd));
    rig_expect_closed(&rig, fd);
    rig_expect(pool, 0, 0);
    rig_expect_nothing_idle(pool);
    end(pool);
}

static void a_pool_of_one_keeps_the_newest(void **state)
{
    conn_pool_t *pool = new_pool(1, 30);
    int a = rig_lend(&rig, pool), b = rig_lend(&rig, pool);

    (void)state;
    conn_pool_return(pool, a, 1);
    conn_pool_return(pool, b, 1);
    rig_expect(pool, 1, 0);
    rig_expect_closed(&rig, a);
    assert_int_equal(conn_pool_take_idle(pool), b);
    conn_pool_return(pool, b, 1);
    end(pool);
}

static void pruning_everything_closes_the_idle_ones_only(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int lent = rig_lend(&rig, pool), fd[3];

    (void)state;
    for (int i = 0; i < 3; i++)
        fd[i] = rig_idle(&rig, pool);
    assert_int_equal(conn_pool_prune(pool, 0), 0); /* none is old */
    assert_int_equal(conn_pool_prune(pool, 1), 3);
    for (int i = 0; i < 3; i++)
        rig_expect_closed(&rig, fd[i]);
    rig_expect(pool, 0, 1);
    assert_true(rig_is_open(lent));
    conn_pool_return(pool, lent, 1); /* the pool goes on */
    assert_int_equal(conn_pool_take_idle(pool), lent);
    conn_pool_return(pool, lent, 1);
    end(pool);
}

static void destroying_closes_the_idle_ones(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int a = rig_idle(&rig, pool), b = rig_idle(&rig, pool);

    (void)state;
    conn_pool_destroy(pool);
    rig_expect_closed(&rig, a);
    rig_expect_closed(&rig, b);
    rig_close(&rig);
}

/* ---- looking before lending ---------------------------------------------- */

static void never_lends_one_that_was_spoiled(void **state)
{
    (void)state;
    for (int how = SPEAKS; how <= RESETS; how++) {
        conn_pool_t *pool = new_pool(64, 30);
        int fd = rig_idle(&rig, pool);

        rig_spoil(&rig, fd, (enum spoiled)how);
        rig_expect_nothing_idle(pool);
        assert_false(rig_is_open(fd));
        rig_expect(pool, 0, 0);
        expect_hit_rate(pool, 0);
        end(pool);
    }
}

static void goes_on_to_one_that_is_good(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int fd[5];

    (void)state;
    for (int i = 0; i < 5; i++)
        fd[i] = rig_lend(&rig, pool);
    for (int i = 0; i < 5; i++)
        conn_pool_return(pool, fd[i], 1);
    rig_spoil(&rig, fd[4], SPEAKS);
    rig_spoil(&rig, fd[3], CLOSES);
    rig_spoil(&rig, fd[1], RESETS);
    assert_int_equal(conn_pool_take_idle(pool), fd[2]);
    rig_expect(pool, 2, 1);
    assert_int_equal(conn_pool_take_idle(pool), fd[0]);
    rig_expect(pool, 0, 2);
    conn_pool_return(pool, fd[0], 0);
    conn_pool_return(pool, fd[2], 0);
    end(pool);
}

/* The one test that waits for the real clock, since without a loop the pool asks
 * it itself: one second, the shortest ttl there is. */
static void lends_none_that_is_too_old(void **state)
{
    conn_pool_t *pool = new_pool(64, 1);
    int a = rig_lend(&rig, pool), b = rig_lend(&rig, pool);
    uint64_t since_ms = clock_now_ms(), took_ms;
    deadline_t deadline = deadline_in(10000);

    (void)state;
    conn_pool_return(pool, a, 1);
    while (conn_pool_prune(pool, 0) == 0)
        assert_true(deadline_pause(deadline));
    took_ms = clock_now_ms() - since_ms;
    assert_true(took_ms >= 1000);
    rig_expect_closed(&rig, a);
    rig_expect(pool, 0, 1);

    conn_pool_return(pool, b, 1);
    since_ms = clock_now_ms();
    while (clock_now_ms() < since_ms + 1000)
        assert_true(deadline_pause(deadline));
    rig_expect_nothing_idle(pool);
    rig_expect_closed(&rig, b);
    rig_expect(pool, 0, 0);
    end(pool);
}

/* ---- new ones ------------------------------------------------------------ */

static conn_pool_t *new_pool_to(int count, int bad)
{
    conn_pool_t *pool;

    rig_open(&rig);
    names_forget(0);
    for (int i = 0; i < count; i++)
        names_add(ntohs(((struct sockaddr_in *)&rig.to.storage)->sin_port),
                  i < bad);
    pool = conn_pool_create("backend", 80, 64, 30);
    assert_non_null(pool);
    return pool;
}

static void gets_a_new_one_then_the_same_again(void **state)
{
    conn_pool_t *pool = new_pool_to(1, 0);
    int fd = rig_accept(&rig, conn_pool_get(pool));

    (void)state;
    assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    rig_expect(pool, 0, 1);
    expect_hit_rate(pool, 0);
    conn_pool_return(pool, fd, 1);
    assert_int_equal(conn_pool_get(pool), fd);
    expect_hit_rate(pool, 0.5);
    wire_send_text(rig.peer[fd], "hello");
    wire_expect_text(fd, "hello");
    conn_pool_return(pool, fd, 1);
    end(pool);
}

static void gets_a_new_one_for_one_that_was_spoiled(void **state)
{
    conn_pool_t *pool = new_pool_to(1, 0);
    int fd = rig_accept(&rig, conn_pool_get(pool));

    (void)state;
    conn_pool_return(pool, fd, 1);
    rig_spoil(&rig, fd, SPEAKS);
    fd = rig_accept(&rig, conn_pool_get(pool));
    wire_expect_silence(fd, 0);
    expect_hit_rate(pool, 0);
    conn_pool_return(pool, fd, 1);
    end(pool);
}

static void gets_the_first_address_that_does_not_fail_at_once(void **state)
{
    (void)state;
    for (int bad = 0; bad < NAMES_MAX; bad++) {
        conn_pool_t *pool = new_pool_to(NAMES_MAX, bad);
        int fd = rig_accept(&rig, conn_pool_get(pool));

        wire_accept_nobody(rig.listener, 0);
        rig_expect(pool, 0, 1);
        conn_pool_return(pool, fd, 1);
        end(pool);
    }
}

static void says_why_when_all_addresses_fail(void **state)
{
    conn_pool_t *pool = new_pool_to(NAMES_MAX, NAMES_MAX);
    int before = fixture_descriptors();

    (void)state;
    errno = 0;
    assert_int_equal(conn_pool_get(pool), -1);
    assert_int_equal(errno, EINVAL);
    rig_expect(pool, 0, 0);
    expect_hit_rate(pool, 0);
    assert_int_equal(fixture_descriptors(), before);
    end(pool);
}

static void can_get_none_without_a_host(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int fd;

    (void)state;
    errno = 0;
    assert_int_equal(conn_pool_get(pool), -1);
    assert_int_equal(errno, EDESTADDRREQ);
    fd = rig_idle(&rig, pool);
    assert_int_equal(conn_pool_get(pool), fd); /* an idle one needs no host */
    conn_pool_return(pool, fd, 1);
    end(pool);
}

static void says_when_descriptors_have_run_out(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    struct rlimit old, none;
    int fd, error;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    none = old;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    errno = 0;
    fd = conn_pool_open(pool, &rig.to);
    error = errno;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(fd, -1);
    assert_int_equal(error, EMFILE);
    rig_expect(pool, 0, 0);
    end(pool);
}

/* ---- how often one was used again ---------------------------------------- */

static void hit_rate_is_a_ratio_of_all_that_were_lent(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int fd = rig_lend(&rig, pool);
    uint64_t lent, reused;

    (void)state;
    for (int i = 1; i < 1250; i++) {
        conn_pool_return(pool, fd, 1);
        assert_int_equal(conn_pool_take_idle(pool), fd);
    }
    expect_hit_rate(pool, 0.9992); /* 1,249 of 1,250 */
    rig_expect_nothing_idle(pool); /* a miss is counted when one is opened */
    expect_hit_rate(pool, 0.9992);
    conn_pool_counts(pool, &lent, &reused);
    assert_int_equal(lent, 1250);
    assert_int_equal(reused, 1249);
    conn_pool_return(pool, fd, 0);
    expect_hit_rate(pool, 0.9992);
    end(pool);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(refuses_what_is_out_of_range),
        fixture_test(says_why_a_name_has_no_address),
        fixture_test(begins_with_nothing),
        fixture_test(lends_what_came_back),
        fixture_test(lends_the_newest_first),
        fixture_test(closes_what_is_not_healthy),
        fixture_test(a_full_pool_parts_with_the_least_recently_used),
        fixture_test(a_pool_of_none_keeps_none),
        fixture_test(a_pool_of_one_keeps_the_newest),
        fixture_test(pruning_everything_closes_the_idle_ones_only),
        fixture_test(destroying_closes_the_idle_ones),
        fixture_test(never_lends_one_that_was_spoiled),
        fixture_test(goes_on_to_one_that_is_good),
        fixture_test(lends_none_that_is_too_old),
        fixture_test(gets_a_new_one_then_the_same_again),
        fixture_test(gets_a_new_one_for_one_that_was_spoiled),
        fixture_test(gets_the_first_address_that_does_not_fail_at_once),
        fixture_test(says_why_when_all_addresses_fail),
        fixture_test(can_get_none_without_a_host),
        fixture_test(says_when_descriptors_have_run_out),
        fixture_test(hit_rate_is_a_ratio_of_all_that_were_lent),
    };

    return fixture_run("conn_pool", tests);
}
