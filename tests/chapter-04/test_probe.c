/* probe: rise and fall, intervals, time limits, several addresses. The backends
 * are sockets; the clock and the loop are in the hands of the test: a connect
 * that hangs is one that nobody tells the prober about. */
#include "fixture.h"

#include <poll.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "deadline.h"
#include "fake_watch.h"
#include "probe.h"
#include "refusing.h"
#include "wire.h"

static struct fake_watch fake;
static struct prober prober;
static struct backend_set set;

/* Adds a backend at this port of 127.0.0.1. */
static void add(int port)
{
    struct backend *b = &set.backends[set.num_backends];
    char text[32];

    snprintf(text, sizeof text, "127.0.0.1:%d", port);
    assert_null(backend_set_add(&set, text, 0));
    assert_int_equal(net_resolve("127.0.0.1", port, &b->addresses), 0);
}

static void begin(void)
{
    memset(&set, 0, sizeof set);
}

static void open_prober(void)
{
    prober_init(&prober, fake_open(&fake), &set);
}

static int fd_of(int i)
{
    return prober.probes[i].fd;
}

/* The connect of a backend's check is decided: the prober is told. */
static void decide(int i)
{
    int fd = fd_of(i);

    assert_true(fd >= 0);
    assert_int_equal(fake.events[fd], WATCH_WRITE);
    assert_true(deadline_poll(fd, POLLOUT, deadline_in(10000)) != 0);
    fake_ready(&fake, fd, WATCH_WRITE);
}

/* The clock goes on by so much; what is due then happens. */
static void pass(uint64_t ms)
{
    fake.clock.now_ms += ms;
    virtual_clock_ring(&fake.clock);
}

/* How long it is until something happens to a backend's check. */
static int due_in_ms(int i)
{
    return (int)(prober.probes[i].timer.at_ms - fake.clock.now_ms);
}

/* What is due now, and all that it began is decided. */
static void check_all(void)
{
    pass(0);
    for (int i = 0; i < set.num_backends; i++)
        while (fd_of(i) >= 0)
            decide(i);
}

/* The first backend's check fails or succeeds, whatever the network says. */
static void check_one(const struct backend *b, int ok)
{
    prober_suspect(&prober, b);
    pass(0);
    if (ok)
        decide(0);
    else
        pass(PROBE_TIMEOUT_MS);
    assert_int_equal(fd_of(0), -1);
}

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

/* ---- several addresses --------------------------------------------------- */

/* Gives the backend the addresses of several ports, as a name may have. */
static void set_addresses(struct backend *b, const int *ports, int count)
{
    struct net_addresses one;

    for (int i = 0; i < count; i++) {
        assert_int_equal(net_resolve("127.0.0.1", ports[i], &one), 0);
        b->addresses.at[i] = one.at[0];
    }
    b->addresses.count = count;
}

static void any_address_that_answers_is_enough(void **state)
{
    int port, listener = wire_listen(&port);
    int dead, holder = refusing(&dead);
    const int ports[] = {dead, dead, port};
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(port);
    set_addresses(b, ports, 3);
    open_prober();
    check_all();
    assert_int_equal(b->checks, 1);
    assert_true(b->is_healthy);
    assert_int_equal(b->preferred, 2); /* requests go there, too */
    pass(PROBE_INTERVAL_MS);
    decide(0); /* at once: it is asked first now */
    assert_int_equal(b->checks, 2);
    wire_close(listener);
    wire_close(holder);
}

static void it_is_down_when_no_address_answers(void **state)
{
    int dead, holder = refusing(&dead);
    const int ports[] = {dead, dead, dead};
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(ports[0]);
    set_addresses(b, ports, 3);
    open_prober();
    check_all();
    assert_int_equal(b->checks, 1); /* one check, however many addresses */
    assert_false(b->is_healthy);
    wire_close(holder);
}

static void after_a_silent_address_the_next_is_asked(void **state)
{
    int port, listener = wire_listen(&port);
    const int ports[] = {port, port};
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(port);
    set_addresses(b, ports, 2);
    open_prober();
    check_one(b, 0);
    assert_int_equal(b->preferred, 1);
    wire_close(listener);
}

/* ---- our own troubles ---------------------------------------------------- */

/* Nothing is known of a backend that we have no descriptor to ask with. */
static void a_lack_of_descriptors_is_no_failure(void **state)
{
    int port, listener = wire_listen(&port);
    struct rlimit limit, none;
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(port);
    open_prober();
    check_all();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = limit;
    none.rlim_cur = 0;
    for (int i = 0; i < 2 * PROBE_FALL; i++) {
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
        pass((uint64_t)due_in_ms(0));
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        assert_int_equal(fd_of(0), -1);
        assert_int_equal(due_in_ms(0), PROBE_FAST_MS);
    }
    assert_int_equal(b->checks, 1);
    assert_int_equal(b->streak, 0);
    assert_true(b->is_healthy);
    wire_close(listener);
}

static void nor_is_a_loop_that_is_full(void **state)
{
    int port, listener = wire_listen(&port);
    struct backend *b = &set.backends[0];

    (void)state;
    begin();
    add(port);
    open_prober();
    check_all();
    fake.failing = 1;
    pass(PROBE_INTERVAL_MS);
    fake.failing = 0;
    assert_int_equal(due_in_ms(0), PROBE_FAST_MS);
    assert_int_equal(fd_of(0), -1);
    assert_int_equal(b->checks, 1);
    wire_close(listener);
}

/* But the first check has to say something: nobody waits for ever for the
 * program to be ready. */
static void the_first_check_counts_in_any_case(void **state)
{
    int port, listener = wire_listen(&port);

    (void)state;
    begin();
    add(port);
    open_prober();
    fake.failing = 1;
    pass(0);
    fake.failing = 0;
    assert_true(prober_knows_all(&prober));
    assert_false(set.backends[0].is_healthy);
    assert_int_equal(due_in_ms(0), PROBE_FAST_MS);
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
        fixture_test(any_address_that_answers_is_enough),
        fixture_test(it_is_down_when_no_address_answers),
        fixture_test(after_a_silent_address_the_next_is_asked),
        fixture_test(a_lack_of_descriptors_is_no_failure),
        fixture_test(nor_is_a_loop_that_is_full),
        fixture_test(the_first_check_counts_in_any_case),
    };
    return fixture_run("probe", tests);
}
