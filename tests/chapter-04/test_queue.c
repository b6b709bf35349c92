/* queue: requests that wait until a backend may take one more. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "queue.h"
#include "rig.h"

/* So many backends that take one request at a time. */
static struct rig *start_busy(int backends)
{
    struct rig *rig = rig_make(backends);

    for (int i = 0; i < backends; i++)
        rig->set.backends[i].max_connections = 1;
    rig->service.timeouts.queue_ms = 1000;
    rig_open(rig);
    return rig;
}

static int waiting(const struct rig *rig)
{
    int count = 0;

    for (const struct list *at = rig->service.queue.next;
         at != &rig->service.queue; at = at->next)
        count++;
    return count;
}

/* A client that asks for this path and has to wait. */
static int wait_for(struct rig *rig, const char *path)
{
    int before = waiting(rig), fd = wire_connect(rig->port);
    char request[64];

    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\n\r\n",
             path);
    wire_send_text(fd, request);
    rig_until(rig, waiting(rig) == before + 1);
    return fd;
}

/* The next that comes to a backend is this one: returns its connection. */
static int expect_path(struct rig *rig, int backend, const char *path)
{
    char head[4096], line[64];
    int fd = rig_accept(rig, backend);

    rig_read(rig, fd, "\r\n\r\n", head, sizeof head);
    snprintf(line, sizeof line, "GET %s HTTP/1.1\r\n", path);
    assert_memory_equal(head, line, strlen(line));
    return fd;
}

/* ---- waiting ------------------------------------------------------------ */

static void who_finds_all_busy_waits_for_a_place(void **state)
{
    struct rig *rig = start_busy(1);
    int backend, one = rig_under_way(rig, &backend);
    int two = wait_for(rig, "/two");

    (void)state;
    rig_settle(rig);
    assert_false(rig_is_readable(rig->at[0]));
    rig_complete(rig, backend, one);
    rig_complete(rig, expect_path(rig, 0, "/two"), two);
    assert_int_equal(waiting(rig), 0);
    rig_close(rig);
}

static void first_come_is_first_served(void **state)
{
    static const char *const paths[] = {"/1", "/2", "/3", "/4"};
    struct rig *rig = start_busy(1);
    int backend, first = rig_under_way(rig, &backend), clients[4];

    (void)state;
    for (int i = 0; i < 4; i++)
        clients[i] = wait_for(rig, paths[i]);
    rig_complete(rig, backend, first);
    for (int i = 0; i < 4; i++)
        rig_complete(rig, expect_path(rig, 0, paths[i]), clients[i]);
    rig_close(rig);
}

