/* session: what it tells the filters, and how it ends: closed, or its client
 * parked. */
#include "fixture.h"

#include "lone_session.h"

/* ---- to the filters ------------------------------------------------------ */

static void an_exchange_is_finished_once(void **state)
{
    (void)state;
    open_session();
    session_finish(&s, "nothing had begun");
    assert_int_equal(finishes, 0);

    s.in_exchange = 1;
    s.x.failure = NULL;
    s.x.began_ms = 100;
    s.up.total = 11;
    s.down.total = 22;
    fake.clock.now_ms = 150;
    session_finish(&s, NULL);
    assert_int_equal(finishes, 2); /* two filters */
    assert_null(told.failure);
    assert_int_equal(told.bytes_in, 11);
    assert_int_equal(told.bytes_out, 22);
    assert_int_equal(told.ended_ms - told.began_ms, 50);
    session_finish(&s, "again");
    session_end(&s, "and at the end");
    assert_int_equal(finishes, 2);
    close_session();
}

static void the_first_failure_is_the_one(void **state)
{
    (void)state;
    open_session();
    s.in_exchange = 1;
    s.x.failure = "the backend did not answer in time";
    session_end(&s, "the client left");
    assert_int_equal(finishes, 2);
    assert_string_equal(told.failure, "the backend did not answer in time");
    close_session();
}

static void an_answer_has_begun_or_not(void **state)
{
    (void)state;
    open_session();
    assert_false(session_has_answer(&s));
    s.down.buf.end = 1;
    assert_true(session_has_answer(&s));
    s.down.buf.end = 0;
    s.down.total = 1;
    assert_true(session_has_answer(&s));
    close_session();
}

/* ---- the end ------------------------------------------------------------- */

static void an_end_only_marks_it(void **state)
{
    (void)state;
    open_session();
    give_backend();
    session_settle(&s);
    session_end(&s, NULL);
    assert_true(s.ended);
    assert_int_equal(fake_count(&fake), 0);
    assert_false(is_closed(s.client_fd));
    assert_false(is_closed(s.backend_fd));
    assert_int_equal(releases, 0);
    assert_true(list_is_empty(&service.sessions));
    assert_ptr_equal(service.ended.next, &s.link);

    session_end(&s, "twice"); /* must not be in the list twice */
    assert_ptr_equal(service.ended.next, &s.link);
    assert_ptr_equal(s.link.next, &service.ended);
    session_settle(&s);
    assert_int_equal(fake_count(&fake), 0);
    close_session();
}

static void closing_gives_both_descriptors_back(void **state)
{
    int client, lent;

    (void)state;
    open_session();
    give_backend();
    client = s.client_fd;
    lent = s.backend_fd;
    session_end(&s, NULL);
    session_close(&s);
    assert_int_equal(releases, 1);
    assert_false(last_reusable);
    assert_int_equal(backend.active_connections, 0);
    assert_int_equal(service.active, 0);
    assert_true(is_closed(client));
    assert_true(is_closed(lent));
    wire_expect_end(peer_of_client);
    close(peer_of_client);
    close(peer_of_backend);
    free(s.memory[0]);
    free(s.memory[1]);
}

/* ---- parked -------------------------------------------------------------- */

static void a_parked_client_outlives_its_session(void **state)
{
    static const struct peer known = {"198.51.100.7", 1};
    const struct idle_client *parked;
    int client;

    (void)state;
    open_session();
    session_set_peer(&s, &known);
    s.x.client_ip[0] = '\0'; /* what a request was does not outlive it */
    s.x.https = 0;
    session_settle(&s);
    client = s.client_fd;
    session_deadline(&s, 1000);
    session_park(&s, 5000);
    assert_true(s.ended);
    assert_int_equal(finishes, 0);
    session_close(&s);
    assert_false(is_closed(client));
    assert_int_equal(service.active, 1); /* it has its place, still */
    parked = LIST_OWNER(service.idle.next, struct idle_client, link);
    assert_string_equal(parked->peer.ip, known.ip);
    assert_int_equal(parked->peer.tls, 1);
    assert_int_equal(fake.events[client], WATCH_READ);
    assert_ptr_not_equal(fake.watchers[client], &s.watcher);
    assert_true(virtual_clock_next(&fake.clock) ==
                fake.clock.now_ms + 5000);
    idle_close_all(&service);
    assert_true(is_closed(client));
    assert_int_equal(service.active, 0);
    assert_int_equal(fake_count(&fake), 0);
    assert_null(fake.clock.timers);
    close(peer_of_client);
    free(s.memory[0]);
    free(s.memory[1]);
}

static void who_cannot_be_parked_is_closed(void **state)
{
    (void)state;
    for (int draining = 0; draining <= 1; draining++) {
        int client;

        open_session();
        client = s.client_fd;
        service.draining = draining;
        fake.failing = !draining;
        session_park(&s, 5000);
        fake.failing = 0;
        assert_true(s.ended);
        assert_true(list_is_empty(&service.idle));
        assert_null(fake.clock.timers);
        assert_false(is_closed(client));
        close_session();
        assert_true(is_closed(client));
        assert_int_equal(service.active, 0);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(an_exchange_is_finished_once),
        fixture_test(the_first_failure_is_the_one),
        fixture_test(an_answer_has_begun_or_not),
        fixture_test(an_end_only_marks_it),
        fixture_test(closing_gives_both_descriptors_back),
        fixture_test(a_parked_client_outlives_its_session),
        fixture_test(who_cannot_be_parked_is_closed),
    };
    return fixture_run("session_end", tests);
}
