/* service: what its filters are told, and how it stops. */
#include "fixture.h"

#include <string.h>
#include <unistd.h>

#include "rig.h"

/* ---- filters ------------------------------------------------------------- */

static struct {
    int refuse_with, admits, finishes;
} counted[2];

static int count_admit(void *self, struct exchange *x)
{
    int i = *(const int *)self;

    assert_string_equal(x->client_ip, "127.0.0.1");
    assert_true(x->request_id[0] != '\0');
    counted[i].admits++;
    return counted[i].refuse_with;
}

static void count_finish(void *self, const struct exchange *x)
{
    (void)x;
    counted[*(const int *)self].finishes++;
}

/* Three filters, one of which wants nothing, and two to be counted. */
static struct rig *start_counting(int backends, int first_refuses_with)
{
    static int number[] = {0, 1};
    static const struct filter filters[] = {
        {&number[0], count_admit, count_finish},
        {NULL, NULL, NULL},
        {&number[1], count_admit, count_finish},
    };
    struct rig *rig = rig_start(backends);

    memset(counted, 0, sizeof counted);
    counted[0].refuse_with = first_refuses_with;
    rig->service.filters = filters;
    rig->service.filter_count = 3;
    return rig;
}

static void expect_counts(int admits_first, int admits_second, int finishes)
{
    assert_int_equal(counted[0].admits, admits_first);
    assert_int_equal(counted[1].admits, admits_second);
    assert_int_equal(counted[0].finishes, finishes);
    assert_int_equal(counted[1].finishes, finishes);
}

static void each_exchange_is_told_once_to_each_filter(void **state)
{
    struct rig *rig = start_counting(1, 0);
    int backend, client = rig_under_way(rig, &backend);

    (void)state;
    expect_counts(1, 1, 0);
    rig_complete(rig, backend, client); /* it ends well */
    expect_counts(1, 1, 1);
    client = rig_under_way(rig, &backend);
    wire_reset(client); /* the client leaves */
    rig_until(rig, rig->service.active == 0);
    wire_close(backend);
    expect_counts(2, 2, 2);
    client = rig_under_way(rig, &backend);
    rig_pass(rig, 30100); /* it takes too long */
    rig_expect_status(rig, client, 504);
    wire_close(client);
    wire_close(backend);
    expect_counts(3, 3, 3);
    rig->set.backends[0].is_healthy = 0;
    client = rig_client(rig, RIG_GET); /* nobody is there */
    rig_expect_status(rig, client, 503);
    wire_close(client);
    expect_counts(4, 4, 4);
    rig_close(rig);
    expect_counts(4, 4, 4);
}

static void a_refusal_ends_the_asking_but_not_the_telling(void **state)
{
    struct rig *rig = start_counting(1, 403);
    int client = rig_client(rig, RIG_GET);

    (void)state;
    rig_expect_status(rig, client, 403);
    wire_close(client);
    expect_counts(1, 0, 1);
    rig_close(rig);
}

/* ---- stopping ------------------------------------------------------------ */

static void a_drain_refuses_new_clients_and_finishes_requests(void **state)
{
    struct rig *rig = rig_start(1);
    int idle = wire_connect(rig->port), backend;
    int busy = rig_under_way(rig, &backend);

    (void)state;
    assert_int_equal(rig->service.active, 2);
    service_drain(&rig->service);
    assert_true(wire_refused(rig->port)); /* at once */
    service_turn(&rig->service);
    wire_expect_end(idle); /* it has asked for nothing */
    wire_close(idle);
    assert_int_equal(rig->service.active, 1);
    assert_false(service_is_finished(&rig->service));

    rig_pass(rig, 20000);
    rig_complete(rig, backend, busy);
    rig_until(rig, service_is_finished(&rig->service));
    assert_null(rig->last.failure);
    rig_close(rig);
}

static void a_request_that_has_begun_to_arrive_is_served(void **state)
{
    struct rig *rig = rig_start(1);
    int client = rig_client(rig, "GET / HTTP/1.1\r\nHo");

    (void)state;
    rig_settle(rig);
    service_drain(&rig->service);
    rig_settle(rig);
    wire_send_text(client, "st: h\r\n\r\n");
    rig_answer(rig, 0);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    rig_until(rig, service_is_finished(&rig->service));
    rig_close(rig);
}

/* It was connected before we stopped, though we have not looked yet. */
static void who_is_in_the_queue_is_served_too(void **state)
{
    struct rig *rig = rig_start(1);
    int client = rig_client(rig, RIG_GET);

    (void)state;
    service_drain(&rig->service);
    rig_answer(rig, 0);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    rig_until(rig, service_is_finished(&rig->service));
    rig_close(rig);
}

