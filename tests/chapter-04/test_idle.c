/* idle: clients that say nothing. What they cost, when they are let go, and who
 * makes room for whom. */
#include "fixture.h"

#include <string.h>

#include "rig.h"

static struct rig *start(int backends, int max_clients)
{
    struct rig *rig = rig_make(backends);

    rig->service.max_clients = max_clients;
    rig_open(rig);
    return rig;
}

/* So many clients that have connected one after the other, and said nothing. */
static void connect_silent(struct rig *rig, int *clients, int count)
{
    int before = rig_idle(rig);

    for (int i = 0; i < count; i++) {
        clients[i] = wire_connect(rig->port);
        rig_until(rig, rig_idle(rig) == before + i + 1);
        rig_pass(rig, 1);
    }
}

static void close_all(const int *clients, int count)
{
    for (int i = 0; i < count; i++)
        wire_close(clients[i]);
}

static void is_served(struct rig *rig, int client)
{
    rig_answer(rig, 0);
    rig_expect(rig, client, RIG_ANSWER);
}

/* ---- parked -------------------------------------------------------------- */

static void a_silent_client_has_no_session(void **state)
{
    struct rig *rig = start(1, 8);
    int client = wire_connect(rig->port);

    (void)state;
    rig_until(rig, rig_idle(rig) == 1);
    assert_true(list_is_empty(&rig->service.sessions));
    assert_int_equal(rig->service.spares, 1); /* the one that found nothing */
    assert_int_equal(rig->service.active, 1);
    assert_int_equal(rig_turn(rig), 0); /* and no turn is made for it */
    wire_close(client);
    rig_until(rig, rig->service.active == 0);
    rig_close(rig);
}

static void a_crowd_of_them_costs_little(void **state)
{
    enum { CROWD = 100 };
    struct rig *rig = start(1, CROWD);
    int clients[CROWD];

    (void)state;
    for (int i = 0; i < CROWD; i++)
        clients[i] = wire_connect(rig->port);
    rig_until(rig, rig_idle(rig) == CROWD);
    assert_true(list_is_empty(&rig->service.sessions));
    assert_in_range(rig->service.spares, 1, SERVICE_ACCEPT_BATCH);
    assert_in_range(sizeof(struct idle_client), 1, 256);
    close_all(clients, CROWD);
    rig_until(rig, rig->service.active == 0);
    assert_int_equal(rig->finished, 0);
    rig_close(rig);
}

static void one_byte_makes_a_session_of_it(void **state)
{
    struct rig *rig = start(1, 8);
    int client;

    (void)state;
    connect_silent(rig, &client, 1);
    wire_send_text(client, "G");
    rig_until(rig, rig_idle(rig) == 0);
    assert_string_equal(rig_session(rig)->x.client_ip, "127.0.0.1");
    wire_send_text(client, &RIG_GET[1]);
    is_served(rig, client);
    assert_string_equal(rig->last.client_ip, "127.0.0.1");
    wire_close(client);
    rig_close(rig);
}

/* What somebody in front of us has said of him, when he came, among it. */
static void who_was_parked_is_still_the_same(void **state)
{
    static const struct peer told = {"198.51.100.7", 1};
    struct rig *rig = start(1, 8);
    const struct session *s;
    int client;

    (void)state;
    connect_silent(rig, &client, 1);
    LIST_OWNER(rig->service.idle.next, struct idle_client, link)->peer = told;
    wire_send_text(client, "G");
    rig_until(rig, rig_idle(rig) == 0);
    s = rig_session(rig);
    assert_string_equal(s->x.peer.ip, told.ip);
    assert_int_equal(s->x.peer.tls, 1);
    assert_string_equal(s->x.client_ip, told.ip);
    assert_int_equal(s->x.https, 1);
    wire_send_text(client, &RIG_GET[1]);
    is_served(rig, client);
    assert_int_equal(rig->last.https, 1);
    wire_close(client);
    rig_close(rig);
}

static void any_number_of_them_can_speak_at_once(void **state)
{
    enum { CROWD = 30 };
    struct rig *rig = start(1, CROWD);
    int clients[CROWD];

    (void)state;
    connect_silent(rig, clients, CROWD);
    for (int i = 0; i < CROWD; i++)
        wire_send_text(clients[i], RIG_GET);
    for (int i = 0; i < CROWD; i++)
        rig_answer(rig, 0);
    for (int i = 0; i < CROWD; i++)
        rig_expect(rig, clients[i], RIG_ANSWER);
    close_all(clients, CROWD);
    rig_until(rig, rig->service.active == 0);
    assert_int_equal(rig->finished, CROWD);
    rig_close(rig);
}

