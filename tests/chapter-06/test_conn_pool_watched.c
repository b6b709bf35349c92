/* conn_pool watched by a loop: what it notices of idle connections and when; and
 * that lending and taking back ask nothing of the loop that they need not. How
 * they age is in test_conn_pool_age.c. */
#include "fixture.h"

#include <sys/socket.h>

#include "watched_pool.h"

/* Somebody who borrows: his watcher reads what comes. */
struct borrower {
    struct watcher watcher; /* first */
    int calls;
    char got[64];
};

static void borrower_ready(struct watcher *w, int fd, unsigned events)
{
    struct borrower *b = (struct borrower *)w;
    ssize_t n = recv(fd, b->got, sizeof b->got - 1, 0);

    assert_int_equal(events, WATCH_READ);
    assert_true(n >= 0);
    b->got[n] = '\0';
    b->calls++;
}

static void borrower_waits(struct borrower *b, int fd)
{
    memset(b, 0, sizeof *b);
    b->watcher.ready = borrower_ready;
    assert_int_equal(rig_set(&rig, fd, WATCH_READ, &b->watcher), 0);
}

/* ---- what an idle connection does ---------------------------------------- */

static void closes_in_that_turn_what_the_backend_spoils(void **state)
{
    (void)state;
    for (int how = SPEAKS; how <= RESETS; how++) {
        conn_pool_t *pool = new_pool(64, 30);
        int before = fixture_descriptors(), fd = rig_idle(&rig, pool);

        assert_int_equal(rig.wanted[fd], WATCH_READ);
        assert_int_equal(rig_look(&rig), 0);
        rig_spoil(&rig, fd, (enum spoiled)how);
        assert_int_equal(rig_turn(&rig), 1);
        assert_false(rig_is_open(fd));
        assert_int_equal(rig.wanted[fd], 0); /* forgotten before: see rig_set */
        if (how == SPEAKS)
            rig_expect_closed(&rig, fd);
        assert_int_equal(fixture_descriptors(), before);
        rig_expect(pool, 0, 0);
        rig_expect_nothing_idle(pool);
        assert_int_equal(rig_look(&rig), 0);
        end(pool);
    }
}

static void the_others_stay_in_their_order(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int fd[5];

    (void)state;
    for (int i = 0; i < 5; i++)
        fd[i] = rig_idle(&rig, pool);
    for (int i = 0; i < 5; i += 2) {
        rig_spoil(&rig, fd[i], (enum spoiled)(i / 2));
        assert_int_equal(rig_turn(&rig), 1);
    }
    rig_expect(pool, 2, 0);
    assert_int_equal(conn_pool_take_idle(pool), fd[3]);
    assert_int_equal(conn_pool_take_idle(pool), fd[1]);
    rig_expect_nothing_idle(pool);
    conn_pool_return(pool, fd[1], 0);
    conn_pool_return(pool, fd[3], 0);
    end(pool);
}

static void many_may_end_in_one_turn(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int fd[50];

    (void)state;
    for (int i = 0; i < 50; i++)
        fd[i] = rig_idle(&rig, pool);
    for (int i = 0; i < 50; i++)
        rig_spoil(&rig, fd[i], CLOSES);
    assert_int_equal(rig_turn(&rig), 50);
    rig_expect(pool, 0, 0);
    assert_int_equal(rig_watched(&rig), 0);
    end(pool);
}

/* ---- lending ------------------------------------------------------------- */

static void lending_asks_nothing_of_the_loop(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int fd = rig_idle(&rig, pool), sets = rig.set_calls;
    int timers = rig.timer_calls;

    (void)state;
    assert_int_equal(conn_pool_take_idle(pool), fd);
    rig_expect_nothing_idle(pool);
    assert_int_equal(rig.set_calls, sets);
    assert_int_equal(rig.timer_calls, timers);
    assert_int_equal(rig.wanted[fd], WATCH_READ); /* the borrower's to set */
    conn_pool_return(pool, fd, 1);
    assert_int_equal(rig.set_calls, sets + 1);
    assert_int_equal(rig.timer_calls, timers);
    end(pool);
}

static void the_borrower_waits_in_place_of_the_pool(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int fd = rig_idle(&rig, pool);
    struct borrower b;

    (void)state;
    assert_int_equal(conn_pool_take_idle(pool), fd);
    borrower_waits(&b, fd);
    wire_send_text(rig.peer[fd], "answer");
    assert_int_equal(rig_turn(&rig), 1);
    assert_int_equal(b.calls, 1);
    assert_string_equal(b.got, "answer");
    rig_expect(pool, 0, 1);
    conn_pool_return(pool, fd, 1); /* his watch is still set */
    assert_int_equal(rig.wanted[fd], WATCH_READ);
    assert_ptr_not_equal(rig.watchers[fd], &b.watcher);
    rig_spoil(&rig, fd, SPEAKS);
    assert_int_equal(rig_turn(&rig), 1);
    assert_int_equal(b.calls, 1);
    assert_false(rig_is_open(fd));
    end(pool);
}

/* He has not begun to wait when something comes: it is his, not the pool's. */
static void an_event_before_the_borrower_waits_harms_nothing(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int fd = rig_idle(&rig, pool);
    struct borrower b;

    (void)state;
    assert_int_equal(conn_pool_take_idle(pool), fd);
    wire_send_text(rig.peer[fd], "early");
    assert_int_equal(rig_turn(&rig), 1);
    assert_true(rig_is_open(fd));
    assert_int_equal(rig.wanted[fd], 0);
    assert_int_equal(rig_look(&rig), 0); /* and the loop does not spin */
    rig_expect(pool, 0, 1);
    borrower_waits(&b, fd);
    assert_int_equal(rig_turn(&rig), 1);
    assert_string_equal(b.got, "early");
    conn_pool_return(pool, fd, 1);
    assert_int_equal(conn_pool_take_idle(pool), fd);
    conn_pool_return(pool, fd, 1);
    end(pool);
}

