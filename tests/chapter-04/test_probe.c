/* probe: rise and fall, intervals, time limits. */
#include "fixture.h"

#include "lone_prober.h"

/* ---- the start ----------------------------------------------------------- */

static void checks_all_at_once_and_the_first_check_decides(void **state)
{
    int port, listener = wire_listen(&port);
    int dead, holder = refusing(&dead);

    (void)state;
    begin();
    add(port);
    add(dead);
    add(port);
    open_prober();
    assert_false(prober_knows_all(&prober));
    assert_int_equal(fake_count(&fake), 0); /* not before the loop's turn */
    pass(0);
    decide(0);
    assert_false(prober_knows_all(&prober)); /* the third is on its way */
    decide(2);
    while (fd_of(1) >= 0) /* a refusal may have come at once */
        decide(1);
    assert_true(prober_knows_all(&prober));
    assert_true(set.backends[0].is_healthy);
    assert_false(set.backends[1].is_healthy);
    assert_true(set.backends[2].is_healthy);
    assert_int_equal(fake_count(&fake), 0); /* none is kept */
    wire_close(listener);
    wire_close(holder);
}

/* ---- when ---------------------------------------------------------------- */

static void a_healthy_backend_is_asked_every_ten_seconds(void **state)
{
    int port, listener = wire_listen(&port);

    (void)state;
    begin();
    add(port);
    open_prober();
    check_all();
    for (int i = 0; i < 3; i++) {
        assert_int_equal(due_in_ms(0), PROBE_INTERVAL_MS);
        pass(PROBE_INTERVAL_MS - 1);
        assert_int_equal(fd_of(0), -1);
        pass(1);
        assert_int_equal(due_in_ms(0), PROBE_TIMEOUT_MS);
        decide(0);
    }
    wire_close(listener);
}

static void one_in_doubt_is_asked_every_second(void **state)
{
    int port, listener = wire_listen(&port);
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(port);
    open_prober();
    check_all();
    check_one(b, 0); /* one failure: up, but in doubt */
    assert_true(b->is_healthy);
    assert_int_equal(due_in_ms(0), PROBE_FAST_MS);
    check_one(b, 1); /* it was nothing */
    assert_int_equal(due_in_ms(0), PROBE_INTERVAL_MS);
    for (int i = 0; i < PROBE_FALL; i++)
        check_one(b, 0);
    assert_false(b->is_healthy);
    assert_int_equal(due_in_ms(0), PROBE_FAST_MS);
    check_one(b, 1); /* better, but still in doubt */
    assert_int_equal(due_in_ms(0), PROBE_FAST_MS);
    wire_close(listener);
}

/* Each has a time of its own: one in doubt hurries nobody else. */
static void each_backend_has_its_own_time(void **state)
{
    int port, listener = wire_listen(&port);

    (void)state;
    begin();
    add(port);
    add(port);
    open_prober();
    check_all();
    check_one(&set.backends[0], 0);
    assert_int_equal(due_in_ms(0), PROBE_FAST_MS);
    assert_int_equal(due_in_ms(1), PROBE_INTERVAL_MS - PROBE_TIMEOUT_MS);
    pass(PROBE_FAST_MS);
    assert_true(fd_of(0) >= 0);
    assert_int_equal(fd_of(1), -1);
    decide(0);
    pass(PROBE_INTERVAL_MS - PROBE_TIMEOUT_MS - PROBE_FAST_MS);
    assert_int_equal(fd_of(0), -1);
    assert_true(fd_of(1) >= 0);
    decide(1);
    wire_close(listener);
}

/* What upstream.c asks for when a request has failed. */
static void one_that_is_suspected_is_asked_now(void **state)
{
    int port, listener = wire_listen(&port);

    (void)state;
    begin();
    add(port);
    add(port);
    open_prober();
    check_all();
    prober_suspect(&prober, &set.backends[1]);
    pass(0);
    assert_int_equal(fd_of(0), -1);
    assert_true(fd_of(1) >= 0);
    decide(1);
    assert_int_equal(set.backends[1].checks, 2);
    assert_int_equal(due_in_ms(1), PROBE_INTERVAL_MS);
    wire_close(listener);
}

/* A check that is under way neither begins anew nor gets more or less time,
 * however many requests fail meanwhile. */
