/* session: how it begins, and what it tells the loop. */
#include "fixture.h"

#include "lone_session.h"

/* ---- the beginning ------------------------------------------------------- */

static void begins_with_the_services_engine(void **state)
{
    (void)state;
    open_session();
    assert_int_equal(starts, 1);
    assert_int_equal(steps, 0);
    assert_ptr_equal(s.engine, &counting);
    assert_string_equal(s.x.client_ip, "192.0.2.7");
    assert_int_equal(s.up.in, s.client_fd);
    assert_int_equal(s.up.out, -1);
    assert_int_equal(s.down.in, -1);
    assert_int_equal(s.down.out, s.client_fd);
    assert_int_equal(fake_count(&fake), 0); /* until it settles */
    close_session();
}

static void another_engine_goes_on_at_the_next_step(void **state)
{
    static const struct engine other = {"other", sizeof(struct session),
                                        count_start, count_step, count_expiry};

    (void)state;
    open_session();
    session_become(&s, &other);
    assert_int_equal(starts, 1);
    assert_int_equal(steps, 0);
    assert_ptr_equal(s.engine, &other);
    close_session();
}

static void a_deadline_counts_from_the_turns_time(void **state)
{
    (void)state;
    open_session();
    fake.clock.now_ms = 5000;
    session_deadline(&s, 30000);
    session_deadline(&s, 20000); /* the last one counts */
    fake.clock.now_ms = 24999;
    assert_int_equal(virtual_clock_ring(&fake.clock), 0);
    fake.clock.now_ms = 25000;
    assert_int_equal(virtual_clock_ring(&fake.clock), 1);
    assert_int_equal(expiries, 1);
    fake.clock.now_ms = 100000; /* once */
    assert_int_equal(virtual_clock_ring(&fake.clock), 0);
    close_session();
}

static void it_may_have_none(void **state)
{
    (void)state;
    open_session();
    assert_null(fake.clock.timers);
    session_deadline(&s, 1000);
    session_deadline(&s, -1);
    assert_null(fake.clock.timers);
    session_deadline(&s, 1000);
    session_end(&s, NULL); /* who has ended has none */
    assert_null(fake.clock.timers);
    close_session();
}

/* ---- from the loop ------------------------------------------------------- */

static void an_event_is_noted_for_its_channel(void **state)
{
    static const struct {
        int of_client;
        unsigned events;
        int up_reads, up_writes, down_reads, down_writes;
    } cases[] = {
        {1, WATCH_READ, 1, 0, 0, 0},
        {1, WATCH_WRITE, 0, 0, 0, 1},
        {1, WATCH_READ | WATCH_WRITE, 1, 0, 0, 1},
        {0, WATCH_READ, 0, 0, 1, 0},
        {0, WATCH_WRITE, 0, 1, 0, 0},
        {0, WATCH_READ | WATCH_WRITE, 0, 1, 1, 0},
    };

    (void)state;
    open_session();
    give_backend();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        s.up.can_read = s.up.can_write = 0;
        s.down.can_read = s.down.can_write = 0;
        steps = 0;
        s.watcher.ready(&s.watcher,
                        cases[i].of_client ? s.client_fd : s.backend_fd,
                        cases[i].events);
        assert_int_equal(s.up.can_read, cases[i].up_reads);
        assert_int_equal(s.up.can_write, cases[i].up_writes);
        assert_int_equal(s.down.can_read, cases[i].down_reads);
        assert_int_equal(s.down.can_write, cases[i].down_writes);
        assert_int_equal(steps, 1);
    }
    close_session();
}

/* ---- to the loop --------------------------------------------------------- */

/* A channel with so many bytes to go, which was refused or not. */
static void hold(struct channel *c, size_t cleared, int can_write)
{
    c->buf.begin = 0;
    c->buf.end = c->cleared = cleared;
    c->can_write = can_write;
}