static void one_that_leaves_is_gone(void **state)
{
    static void (*const leave[])(int fd) = {wire_close, wire_reset};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct rig *rig = start(1, 8);
        int client;

        connect_silent(rig, &client, 1);
        leave[i](client);
        rig_until(rig, rig->service.active == 0);
        assert_int_equal(rig_idle(rig), 0);
        assert_int_equal(rig->finished, 0);
        rig_close(rig);
    }
}

/* ---- for how long -------------------------------------------------------- */

static void its_time_is_that_of_a_head(void **state)
{
    struct rig *rig = start(1, 8);
    int clients[2];

    (void)state;
    rig->service.timeouts.head_ms = 700;
    connect_silent(rig, clients, 2); /* one millisecond between them */
    rig_pass(rig, 697);
    assert_int_equal(rig_idle(rig), 2);
    rig_pass(rig, 1);
    assert_int_equal(rig_idle(rig), 1);
    wire_expect_end(clients[0]); /* it has asked for nothing: no word */
    wire_expect_silence(clients[1], 0);
    rig_pass(rig, 1);
    wire_expect_end(clients[1]);
    assert_int_equal(rig->service.active, 0);
    assert_int_equal(rig->finished, 0);
    close_all(clients, 2);
    rig_close(rig);
}

/* A head has its time from its first byte on, however long the silence was. */
static void a_head_after_a_silence_has_all_its_time(void **state)
{
    struct rig *rig = start(1, 8);
    int clients[2];

    (void)state;
    connect_silent(rig, clients, 2);
    rig_pass(rig, 9990);
    for (int i = 0; i < 2; i++)
        wire_send_text(clients[i], "GET / HTTP/1.1\r\n");
    rig_until(rig, rig_idle(rig) == 0);
    rig_pass(rig, 9999);
    wire_send_text(clients[0], "Host: h\r\n\r\n");
    is_served(rig, clients[0]);
    rig_pass(rig, 1);
    rig_expect_status(rig, clients[1], 408);
    close_all(clients, 2);
    rig_close(rig);
}

/* ---- room ---------------------------------------------------------------- */

static void the_longest_silent_makes_room(void **state)
{
    struct rig *rig = start(1, 3);
    int clients[3], late;

    (void)state;
    connect_silent(rig, clients, 3);
    wire_send_text(clients[0], "GET"); /* this one is not silent */
    rig_until(rig, rig_idle(rig) == 2);
    rig_pass(rig, IDLE_GRACE_MS);
    late = rig_client(rig, RIG_GET);
    is_served(rig, late); /* without any more time passing */
    wire_close(late);
    wire_expect_end(clients[1]);
    wire_expect_silence(clients[0], 0);
    wire_expect_silence(clients[2], 0);
    assert_int_equal(rig->service.peak, 3);
    close_all(clients, 3);
    rig_close(rig);
}

static void but_not_before_its_grace_is_over(void **state)
{
    struct rig *rig = start(1, 2);
    int clients[2], late;

    (void)state;
    connect_silent(rig, clients, 2); /* two milliseconds ago, and one */
    late = rig_client(rig, RIG_GET);
    rig_settle(rig);
    rig_pass(rig, IDLE_GRACE_MS - 3);
    rig_settle(rig); /* the pause is over: it has been asked again */
    assert_true(rig->service.paused);
    assert_int_equal(rig_turn(rig), 0);
    assert_int_equal(rig_idle(rig), 2);
    wire_expect_silence(clients[0], 0);
    rig_pass(rig, SERVICE_PAUSE_MS);
    is_served(rig, late); /* so within IDLE_GRACE_MS + SERVICE_PAUSE_MS */
    wire_expect_end(clients[0]);
    wire_expect_silence(clients[1], 0);
    wire_close(late);
    close_all(clients, 2);
    rig_close(rig);
}

/* The last place is for whoever comes: nobody need go for it. */
static void nobody_makes_room_for_nobody(void **state)
{
    struct rig *rig = start(1, 3);
    int clients[3];

    (void)state;
    connect_silent(rig, clients, 2);
    rig_pass(rig, IDLE_GRACE_MS + 1);
    connect_silent(rig, clients + 2, 1);
    rig_pass(rig, IDLE_GRACE_MS + 1);
    rig_settle(rig);
    assert_int_equal(rig_idle(rig), 3);
    assert_int_equal(rig->service.active, 3);
    close_all(clients, 3);
    rig_close(rig);
}

/* In the turn in which we look for room, before we have looked at him. */
static void who_has_just_spoken_does_not_go(void **state)
{
    struct rig *rig = start(1, 2);
    int clients[2], late;

    (void)state;
    connect_silent(rig, clients, 2);
    rig_pass(rig, IDLE_GRACE_MS);
    wire_send_text(clients[0], RIG_GET);
    late = wire_connect(rig->port);
    rig_turn(rig);
    wire_expect_end(clients[1]);
    is_served(rig, clients[0]);
    rig_until(rig, rig_idle(rig) == 1);
    wire_send_text(late, RIG_GET);
    is_served(rig, late);
    wire_close(late);
    close_all(clients, 2);
    rig_close(rig);
}

