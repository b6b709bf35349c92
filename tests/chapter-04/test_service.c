/* service: how many it takes, for how long, and when they are gone. Filters and
 * stopping are in test_service_stop.c. */
#include "fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "rig.h"

static int is_listening(const struct rig *rig)
{
    return rig_watches(rig, rig->service.listener, WATCH_READ);
}

/* ---- how many ------------------------------------------------------------ */

static void those_beyond_the_limit_wait_in_the_backlog(void **state)
{
    struct rig *rig = rig_make(1);
    int client[5], backend[5];

    (void)state;
    rig->service.max_clients = 3;
    rig_open(rig);
    assert_true(is_listening(rig));
    for (int i = 0; i < 3; i++)
        client[i] = rig_under_way(rig, &backend[i]);
    for (int i = 3; i < 5; i++)
        client[i] = rig_client(rig, RIG_GET);
    rig_settle(rig);
    assert_int_equal(rig->service.active, 3);
    assert_false(is_listening(rig));
    assert_int_equal(select_loop_turn(&rig->loop, 0), 0); /* it costs nothing */
    assert_false(rig_is_readable(client[3])); /* neither refused nor closed */

    for (int i = 0; i < 2; i++) { /* when one leaves, the next is served */
        char head[4096];

        rig_complete(rig, backend[i], client[i]);
        backend[i + 3] = rig_accept(rig, 0);
        rig_read(rig, backend[i + 3], "\r\n\r\n", head, sizeof head);
        assert_int_equal(rig->service.active, 3);
    }
    for (int i = 2; i < 5; i++)
        rig_complete(rig, backend[i], client[i]);
    rig_until(rig, rig->service.active == 0);
    assert_true(is_listening(rig));
    assert_int_equal(rig->service.peak, 3);
    assert_int_equal(rig->finished, 5);
    rig_close(rig);
}

static void a_crowd_is_taken_in_batches(void **state)
{
    enum { CROWD = SERVICE_ACCEPT_BATCH + 6 };
    struct rig *rig = rig_make(0);
    int client[CROWD];

    (void)state;
    rig->service.max_clients = CROWD;
    rig_open(rig);
    for (int i = 0; i < CROWD; i++)
        client[i] = wire_connect(rig->port);
    rig_turn(rig);
    assert_int_equal(rig->service.active, SERVICE_ACCEPT_BATCH);
    rig_until(rig, rig->service.active == CROWD);
    for (int i = 0; i < CROWD; i++)
        wire_close(client[i]);
    rig_close(rig);
}

static void who_left_while_he_waited_costs_nothing(void **state)
{
    struct rig *rig = rig_start(1);
    int client;

    (void)state;
    for (int i = 0; i < 5; i++)
        wire_reset(wire_connect(rig->port));
    client = rig_client(rig, RIG_GET);
    rig_answer(rig, 0);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    rig_until(rig, rig->service.active == 0);
    assert_int_equal(rig->finished, 1);
    rig_close(rig);
}

static void a_place_is_as_good_as_new(void **state)
{
    struct rig *rig = rig_make(1);

    (void)state;
    rig->service.max_clients = 1;
    rig_open(rig);
    for (int i = 0; i < 30; i++) { /* after good ends and bad ones */
        int backend, client = rig_under_way(rig, &backend);

        rig_complete(rig, backend, client);
        client = rig_client(rig, "nonsense\r\n");
        rig_expect_status(rig, client, 400);
        wire_close(client);
        client = rig_under_way(rig, &backend);
        wire_reset(client);
        rig_until(rig, rig->service.active == 0);
        wire_close(backend);
    }
    assert_int_equal(rig->finished, 90);
    assert_int_equal(rig->service.peak, 1);
    rig_close(rig);
}

/* ---- no descriptor left -------------------------------------------------- */

/* Sets the limit to the descriptors that are open; returns the old one. */
static struct rlimit forbid_descriptors(void)
{
    struct rlimit before, now;
    int lowest_free = dup(0);