static void what_the_channels_want_is_watched(void **state)
{
    enum { R = WATCH_READ, W = WATCH_WRITE, FULL = HTTP_HEAD_MAX };
    static const struct {
        const char *when;
        size_t up, down; /* bytes in each */
        int refused;     /* by both */
        int up_ended, down_ended, connecting;
        unsigned client, backend;
    } cases[] = {
        {"idle", 0, 0, 0, 0, 0, 0, R, R},
        {"bytes both ways", 9, 9, 0, 0, 0, 0, R, R},
        {"both refused", 9, 9, 1, 0, 0, 0, R | W, R | W},
        {"the client reads slowly", 0, FULL, 1, 0, 0, 0, R | W, 0},
        {"the backend reads slowly", FULL, 0, 1, 0, 0, 0, 0, R | W},
        {"the client has said all", 9, 9, 1, 1, 0, 0, W, R | W},
        {"the backend has said all", 0, 9, 1, 0, 1, 0, R | W, 0},
        {"both have, nothing is left", 0, 0, 1, 1, 1, 0, 0, 0},
        {"connecting", 9, 0, 1, 0, 0, 1, R, W},
        {"connecting, nothing to send", 0, 0, 0, 0, 0, 1, R, W},
        {"connecting, full", FULL, 0, 1, 0, 0, 1, 0, W},
    };

    (void)state;
    open_session();
    give_backend();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hold(&s.up, cases[i].up, !cases[i].refused);
        hold(&s.down, cases[i].down, !cases[i].refused);
        s.up.eof = cases[i].up_ended;
        s.down.eof = cases[i].down_ended;
        s.connecting = cases[i].connecting;
        session_settle(&s);
        if (fake.events[s.client_fd] != cases[i].client ||
            fake.events[s.backend_fd] != cases[i].backend)
            failure("%s: client %u, backend %u", cases[i].when,
                    fake.events[s.client_fd], fake.events[s.backend_fd]);
    }
    close_session();
}

static void only_changes_are_told(void **state)
{
    (void)state;
    open_session();
    give_backend();
    session_settle(&s);
    assert_int_equal(fake.calls, 2);
    session_settle(&s);
    session_settle(&s);
    assert_int_equal(fake.calls, 2);
    hold(&s.down, 9, 0);
    session_settle(&s);
    assert_int_equal(fake.calls, 3);
    assert_ptr_equal(fake.watchers[s.client_fd], &s.watcher);
    close_session();
}

/* What the loop knows of it is not known: a pool may have watched it. */
static void a_new_backend_is_told_to_the_loop(void **state)
{
    (void)state;
    open_session();
    s.down.eof = s.down.broken = s.down.can_read = 1;
    give_backend();
    assert_int_equal(s.up.out, s.backend_fd);
    assert_int_equal(s.down.in, s.backend_fd);
    assert_false(s.down.eof || s.down.broken || s.down.can_read);
    session_settle(&s);
    assert_int_equal(fake.events[s.backend_fd], WATCH_READ);
    close_session();
}

static void a_backend_that_wants_nothing_is_told_so(void **state)
{
    (void)state;
    open_session();
    give_backend();
    fake.events[s.backend_fd] = WATCH_READ; /* by the pool, say */
    hold(&s.down, HTTP_HEAD_MAX, 1);
    session_settle(&s);
    assert_int_equal(fake.events[s.backend_fd], 0);
    close_session();
}

/* Before it is closed, of course; one that is kept goes to the connector as it
 * is: it will be watched on, by somebody else. */
static void a_backend_that_is_given_back_is_forgotten(void **state)
{
    (void)state;
    for (int reusable = 0; reusable <= 1; reusable++) {
        int lent;

        open_session();
        give_backend();
        session_settle(&s);
        lent = s.backend_fd;
        s.connecting = 1;
        session_release_backend(&s, reusable);
        assert_int_equal(fake.events[lent], reusable ? WATCH_READ : 0);
        assert_int_equal(releases, 1);
        assert_int_equal(last_reusable, reusable);
        assert_int_equal(backend.active_connections, 0);
        assert_int_equal(s.backend_fd, -1);
        assert_int_equal(s.up.out, -1);
        assert_int_equal(s.down.in, -1);
        assert_false(s.connecting);
        session_release_backend(&s, reusable); /* there is none */
        assert_int_equal(releases, 1);
        close(peer_of_backend);
        close_session();
    }
}

static void a_loop_that_cannot_watch_it_ends_it(void **state)
{
    (void)state;
    open_session();
    s.in_exchange = 1;
    fake.failing = 1;
    session_settle(&s);
    assert_true(s.ended);
    assert_int_equal(finishes, 2);
    assert_string_equal(told.failure,
                        "the loop cannot watch so many descriptors");
    fake.failing = 0;
    close_session();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(begins_with_the_services_engine),
        fixture_test(another_engine_goes_on_at_the_next_step),
        fixture_test(a_deadline_counts_from_the_turns_time),
        fixture_test(it_may_have_none),
        fixture_test(an_event_is_noted_for_its_channel),
        fixture_test(what_the_channels_want_is_watched),
        fixture_test(only_changes_are_told),
        fixture_test(a_new_backend_is_told_to_the_loop),
        fixture_test(a_backend_that_wants_nothing_is_told_so),
        fixture_test(a_backend_that_is_given_back_is_forgotten),
        fixture_test(a_loop_that_cannot_watch_it_ends_it),
    };
    return fixture_run("session", tests);
}