/* A place may be free before those who wait have been told: it is theirs. */
static void nobody_gets_ahead_of_those_who_wait(void **state)
{
    struct rig *rig = start_busy(1);
    int early, late, backend;

    (void)state;
    rig->set.backends[0].active_elsewhere = 1;
    early = wait_for(rig, "/early");
    rig->set.backends[0].active_elsewhere = 0;
    late = rig_client(rig, "GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
    rig_until(rig, rig->service.active == 2);
    backend = expect_path(rig, 0, "/early");
    rig_until(rig, waiting(rig) == 1);
    rig_complete(rig, backend, early);
    rig_complete(rig, expect_path(rig, 0, "/late"), late);
    rig_close(rig);
}

static void a_place_that_another_process_gives_up_is_found_soon(void **state)
{
    struct rig *rig = start_busy(1);
    int client;

    (void)state;
    rig->set.backends[0].active_elsewhere = 1;
    client = wait_for(rig, "/");
    assert_true(virtual_clock_next(&rig->clock) ==
                rig->clock.now_ms + QUEUE_LOOK_MS);
    rig_pass(rig, QUEUE_LOOK_MS);
    assert_int_equal(waiting(rig), 1);
    rig->set.backends[0].active_elsewhere = 0;
    rig_pass(rig, QUEUE_LOOK_MS);
    assert_int_equal(waiting(rig), 0);
    rig_complete(rig, expect_path(rig, 0, "/"), client);
    rig_close(rig);
}

static void a_backend_that_comes_back_serves_who_waits(void **state)
{
    struct rig *rig = start_busy(2);
    int backend, one, two;

    (void)state;
    rig->set.backends[1].is_healthy = 0;
    one = rig_under_way(rig, &backend);
    two = wait_for(rig, "/two");
    rig->set.backends[1].is_healthy = 1;
    rig_pass(rig, QUEUE_LOOK_MS);
    rig_complete(rig, expect_path(rig, 1, "/two"), two);
    rig_complete(rig, backend, one);
    rig_close(rig);
}

static void what_a_client_sends_while_it_waits_is_kept(void **state)
{
    struct rig *rig = start_busy(1);
    int backend, one = rig_under_way(rig, &backend), two;
    char head[4096], body[10];

    (void)state;
    two = rig_client(rig, "PUT / HTTP/1.1\r\nHost: h\r\n"
                          "Content-Length: 10\r\n\r\n0123");
    rig_until(rig, waiting(rig) == 1);
    wire_send_text(two, "456789");
    rig_settle(rig);
    rig_complete(rig, backend, one);
    backend = rig_accept(rig, 0);
    rig_read(rig, backend, "\r\n\r\n", head, sizeof head);
    rig_receive(rig, backend, body, sizeof body);
    assert_memory_equal(body, "0123456789", sizeof body);
    rig_complete(rig, backend, two);
    rig_close(rig);
}

/* One that has failed has got a part of it: the next one gets all, also if so much
 * has come meanwhile that there is no room for more. */
static void what_a_failed_backend_has_got_is_kept_too(void **state)
{
    static char body[HTTP_HEAD_MAX], got[HTTP_HEAD_MAX];
    struct rig *rig = start_busy(2);
    int busy, one = rig_under_way(rig, &busy), two, backend;
    char head[4096];

    (void)state;
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (char)('a' + i % 26);
    snprintf(head, sizeof head, "PUT / HTTP/1.1\r\nHost: h\r\n"
             "Content-Length: %d\r\n\r\n", HTTP_HEAD_MAX);
    two = rig_client(rig, head);
    backend = rig_accept(rig, 1);
    rig_read(rig, backend, "\r\n\r\n", head, sizeof head);
    wire_reset(backend);
    rig_until(rig, waiting(rig) == 1);
    wire_send(two, body, sizeof body);
    rig_settle(rig);
    rig_complete(rig, busy, one);
    backend = rig_accept(rig, 0);
    rig_read(rig, backend, "\r\n\r\n", head, sizeof head);
    assert_memory_equal(head, "PUT / ", 6);
    rig_receive(rig, backend, got, sizeof got);
    assert_memory_equal(got, body, sizeof body);
    rig_complete(rig, backend, two);
    rig_close(rig);
}

/* ---- not waiting -------------------------------------------------------- */

static void where_nobody_is_up_nobody_waits(void **state)
{
    struct rig *rig = start_busy(1);
    int client;

    (void)state;
    rig->set.backends[0].is_healthy = 0;
    client = rig_client(rig, RIG_GET);
    rig_expect_status(rig, client, 503);
    assert_string_equal(rig->last.failure, "no backend is up");
    wire_close(client);
    rig_close(rig);
}

/* One has refused, the other is busy: that one will do. And he who waits for it
 * is not in the way of others. */
static void after_a_refusal_the_busy_one_is_waited_for(void **state)
{
    struct rig *rig = start_busy(1);
    int backend, one = rig_under_way(rig, &backend), two;

    (void)state;
    rig_add_refusing(rig);
    two = wait_for(rig, "/two");
    assert_int_equal(rig->set.backends[1].stats.failures[0], 1);
    rig_settle(rig);
    rig_complete(rig, backend, one);
    rig_complete(rig, expect_path(rig, 0, "/two"), two);
    assert_int_equal(rig->last.tries, 2);
    rig_close(rig);
}

static void who_has_asked_enough_does_not_wait(void **state)
{
    struct rig *rig = start_busy(1);
    int backend, one = rig_under_way(rig, &backend), two;

    (void)state;
    rig->service.max_asked = 1;
    rig_add_refusing(rig);
    two = rig_client(rig, RIG_GET);
    rig_expect_status(rig, two, 502);
    wire_close(two);
    rig_complete(rig, backend, one);
    rig_close(rig);
}

/* ---- the end of waiting ------------------------------------------------- */

static void when_its_time_is_up_it_is_a_503(void **state)
{
    struct rig *rig = start_busy(1);
    int backend, one = rig_under_way(rig, &backend), two = wait_for(rig, "/");

    (void)state;
    for (int ms = 0; ms < 999; ms++) /* that it is looked at does not count */
        rig_pass(rig, 1);
    assert_int_equal(waiting(rig), 1);
    rig_pass(rig, 1);
    assert_int_equal(waiting(rig), 0);
    rig_expect_status(rig, two, 503);
    wire_close(two);
    assert_string_equal(rig->last.failure, QUEUE_TOO_LONG);
    assert_null(rig->last.backend);
    assert_int_equal(rig->last.tries, 0);
    rig_complete(rig, backend, one);
    rig_close(rig);
}

static void with_no_time_to_wait_it_is_a_503_at_once(void **state)
{
    struct rig *rig = start_busy(1);
    int backend, one = rig_under_way(rig, &backend), two;

    (void)state;
    rig->service.timeouts.queue_ms = 0;
    two = rig_client(rig, RIG_GET);
    rig_expect_status(rig, two, 503);
    assert_string_equal(rig->last.failure, QUEUE_TOO_LONG);
    wire_close(two);
    rig_complete(rig, backend, one);
    rig_close(rig);
}

static void a_client_that_leaves_is_forgotten_at_once(void **state)
{
    static void (*const leave[])(int) = {wire_close, wire_shut, wire_reset};
    struct rig *rig = start_busy(1);
    int backend, one = rig_under_way(rig, &backend);

    (void)state;
    for (int i = 0; i < 3; i++) {
        int two = wait_for(rig, "/two"), three = wait_for(rig, "/three");

        leave[i](two);
        rig_until(rig, waiting(rig) == 1);
        rig_until(rig, rig->service.active == 2);
        assert_string_equal(rig->last.failure, "the client left");
        if (leave[i] == wire_shut)
            wire_close(two);
        rig_complete(rig, backend, one);
        backend = expect_path(rig, 0, "/three");
        one = three;
    }
    rig_complete(rig, backend, one);
    rig_close(rig);
}

static void who_waits_is_served_while_the_service_drains(void **state)
{
    struct rig *rig = start_busy(1);
    int backend, one = rig_under_way(rig, &backend);
    int two = wait_for(rig, "/two"), three = wait_for(rig, "/three");

    (void)state;
    service_drain(&rig->service);
    rig_complete(rig, backend, one);
    rig_complete(rig, expect_path(rig, 0, "/two"), two);
    wire_close(expect_path(rig, 0, "/three"));
    wire_close(three);
    rig_close(rig);
}

static void a_service_may_be_closed_while_some_wait(void **state)
{
    struct rig *rig = start_busy(1);
    int backend, one = rig_under_way(rig, &backend), two = wait_for(rig, "/");

    (void)state;
    rig_close(rig);
    wire_close(one);
    wire_close(two);
    wire_close(backend);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(who_finds_all_busy_waits_for_a_place),
        fixture_test(first_come_is_first_served),
        fixture_test(nobody_gets_ahead_of_those_who_wait),
        fixture_test(a_place_that_another_process_gives_up_is_found_soon),
        fixture_test(a_backend_that_comes_back_serves_who_waits),
        fixture_test(what_a_client_sends_while_it_waits_is_kept),
        fixture_test(what_a_failed_backend_has_got_is_kept_too),
        fixture_test(where_nobody_is_up_nobody_waits),
        fixture_test(after_a_refusal_the_busy_one_is_waited_for),
        fixture_test(who_has_asked_enough_does_not_wait),
        fixture_test(when_its_time_is_up_it_is_a_503),
        fixture_test(with_no_time_to_wait_it_is_a_503_at_once),
        fixture_test(a_client_that_leaves_is_forgotten_at_once),
        fixture_test(who_waits_is_served_while_the_service_drains),
        fixture_test(a_service_may_be_closed_while_some_wait),
    };

    return fixture_run("queue", tests);
}