static void who_is_busy_makes_no_room(void **state)
{
    struct rig *rig = start(1, 2);
    int busy, half, backend, late;

    (void)state;
    busy = rig_under_way(rig, &backend);
    half = rig_client(rig, "GET / HT");
    rig_settle(rig);
    rig_pass(rig, 5 * IDLE_GRACE_MS);
    late = rig_client(rig, RIG_GET);
    rig_settle(rig);
    assert_true(rig->service.paused);
    wire_expect_silence(busy, 0);
    wire_expect_silence(half, 0);
    rig_complete(rig, backend, busy); /* he leaves: it is the late one's turn */
    is_served(rig, late);
    wire_close(late);
    wire_close(half);
    rig_close(rig);
}

/* Whoever fills all places with silence holds them for a second: then a
 * newcomer gets in, however many silent ones come after him. */
static void silence_locks_nobody_out(void **state)
{
    struct rig *rig = start(1, 4);
    int clients[8], late;

    (void)state;
    connect_silent(rig, clients, 4);
    for (int i = 4; i < 8; i++)
        clients[i] = wire_connect(rig->port);
    late = rig_client(rig, RIG_GET); /* the ninth, behind four silent ones */
    rig_settle(rig);
    assert_int_equal(rig->service.active, 4);
    rig_pass(rig, IDLE_GRACE_MS);
    rig_settle(rig); /* the four make room for the next four ... */
    for (int i = 0; i < 4; i++)
        wire_expect_end(clients[i]);
    assert_int_equal(rig_idle(rig), 4);
    rig_pass(rig, IDLE_GRACE_MS);
    is_served(rig, late); /* ... and one of those for him */
    wire_close(late);
    close_all(clients, 8);
    rig_close(rig);
}

/* ---- draining ------------------------------------------------------------ */

static void a_drain_lets_the_silent_go(void **state)
{
    struct rig *rig = start(1, 8);
    int clients[3];

    (void)state;
    connect_silent(rig, clients, 3);
    service_drain(&rig->service);
    assert_int_equal(rig_idle(rig), 0); /* at once */
    service_turn(&rig->service);
    assert_true(service_is_finished(&rig->service));
    for (int i = 0; i < 3; i++)
        wire_expect_end(clients[i]);
    close_all(clients, 3);
    rig_close(rig);
}

static void a_drain_serves_those_who_have_spoken_in_time(void **state)
{
    struct rig *rig = start(1, 8);
    int clients[4];

    (void)state;
    connect_silent(rig, clients, 4);
    wire_send_text(clients[0], RIG_GET);
    wire_send_text(clients[2], "GET / HTTP/1.1\r\nHo"); /* the rest will come */
    wire_shut(clients[3]); /* no request will */
    service_drain(&rig->service);
    service_turn(&rig->service);
    assert_int_equal(rig->service.active, 2);
    wire_expect_end(clients[1]);
    wire_expect_end(clients[3]);
    is_served(rig, clients[0]);
    wire_send_text(clients[2], "st: h\r\n\r\n");
    is_served(rig, clients[2]);
    rig_until(rig, service_is_finished(&rig->service));
    close_all(clients, 4);
    rig_close(rig);
}

/* Those whom it lets go had the places of those who wait in the queue. */
static void a_drain_has_room_for_the_queue(void **state)
{
    struct rig *rig = start(1, 2);
    int clients[2], late;

    (void)state;
    connect_silent(rig, clients, 2);
    late = rig_client(rig, RIG_GET);
    rig_settle(rig);
    assert_true(rig->service.paused);
    service_drain(&rig->service);
    is_served(rig, late);
    rig_until(rig, service_is_finished(&rig->service));
    wire_close(late);
    close_all(clients, 2);
    rig_close(rig);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_silent_client_has_no_session),
        fixture_test(a_crowd_of_them_costs_little),
        fixture_test(one_byte_makes_a_session_of_it),
        fixture_test(who_was_parked_is_still_the_same),
        fixture_test(any_number_of_them_can_speak_at_once),
        fixture_test(one_that_leaves_is_gone),
        fixture_test(its_time_is_that_of_a_head),
        fixture_test(a_head_after_a_silence_has_all_its_time),
        fixture_test(the_longest_silent_makes_room),
        fixture_test(but_not_before_its_grace_is_over),
        fixture_test(nobody_makes_room_for_nobody),
        fixture_test(who_has_just_spoken_does_not_go),
        fixture_test(who_is_busy_makes_no_room),
        fixture_test(silence_locks_nobody_out),
        fixture_test(a_drain_lets_the_silent_go),
        fixture_test(a_drain_serves_those_who_have_spoken_in_time),
        fixture_test(a_drain_has_room_for_the_queue),
    };
    return fixture_run("idle", tests);
}
