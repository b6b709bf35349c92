/* health: the blocking check against ports that accept, refuse and keep silent,
 * and when which backend is due. The changes that it prints go to standard
 * output; test_load_balancer_health.c looks at those. */
#include "blackhole.h"
#include "clock.h"
#include "fixture.h"
#include "wire.h"
#include "health.h"

#include <stdio.h>
#include <string.h>

/* One more backend, its addresses resolved. */
static struct backend *add(struct backend_set *set, const char *host, int port)
{
    const struct backend *failed;
    char text[64];

    snprintf(text, sizeof text, "%s:%d", host, port);
    assert_null(backend_set_add(set, text, 0));
    assert_int_equal(backend_set_resolve(set, &failed), 0);
    return &set->backends[set->num_backends - 1];
}

static struct backend_set *new_set(void)
{
    static struct backend_set set;

    memset(&set, 0, sizeof set);
    return &set;
}

/* ---- one check ---------------------------------------------------------- */

static void a_port_that_listens_is_healthy(void **state)
{
    int port, listener = wire_listen(&port), fd;

    (void)state;
    assert_int_equal(check_backend_health(add(new_set(), "127.0.0.1", port)),
                     1);
    fd = wire_accept(listener);
    wire_expect_end(fd); /* the check leaves at once, and says nothing */
    wire_close(fd);
    wire_close(listener);
}

static void a_port_that_refuses_is_not(void **state)
{
    int port, fd = wire_refuse(&port);
    uint64_t began_ms = clock_now_ms();

    (void)state;
    assert_int_equal(check_backend_health(add(new_set(), "127.0.0.1", port)),
                     0);
    assert_true(clock_now_ms() - began_ms < 1000);
    close(fd);
}

static void silence_is_unhealthy_after_two_seconds(void **state)
{
    struct blackhole hole;
    struct backend *b;
    uint64_t began_ms, took_ms;

    (void)state;
    blackhole_open(&hole);
    b = add(new_set(), "127.0.0.1", hole.port);
    began_ms = clock_now_ms();
    assert_int_equal(check_backend_health(b), 0);
    took_ms = clock_now_ms() - began_ms;
    assert_in_range(took_ms, 2000, 2000 + deadline_left(deadline_in(2000)));
    blackhole_close(&hole);
}

/* Names: the guide's check could read numbers only. And of several addresses,
 * it is enough that one accepts; which one is remembered. */
static void a_name_is_healthy_if_one_of_its_addresses_is(void **state)
{
    int port, listener = wire_listen(&port), closed, refusing;
    struct backend *b = add(new_set(), "localhost", port);
    struct net_addresses other;

    (void)state;
    assert_int_equal(check_backend_health(b), 1);
    close(wire_accept(listener));

    refusing = wire_refuse(&closed);
    b = add(new_set(), "127.0.0.1", port);
    assert_int_equal(net_resolve("127.0.0.1", closed, &other), 0);
    b->addresses.at[1] = b->addresses.at[0];
    b->addresses.at[0] = other.at[0];
    b->addresses.count = 2;
    assert_int_equal(check_backend_health(b), 1);
    assert_int_equal(b->preferred, 1);
    close(wire_accept(listener));
    wire_close(listener);
    close(refusing);
}

/* ---- all of them -------------------------------------------------------- */

#define INTERVAL_MS 10000

static void checks_all_at_first_and_each_when_it_is_due(void **state)
{
    struct backend_set *set = new_set();
    int port, listener = wire_listen(&port), closed;
    int refusing = wire_refuse(&closed);
    uint64_t before_ms = clock_now_ms(), due_ms;

    (void)state;
    add(set, "127.0.0.1", port);
    add(set, "127.0.0.1", closed);
    due_ms = health_check_all(set, before_ms);
    assert_int_equal(set->backends[0].is_healthy, 1);
    assert_int_equal(set->backends[1].is_healthy, 0);
    close(wire_accept(listener));
    assert_in_range(due_ms, before_ms + INTERVAL_MS,
                    clock_now_ms() + INTERVAL_MS);
    assert_int_equal(set->backends[0].next_check_ms, due_ms);

    /* One millisecond early nobody is asked, and nothing is forgotten. */
    assert_int_equal(health_check_all(set, due_ms - 1), due_ms);
    wire_accept_nobody(listener, 0);

    /* The first is due a little earlier than the second, or both are. */
    assert_true(health_check_all(set, due_ms) >= due_ms);
    close(wire_accept(listener));
    wire_close(listener);
    close(refusing);
}

/* Chapter 3 has no patience: one result is enough, either way. */
static void one_result_changes_sides(void **state)
{
    struct backend_set *set = new_set();
    int port, fd = wire_refuse(&port);
    struct backend *b = add(set, "127.0.0.1", port);

    (void)state;
    health_check_all(set, 1);
    assert_int_equal(b->is_healthy, 0);
    assert_int_equal(listen(fd, 5), 0); /* now it does */
    health_check_all(set, b->next_check_ms);
    assert_int_equal(b->is_healthy, 1);
    assert_int_equal(b->checks, 2);
    close(fd);
}

static void an_empty_set_is_never_due(void **state)
{
    (void)state;
    assert_true(health_check_all(new_set(), 1) == CLOCK_NEVER);
}

/* The time is monotonic: its zero means nothing, and a backend that was never
 * asked is due at any time, 0 included. */
static void a_new_backend_is_due_at_once(void **state)
{
    struct backend_set *set = new_set();
    int port, listener = wire_listen(&port);
    struct backend *b = add(set, "127.0.0.1", port);

    (void)state;
    health_check_all(set, 0);
    assert_int_equal(b->checks, 1);
    close(wire_accept(listener));
    wire_close(listener);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_port_that_listens_is_healthy),
        fixture_test(a_port_that_refuses_is_not),
        fixture_test(silence_is_unhealthy_after_two_seconds),
        fixture_test(a_name_is_healthy_if_one_of_its_addresses_is),
        fixture_test(checks_all_at_first_and_each_when_it_is_due),
        fixture_test(one_result_changes_sides),
        fixture_test(an_empty_set_is_never_due),
        fixture_test(a_new_backend_is_due_at_once),
    };

    return fixture_run("health", tests);
}