    assert_true(lowest_free >= 0);
    close(lowest_free);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    now = before;
    now.rlim_cur = (rlim_t)lowest_free;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
    return before;
}

static void turn_without_descriptors(struct rig *rig)
{
    struct rlimit before = forbid_descriptors();

    rig_turn(rig);
    setrlimit(RLIMIT_NOFILE, &before);
}

/* Valgrind checks the limit when the kernel has taken the client off the queue:
 * it is lost then, and what these tests look at cannot be seen. */
static void need_a_backlog_that_keeps(void)
{
    int port, listener = wire_listen(&port), client = wire_connect(port);
    struct rlimit before = forbid_descriptors();
    int failed = accept(listener, NULL, NULL);

    setrlimit(RLIMIT_NOFILE, &before);
    assert_true(failed < 0);
    failed = accept(listener, NULL, NULL);
    wire_close(client);
    wire_close(listener);
    if (failed < 0)
        skip();
    wire_close(failed);
}

static void without_descriptors_it_looks_away_for_a_while(void **state)
{
    struct rig *rig;
    int client;

    (void)state;
    need_a_backlog_that_keeps();
    rig = rig_start(1);
    client = rig_client(rig, RIG_GET);
    turn_without_descriptors(rig);
    assert_true(rig->service.paused);
    assert_false(is_listening(rig));
    for (int i = 0; i < 10; i++) /* it does not spin meanwhile */
        assert_int_equal(select_loop_turn(&rig->loop, 0), 0);
    rig_pass(rig, SERVICE_PAUSE_MS - 1);
    assert_false(is_listening(rig));
    rig_pass(rig, 1); /* looks again, in vain */
    assert_true(is_listening(rig));
    turn_without_descriptors(rig);
    assert_false(is_listening(rig));

    rig_pass(rig, SERVICE_PAUSE_MS);
    rig_answer(rig, 0);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    rig_close(rig);
}

static void a_session_that_ends_gives_one_back(void **state)
{
    struct rig *rig;
    int backend, first, second;

    (void)state;
    need_a_backlog_that_keeps();
    rig = rig_start(1);
    first = rig_under_way(rig, &backend);
    second = rig_client(rig, RIG_GET);
    turn_without_descriptors(rig);
    assert_true(rig->service.paused);
    wire_send_text(backend, RIG_ANSWER);
    wire_close(backend);
    rig_expect(rig, first, RIG_ANSWER);
    wire_close(first);
    rig_until(rig, rig->service.active == 1); /* without any time passing */
    rig_answer(rig, 0);
    rig_expect(rig, second, RIG_ANSWER);
    wire_close(second);
    rig_close(rig);
}

/* ---- for how long -------------------------------------------------------- */

static void a_client_that_asks_for_nothing_is_let_go(void **state)
{
    struct rig *rig = rig_start(1);
    int client = wire_connect(rig->port);

    (void)state;
    rig_until(rig, rig->service.active == 1);
    rig_pass(rig, 9999);
    assert_int_equal(rig->service.active, 1);
    rig_pass(rig, 1);
    assert_int_equal(rig->service.active, 0);
    wire_expect_end(client); /* no word: it has asked for none */
    wire_close(client);
    assert_int_equal(rig->finished, 0);
    rig_close(rig);
}

static void a_head_that_takes_too_long_is_a_408(void **state)
{
    struct rig *rig = rig_start(1);
    int client = rig_client(rig, "GET / HTTP/1.1\r\n");

    (void)state;
    rig_settle(rig);
    for (int i = 0; i < 9; i++) { /* single bytes do not prolong it */
        rig_pass(rig, 1000);
        wire_send_text(client, "x");
        rig_settle(rig);
    }
    assert_int_equal(rig->service.active, 1);
    rig_pass(rig, 999);
    assert_int_equal(rig->finished, 0);
    rig_pass(rig, 1);
    rig_expect_status(rig, client, 408);
    wire_close(client);
    assert_int_equal(rig->finished, 1);
    assert_int_equal(rig->last.status, 408);
    assert_int_equal(rig->admitted, 0);
    rig_close(rig);
}