static void a_request_that_we_have_not_read_yet_counts(void **state)
{
    struct rig *rig = rig_start(1);
    int client = wire_connect(rig->port);

    (void)state;
    rig_until(rig, rig->service.active == 1);
    wire_send_text(client, RIG_GET);
    service_drain(&rig->service);
    rig_answer(rig, 0);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    rig_until(rig, service_is_finished(&rig->service));
    rig_close(rig);
}

static void a_drain_has_an_end(void **state)
{
    struct rig *rig = rig_start(1);
    int backend, client = rig_under_way(rig, &backend);

    (void)state;
    rig->service.timeouts.read_ms = 100000;
    service_drain(&rig->service);
    rig_pass(rig, 29999);
    assert_false(service_is_finished(&rig->service));
    rig_pass(rig, 1);
    assert_true(service_is_finished(&rig->service));
    wire_expect_gone(client);
    wire_close(client);
    wire_close(backend);
    assert_int_equal(rig->finished, 1);
    rig_close(rig);
}

static void a_drain_without_clients_is_finished_at_once(void **state)
{
    struct rig *rig = rig_start(1);

    (void)state;
    assert_false(service_is_finished(&rig->service));
    service_drain(&rig->service);
    assert_true(service_is_finished(&rig->service));
    rig_close(rig);
}

/* Somebody else has the same socket: here the test, by another descriptor. */
static struct rig *start_sharing(int *other)
{
    struct rig *rig = rig_start(1);

    rig->service.timeouts.head_ms = 100000;
    *other = dup(rig->service.listener);
    assert_true(*other >= 0);
    return rig;
}

static void who_is_idle_may_ask_once_more_when_another_takes_over(void **state)
{
    int other, client;
    struct rig *rig = start_sharing(&other);
    int idle = wire_connect(rig->port);

    (void)state;
    rig_until(rig, rig_idle(rig) == 1);
    service_retire(&rig->service);
    client = rig_client(rig, RIG_GET); /* waits for the other one */
    rig_settle(rig);
    assert_int_equal(rig->service.active, 1);
    assert_int_equal(rig_idle(rig), 1);
    assert_false(service_is_finished(&rig->service));

    wire_send_text(idle, RIG_GET);
    rig_answer(rig, 0);
    rig_expect(rig, idle, RIG_ANSWER);
    wire_close(idle);
    rig_until(rig, service_is_finished(&rig->service));
    wire_close(wire_accept(other));
    wire_close(other);
    wire_close(client);
    rig_close(rig);
}

static void who_has_just_come_may_ask_when_another_takes_over(void **state)
{
    int other;
    struct rig *rig = start_sharing(&other);
    int client = rig_client(rig, "GET / HTTP/1.1\r\n");

    (void)state;
    rig_until(rig, rig->service.active == 1);
    service_retire(&rig->service);
    rig_settle(rig);
    wire_send_text(client, "Host: h\r\n\r\n");
    rig_answer(rig, 0);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    rig_until(rig, service_is_finished(&rig->service));
    wire_close(other);
    rig_close(rig);
}

static void who_stays_idle_is_let_go_in_the_end(void **state)
{
    int other;
    struct rig *rig = start_sharing(&other);
    int idle = wire_connect(rig->port);

    (void)state;
    rig_until(rig, rig_idle(rig) == 1);
    service_retire(&rig->service);
    rig_pass(rig, 29999);
    assert_int_equal(rig_idle(rig), 1);
    rig_pass(rig, 1);
    assert_true(service_is_finished(&rig->service));
    wire_expect_end(idle);
    wire_close(idle);
    wire_close(other);
    rig_close(rig);
}

static void a_close_ends_what_is_left(void **state)
{
    struct rig *rig = rig_start(1);
    int backend, busy = rig_under_way(rig, &backend);
    int idle = wire_connect(rig->port);

    (void)state;
    rig_until(rig, rig->service.active == 2);
    rig_close(rig);
    wire_expect_gone(busy);
    wire_expect_gone(idle);
    wire_expect_gone(backend);
    wire_close(busy);
    wire_close(idle);
    wire_close(backend);
    assert_int_equal(rig->finished, 1);
    assert_string_equal(rig->last.failure, "shut down");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(each_exchange_is_told_once_to_each_filter),
        fixture_test(a_refusal_ends_the_asking_but_not_the_telling),
        fixture_test(a_drain_refuses_new_clients_and_finishes_requests),
        fixture_test(a_request_that_has_begun_to_arrive_is_served),
        fixture_test(who_is_in_the_queue_is_served_too),
        fixture_test(a_request_that_we_have_not_read_yet_counts),
        fixture_test(a_drain_has_an_end),
        fixture_test(a_drain_without_clients_is_finished_at_once),
        fixture_test(who_is_idle_may_ask_once_more_when_another_takes_over),
        fixture_test(who_has_just_come_may_ask_when_another_takes_over),
        fixture_test(who_stays_idle_is_let_go_in_the_end),
        fixture_test(a_close_ends_what_is_left),
    };
    return fixture_run("service_stop", tests);
}