static void one_that_is_being_asked_is_not_asked_twice(void **state)
{
    int port, listener = wire_listen(&port), fd;

    (void)state;
    begin();
    add(port);
    open_prober();
    pass(0);
    fd = fd_of(0);
    for (int ms = 0; ms < PROBE_TIMEOUT_MS; ms++) {
        prober_suspect(&prober, &set.backends[0]);
        assert_int_equal(fd_of(0), fd);
        assert_int_equal(set.backends[0].checks, 0);
        pass(1);
    }
    assert_int_equal(fd_of(0), -1);
    assert_int_equal(set.backends[0].checks, 1);
    wire_close(listener);
}

/* ---- rise and fall ------------------------------------------------------- */

static void it_takes_three_failures_and_two_successes(void **state)
{
    static const struct {
        int ok, healthy;
    } reports[] = {
        {1, 1},                         /* the first check decides */
        {0, 1}, {0, 1}, {1, 1},         /* two failures are not enough ... */
        {0, 1}, {0, 1}, {0, 0}, {0, 0}, /* ... three in a row are */
        {1, 0}, {0, 0}, {1, 0}, {1, 1}, /* two successes in a row */
        {0, 1}, {0, 1}, {0, 0},
    };
    int port, listener = wire_listen(&port);
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(port);
    open_prober();
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        check_one(b, reports[i].ok);
        assert_int_equal(b->is_healthy, reports[i].healthy);
    }
    wire_close(listener);
}

static void a_first_check_that_fails_decides_too(void **state)
{
    int port, listener = wire_listen(&port);
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(port);
    open_prober();
    check_one(b, 0);
    assert_false(b->is_healthy);
    check_one(b, 1);
    assert_false(b->is_healthy);
    check_one(b, 1);
    assert_true(b->is_healthy);
    wire_close(listener);
}

static void a_dead_backend_is_found_dead_and_alive_again(void **state)
{
    int port, listener = wire_listen(&port);
    int dead, holder = refusing(&dead);
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(port);
    open_prober();
    check_all();
    assert_int_equal(net_resolve("127.0.0.1", dead, &b->addresses), 0);
    for (int i = 0; i < PROBE_FALL; i++) {
        assert_true(b->is_healthy);
        pass(i == 0 ? PROBE_INTERVAL_MS : PROBE_FAST_MS);
        check_all();
    }
    assert_false(b->is_healthy);
    assert_int_equal(net_resolve("127.0.0.1", port, &b->addresses), 0);
    for (int i = 0; i < PROBE_RISE; i++) {
        assert_false(b->is_healthy);
        pass(PROBE_FAST_MS);
        check_all();
    }
    assert_true(b->is_healthy);
    wire_close(listener);
    wire_close(holder);
}

/* ---- time ---------------------------------------------------------------- */

static void a_check_is_given_up_after_two_seconds(void **state)
{
    int port, listener = wire_listen(&port);
    struct backend *b = &set.backends[0];
    int fd;

    (void)state;
    begin();
    add(port);
    open_prober();
    pass(0);
    fd = fd_of(0);
    pass(PROBE_TIMEOUT_MS - 1);
    assert_int_equal(fd_of(0), fd);
    pass(1);
    assert_int_equal(fd_of(0), -1);
    assert_int_equal(fake_count(&fake), 0); /* forgotten before it is closed */
    assert_int_equal(b->checks, 1);
    assert_false(b->is_healthy);
    wire_close(listener);
}

static void closing_gives_up_what_is_under_way(void **state)
{
    int port, listener = wire_listen(&port);

    (void)state;
    begin();
    add(port);
    add(port);
    open_prober();
    pass(0);
    decide(0);
    assert_int_equal(fake_count(&fake), 1);
    prober_close(&prober);
    assert_int_equal(fake_count(&fake), 0);
    assert_null(fake.clock.timers); /* nor does anything come later */
    assert_int_equal(set.backends[1].checks, 0); /* that is no result */
    prober_close(&prober);
    wire_close(listener);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(checks_all_at_once_and_the_first_check_decides),
        fixture_test(a_healthy_backend_is_asked_every_ten_seconds),
        fixture_test(one_in_doubt_is_asked_every_second),
        fixture_test(each_backend_has_its_own_time),
        fixture_test(one_that_is_suspected_is_asked_now),
        fixture_test(one_that_is_being_asked_is_not_asked_twice),
        fixture_test(it_takes_three_failures_and_two_successes),
        fixture_test(a_first_check_that_fails_decides_too),
        fixture_test(a_dead_backend_is_found_dead_and_alive_again),
        fixture_test(a_check_is_given_up_after_two_seconds),
        fixture_test(closing_gives_up_what_is_under_way),
    };
    return fixture_run("probe", tests);
}