/* The pool uses its own memory again for another connection, while the loop still
 * knows it under the first. */
static void an_event_of_a_lent_one_does_not_hit_another(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int lent = rig_idle(&rig, pool), other = rig_lend(&rig, pool);

    (void)state;
    assert_int_equal(conn_pool_take_idle(pool), lent);
    conn_pool_return(pool, other, 1);
    assert_ptr_equal(rig.watchers[lent], rig.watchers[other]);
    wire_send_text(rig.peer[lent], "early");
    assert_int_equal(rig_turn(&rig), 1);
    assert_true(rig_is_open(lent) && rig_is_open(other));
    assert_int_equal(rig.wanted[lent], 0);
    assert_int_equal(rig.wanted[other], WATCH_READ);
    rig_expect(pool, 1, 1);
    assert_int_equal(conn_pool_take_idle(pool), other);
    conn_pool_return(pool, other, 1);
    rig_spoil(&rig, other, CLOSES);
    assert_int_equal(rig_turn(&rig), 1);
    rig_expect(pool, 0, 1);
    conn_pool_return(pool, lent, 0);
    end(pool);
}

/* ---- taking back --------------------------------------------------------- */

static void forgets_what_it_closes(void **state)
{
    conn_pool_t *pool = new_pool(2, 30);
    int a = rig_lend(&rig, pool), b, c, d;
    struct borrower he;

    (void)state;
    borrower_waits(&he, a);
    conn_pool_return(pool, a, 0);
    assert_int_equal(rig.wanted[a], 0);
    rig_expect_closed(&rig, a);
    b = rig_lend(&rig, pool);
    c = rig_lend(&rig, pool);
    d = rig_lend(&rig, pool);
    conn_pool_return(pool, b, 1);
    conn_pool_return(pool, c, 1);
    conn_pool_return(pool, d, 1);
    assert_int_equal(rig.wanted[b], 0); /* pushed out */
    rig_expect_closed(&rig, b);
    assert_int_equal(rig_watched(&rig), 2);
    assert_int_equal(conn_pool_prune(pool, 1), 2);
    assert_int_equal(rig_watched(&rig), 0);
    rig_expect_closed(&rig, c);
    rig_expect_closed(&rig, d);
    end(pool);
}

static void a_pool_of_none_forgets_what_the_borrower_watched(void **state)
{
    conn_pool_t *pool = new_pool(0, 30);
    int fd = rig_lend(&rig, pool);
    struct borrower he;

    (void)state;
    borrower_waits(&he, fd);
    conn_pool_return(pool, fd, 1);
    assert_int_equal(rig_watched(&rig), 0);
    assert_int_equal(rig.set_calls, 2); /* his, and to forget it */
    rig_expect_closed(&rig, fd);
    assert_int_equal(rig.timer_calls, 0);
    end(pool);
}

static void closes_what_the_loop_cannot_watch(void **state)
{
    conn_pool_t *pool = new_pool(1, 30);
    int kept = rig_idle(&rig, pool), fd;

    (void)state;
    for (int i = 0; i < 3; i++) {
        fd = rig_lend(&rig, pool);
        rig.failing = 1;
        conn_pool_return(pool, fd, 1);
        rig.failing = 0;
        assert_false(rig_is_open(fd));
        rig_expect_closed(&rig, fd);
        rig_expect(pool, 1, 0); /* and the one that is good stays */
    }
    assert_int_equal(conn_pool_take_idle(pool), kept);
    conn_pool_return(pool, kept, 1);
    end(pool);
}

static void destroying_leaves_nothing_in_the_loop(void **state)
{
    conn_pool_t *pool = new_pool(64, 30);
    int fd[3];

    (void)state;
    for (int i = 0; i < 3; i++)
        fd[i] = rig_idle(&rig, pool);
    assert_non_null(rig.timers);
    assert_int_equal(rig_watched(&rig), 3);
    conn_pool_destroy(pool);
    assert_null(rig.timers);
    assert_int_equal(rig_watched(&rig), 0);
    for (int i = 0; i < 3; i++)
        rig_expect_closed(&rig, fd[i]);
    rig_close(&rig);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(closes_in_that_turn_what_the_backend_spoils),
        fixture_test(the_others_stay_in_their_order),
        fixture_test(many_may_end_in_one_turn),
        fixture_test(lending_asks_nothing_of_the_loop),
        fixture_test(the_borrower_waits_in_place_of_the_pool),
        fixture_test(an_event_before_the_borrower_waits_harms_nothing),
        fixture_test(an_event_of_a_lent_one_does_not_hit_another),
        fixture_test(forgets_what_it_closes),
        fixture_test(a_pool_of_none_forgets_what_the_borrower_watched),
        fixture_test(closes_what_the_loop_cannot_watch),
        fixture_test(destroying_leaves_nothing_in_the_loop),
    };
    int failed = fixture_run("conn_pool_watched", tests);

    rig_on_select = 1; /* the same, on the loop of chapter 4 */
    return failed + fixture_run("conn_pool_watched_on_select", tests);
}