/* Nothing is looked for in vain: nobody there, no timer set. */
static void a_service_without_clients_sets_no_timer(void **state)
{
    struct rig *rig = rig_start(1);
    int backend, client;

    (void)state;
    assert_null(rig->clock.timers);
    client = rig_under_way(rig, &backend);
    assert_non_null(rig->clock.timers);
    rig_complete(rig, backend, client);
    rig_until(rig, rig->service.active == 0);
    assert_null(rig->clock.timers);
    rig_close(rig);
}

/* ---- the end of a session ------------------------------------------------ */

/* In the turn in which it ends its memory and its descriptors stay what they
 * are: there may be code on the stack that looks at them. */
static void sessions_are_buried_when_the_turn_is_over(void **state)
{
    struct rig *rig = rig_start(1);
    struct session *s;
    int client = rig_client(rig, "GET"), fd;

    (void)state;
    rig_settle(rig);
    s = rig_session(rig);
    fd = s->client_fd;
    wire_close(client);
    assert_int_equal(select_loop_turn(&rig->loop, 1000), 1);
    assert_true(s->ended);
    assert_int_equal(s->client_fd, fd);
    assert_true(fcntl(fd, F_GETFD) >= 0);
    assert_int_equal(rig->service.active, 1);
    assert_true(rig_watches(rig, fd, 0));
    assert_ptr_equal(rig->service.ended.next, &s->link);
    service_turn(&rig->service);
    assert_true(list_is_empty(&rig->service.ended));
    assert_true(fcntl(fd, F_GETFD) < 0);
    assert_int_equal(rig->service.active, 0);
    rig_close(rig);
}

/* Who comes next gets the memory of one who has left, but nothing that he said;
 * and no more is kept than was needed, nor more than SERVICE_SPARE. */
static void the_memory_of_a_session_is_used_again(void **state)
{
    enum { CROWD = SERVICE_SPARE + 10 };
    struct rig *rig = rig_make(1);
    int client[CROWD], backend;
    struct session *s;

    (void)state;
    rig->service.max_clients = CROWD;
    rig_open(rig);
    for (int i = 0; i < 3; i++) {
        client[0] = rig_under_way(rig, &backend);
        s = rig_session(rig);
        rig_complete(rig, backend, client[0]);
        rig_until(rig, rig->service.active == 0);
        assert_int_equal(rig->service.spares, 1);
        assert_ptr_equal(rig->service.spare.next, &s->link);
    }
    for (int i = 0; i < CROWD; i++)
        client[i] = rig_client(rig, "GET");
    rig_until(rig, rig->service.active == CROWD);
    assert_int_equal(rig->service.spares, 0);
    for (int i = 0; i < CROWD; i++)
        wire_close(client[i]);
    rig_until(rig, rig->service.active == 0);
    assert_int_equal(rig->service.spares, SERVICE_SPARE);
    rig_close(rig); /* nothing is leaked: the sanitizers look */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(those_beyond_the_limit_wait_in_the_backlog),
        fixture_test(a_crowd_is_taken_in_batches),
        fixture_test(who_left_while_he_waited_costs_nothing),
        fixture_test(a_place_is_as_good_as_new),
        fixture_test(without_descriptors_it_looks_away_for_a_while),
        fixture_test(a_session_that_ends_gives_one_back),
        fixture_test(a_client_that_asks_for_nothing_is_let_go),
        fixture_test(a_head_that_takes_too_long_is_a_408),
        fixture_test(a_service_without_clients_sets_no_timer),
        fixture_test(sessions_are_buried_when_the_turn_is_over),
        fixture_test(the_memory_of_a_session_is_used_again),
    };
    return fixture_run("service", tests);
}
