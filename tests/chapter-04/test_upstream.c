/* upstream: which backend is asked, which one next, and when nobody is. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "descriptors.h"
#include "probe.h"
#include "rig.h"

/* ---- a connector that does as the test says ------------------------------ */

enum fate { CONNECT, REFUSE, HANG };

static struct {
    enum fate of[RIG_BACKENDS];
    int hanging[16], hangs; /* the other ends of connections that hang */
    int lent, taken_back;
    struct rig *rig;
} plan;

/* A descriptor that never becomes writable, as that of a connect to a host that
 * does not answer. */
static int hanging_descriptor(void)
{
    static const char zeros[65536];
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    descriptors_nonblocking(ends[0]);
    while (send(ends[0], zeros, sizeof zeros, 0) > 0 ||
           send(ends[0], zeros, 1, 0) > 0)
        ;
    plan.hanging[plan.hangs++] = ends[1];
    return ends[0];
}

static int plan_acquire(void *self, struct backend *b, int *reused)
{
    enum fate fate = plan.of[b - plan.rig->set.backends];

    assert_ptr_equal(self, &plan);
    if (fate == REFUSE) {
        errno = ECONNREFUSED;
        return -1;
    }
    plan.lent++;
    if (fate == HANG) {
        *reused = 0;
        return hanging_descriptor();
    }
    return connector_direct.acquire(NULL, b, reused);
}

static void plan_release(void *self, struct backend *b, int fd, int reusable)
{
    assert_ptr_equal(self, &plan);
    plan.taken_back++;
    connector_direct.release(NULL, b, fd, reusable);
}

static const struct connector planned = {&plan, plan_acquire, plan_release};

static struct rig *start_planned(int backends)
{
    struct rig *rig = rig_start(backends);

    memset(&plan, 0, sizeof plan);
    plan.rig = rig;
    rig->service.connector = &planned;
    return rig;
}

static void close_planned(struct rig *rig)
{
    rig_close(rig);
    assert_int_equal(plan.lent, plan.taken_back);
    for (int i = 0; i < plan.hangs; i++)
        wire_close(plan.hanging[i]);
}

/* ---- refused ------------------------------------------------------------- */

static const struct backend_stats *stats(const struct rig *rig, int i)
{
    return &rig->set.backends[i].stats;
}

static void after_a_refusal_the_next_is_asked(void **state)
{
    struct rig *rig = rig_make(0);
    int client, port, listener = wire_listen(&port);

    (void)state;
    rig_add_refusing(rig);
    rig_add(rig, listener, port);
    rig_open(rig);
    client = rig_client(rig, RIG_GET);
    rig_answer(rig, 1);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    assert_int_equal(rig->last.tries, 2);
    assert_ptr_equal(rig->last.backend, &rig->set.backends[1]);
    assert_null(rig->last.failure);
    assert_int_equal(stats(rig, 0)->failed_requests, 1);
    assert_int_equal(stats(rig, 1)->total_requests, 1);
    assert_int_equal(stats(rig, 1)->failed_requests, 0);
    rig_close(rig);
}

static void a_refusal_may_come_at_once(void **state)
{
    struct rig *rig = start_planned(2);
    int client;

    (void)state;
    plan.of[0] = REFUSE;
    client = rig_client(rig, RIG_GET);
    rig_answer(rig, 1);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    assert_int_equal(rig->last.tries, 2);
    close_planned(rig);
}

static void when_all_refuse_it_is_a_502(void **state)
{
    struct rig *rig = rig_make(0);
    int client;

    (void)state;
    for (int i = 0; i < 3; i++)
        rig_add_refusing(rig);
    rig_open(rig);
    client = rig_client(rig, RIG_GET);
    rig_expect_status(rig, client, 502);
    wire_close(client);
    assert_int_equal(rig->last.tries, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(stats(rig, i)->total_requests, 1);
        assert_int_equal(stats(rig, i)->failed_requests, 1);
    }
    rig_close(rig);
}

static void when_nobody_is_up_it_is_a_503(void **state)
{
    struct rig *rig = start_planned(2);
    int client;

    (void)state;
    rig->set.backends[0].is_healthy = rig->set.backends[1].is_healthy = 0;
    client = rig_client(rig, RIG_GET);
    rig_expect_status(rig, client, 503);
    wire_close(client);
    assert_int_equal(rig->last.tries, 0);
    assert_null(rig->last.backend);
    assert_int_equal(plan.lent, 0);
    close_planned(rig);
}

static void who_is_down_is_not_asked(void **state)
{
    struct rig *rig = rig_start(3);

    (void)state;
    rig->set.backends[1].is_healthy = 0;
    for (int i = 0; i < 4; i++) {
        int client = rig_client(rig, RIG_GET);

        rig_answer(rig, i % 2 == 0 ? 0 : 2);
        rig_expect(rig, client, RIG_ANSWER);
        wire_close(client);
    }
    rig_close(rig);
}

/* A request alone takes nobody down: it asks for a health check. */
static void a_failure_makes_a_health_check_due(void **state)
{
    static struct prober prober;
    struct rig *rig = start_planned(2);
    int client;

    (void)state;
    plan.of[0] = REFUSE;
    prober_init(&prober, rig->service.watch, &rig->set);
    prober_close(&prober); /* no check is due ... */
    rig->service.monitor = prober_monitor(&prober);
    client = rig_client(rig, RIG_GET);
    rig_answer(rig, 1);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    rig_until(rig, rig->set.backends[0].checks == 1); /* ... but this one */
    assert_int_equal(rig->set.backends[1].checks, 0);
    assert_true(rig->set.backends[0].is_healthy);
    prober_close(&prober);
    close_planned(rig);
}

/* ---- several addresses --------------------------------------------------- */

static void all_addresses_of_a_name_are_tried(void **state)
{
    struct rig *rig = rig_make(0);
    struct backend *first = &rig->set.backends[0];
    int client, port, listener = wire_listen(&port);
    struct net_addresses alive;

    (void)state;
    rig_add_refusing(rig);
    first->addresses.at[1] = first->addresses.at[2] = first->addresses.at[0];
    first->addresses.count = 3;
    assert_int_equal(net_resolve("127.0.0.1", port, &alive), 0);
    first->addresses.at[2] = alive.at[0];
    rig_add(rig, listener, port); /* a second backend, at the same place */
    rig_open(rig);
    client = rig_client(rig, RIG_GET);
    rig_answer(rig, 1);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    assert_ptr_equal(rig->last.backend, first);
    assert_int_equal(rig->last.tries, 3);
    assert_int_equal(stats(rig, 0)->total_requests, 1);
    assert_int_equal(stats(rig, 0)->failed_requests, 0);
    assert_int_equal(first->preferred, 2); /* the next begins there */
    rig_close(rig);
}

static void then_it_is_the_next_backends_turn(void **state)
{
    struct rig *rig = rig_make(0);
    struct backend *first = &rig->set.backends[0];
    int client, port, listener = wire_listen(&port);

    (void)state;
    rig_add_refusing(rig);
    first->addresses.at[1] = first->addresses.at[0];
    first->addresses.count = 2;
    rig_add(rig, listener, port);
    rig_open(rig);
    client = rig_client(rig, RIG_GET);
    rig_answer(rig, 1);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    assert_int_equal(rig->last.tries, 3);
    assert_int_equal(stats(rig, 0)->failed_requests, 1);
    assert_int_equal(stats(rig, 1)->total_requests, 1);
    rig_close(rig);
}

/* ---- doubtful ones -------------------------------------------------------- */

/* Who has been let down by one backend is sent to one that serves; in a first try
 * all take their turn, and one that serves again is as good as any. */
static void the_second_try_is_a_safe_one(void **state)
{
    struct rig *rig = start_planned(4);
    int client;

    (void)state;
    plan.of[0] = plan.of[1] = plan.of[2] = REFUSE;
    for (int i = 0; i < 4; i++)
        rig->set.backends[i].failing = i == 1 || i == 2;
    client = rig_client(rig, RIG_GET);
    rig_answer(rig, 3);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    assert_int_equal(rig->last.tries, 2);
    assert_int_equal(rig->set.backends[0].failing, 1);
    plan.of[0] = plan.of[1] = plan.of[2] = 0;
    for (int i = 0; i < 3; i++) {
        client = rig_client(rig, RIG_GET);
        rig_answer(rig, i);
        rig_expect(rig, client, RIG_ANSWER);
        wire_close(client);
        assert_int_equal(rig->set.backends[i].failing, 0);
    }
    close_planned(rig);
}

/* If there is none of which nothing bad is known, the others are asked. */
static void doubtful_ones_are_better_than_none(void **state)
{
    struct rig *rig = start_planned(3);
    int client;

    (void)state;
    plan.of[0] = plan.of[1] = REFUSE;
    for (int i = 0; i < 3; i++)
        rig->set.backends[i].failing = 1;
    client = rig_client(rig, RIG_GET);
    rig_answer(rig, 2);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    assert_int_equal(rig->last.tries, 3);
    close_planned(rig);
}

/* Numbers of backends, from 1. `wanted` is who is asked, 0: nobody, for a place is
 * waited for, or there is none (503). */
static void a_backup_is_for_when_no_other_is_left(void **state)
{
    static const struct {
        const char *backups, *down, *refuse;
        int busy, wanted;
    } cases[] = {
        {"13", "", "", 0, 2},  {"13", "2", "", 0, 4},   {"13", "24", "", 0, 1},
        {"13", "2", "4", 0, 1}, {"13", "", "24", 0, 1}, {"13", "24", "1", 0, 3},
        {"13", "2", "", 4, 0}, {"13", "124", "", 0, 3}, {"1234", "1", "", 0, 2},
        {"13", "1234", "", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig *rig = start_planned(4);
        struct backend_set *set = &rig->set;
        int client;

        for (const char *c = cases[i].backups; *c != '\0'; c++)
            set->backends[*c - '1'].backup = ++set->num_backups > 0;
        for (const char *c = cases[i].down; *c != '\0'; c++)
            set->backends[*c - '1'].is_healthy = 0;
        for (const char *c = cases[i].refuse; *c != '\0'; c++)
            plan.of[*c - '1'] = REFUSE;
        if (cases[i].busy > 0)
            set->backends[cases[i].busy - 1].max_connections = -1;
        client = rig_client(rig, RIG_GET);
        if (cases[i].wanted > 0) {
            rig_answer(rig, cases[i].wanted - 1);
            rig_expect(rig, client, RIG_ANSWER);
        } else {
            rig_expect_status(rig, client, 503);
            assert_int_equal(plan.lent, 0);
        }
        wire_close(client);
        close_planned(rig);
    }
}

/* ---- sent again, or not -------------------------------------------------- */

/* The first backend takes the request and hangs up. Returns what it got. */
static void swallow(struct rig *rig, int backend, char *got, size_t len)
{
    int fd = rig_accept(rig, backend);

    rig_receive(rig, fd, got, len);
    wire_close(fd);
}

static void what_does_no_harm_is_sent_again(void **state)
{
    static const struct {
        const char *method;
        int again;
    } cases[] = {
        {"GET", 1},  {"HEAD", 1},  {"PUT", 1},   {"DELETE", 1}, {"OPTIONS", 1},
        {"POST", 0}, {"PATCH", 0}, {"BUY", 0},   {"get", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig *rig = rig_start(2);
        char request[256], first[4096], second[4096];
        int client, fd;

        snprintf(request, sizeof request, "%s / HTTP/1.1\r\nHost: h\r\n\r\n",
                 cases[i].method);
        client = rig_client(rig, request);
        fd = rig_accept(rig, 0);
        rig_read(rig, fd, "\r\n\r\n", first, sizeof first);
        wire_close(fd);
        if (cases[i].again) {
            fd = rig_accept(rig, 1);
            rig_read(rig, fd, "\r\n\r\n", second, sizeof second);
            assert_string_equal(first, second); /* the id, too */
            wire_send_text(fd, RIG_ANSWER);
            wire_close(fd);
            rig_expect(rig, client, RIG_ANSWER);
        } else {
            rig_expect_status(rig, client, 502);
            assert_false(rig_is_readable(rig->at[1]));
        }
        assert_int_equal(rig->last.tries, cases[i].again + 1);
        wire_close(client);
        rig_close(rig);
    }
}

static void a_body_is_sent_again_with_its_head(void **state)
{
    struct rig *rig = rig_start(2);
    char head[4096], again[4096];
    int client = rig_client(rig, "PUT / HTTP/1.1\r\nHost: h\r\n"
                                 "Content-Length: 8\r\n\r\nabcd");
    int fd = rig_accept(rig, 0);
    size_t len = rig_read(rig, fd, "abcd", head, sizeof head);

    (void)state;
    wire_send_text(client, "efgh");
    rig_receive(rig, fd, head + len, 4);
    wire_close(fd);
    fd = rig_accept(rig, 1);
    rig_receive(rig, fd, again, len + 4);
    assert_memory_equal(head, again, len + 4);
    wire_send_text(fd, RIG_ANSWER);
    wire_close(fd);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    rig_close(rig);
}

static void a_body_that_we_have_no_more_is_not(void **state)
{
    static char body[3 * SESSION_BUFFER];
    struct rig *rig = rig_start(2);
    char head[256];
    int client = wire_connect(rig->port);

    (void)state;
    snprintf(head, sizeof head,
             "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n",
             sizeof body + 1); /* the last byte never comes */
    wire_send_text(client, head);
    wire_send(client, body, sizeof body);
    swallow(rig, 0, body, sizeof body);
    rig_expect_status(rig, client, 502);
    wire_close(client);
    assert_int_equal(rig->last.tries, 1);
    rig_close(rig);
}

static void a_post_of_which_nothing_was_sent_may_go_elsewhere(void **state)
{
    struct rig *rig = rig_make(0);
    int client, port, listener = wire_listen(&port), fd;
    char head[4096];

    (void)state;
    rig_add_refusing(rig);
    rig_add(rig, listener, port);
    rig_open(rig);
    client = rig_client(rig, "POST / HTTP/1.1\r\nHost: h\r\n"
                             "Content-Length: 2\r\n\r\nab");
    fd = rig_accept(rig, 1);
    rig_read(rig, fd, "\r\n\r\nab", head, sizeof head);
    wire_send_text(fd, RIG_ANSWER);
    wire_close(fd);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    rig_close(rig);
}

/* ---- time ---------------------------------------------------------------- */

static void a_connect_that_hangs_is_given_up(void **state)
{
    struct rig *rig = start_planned(2);
    int client;

    (void)state;
    plan.of[0] = HANG;
    client = rig_client(rig, RIG_GET);
    rig_until(rig, plan.lent == 1);
    rig_settle(rig);
    assert_int_equal(rig->set.backends[0].active_connections, 1);
    rig_pass(rig, 4999);
    assert_int_equal(plan.lent, 1);
    rig_pass(rig, 101);
    assert_int_equal(rig->set.backends[0].active_connections, 0);
    rig_answer(rig, 1);
    rig_expect(rig, client, RIG_ANSWER);
    wire_close(client);
    assert_int_equal(stats(rig, 0)->failed_requests, 1);
    close_planned(rig);
}

/* Or the loop would spin over it. */
static void what_a_client_sends_meanwhile_is_taken(void **state)
{
    struct rig *rig = start_planned(2);
    char got[4096];
    int client, fd;

    (void)state;
    plan.of[0] = HANG;
    client = rig_client(rig, "POST / HTTP/1.1\r\nHost: h\r\n"
                             "Content-Length: 3\r\n\r\n");
    rig_until(rig, plan.lent == 1);
    wire_send_text(client, "abc");
    wire_shut(client);
    rig_settle(rig);
    assert_true(rig_session(rig)->up.eof);
    rig_pass(rig, 5000);
    fd = rig_accept(rig, 1);
    rig_read(rig, fd, NULL, got, sizeof got); /* and its end */
    assert_non_null(strstr(got, "\r\n\r\nabc"));
    rig_complete(rig, fd, client);
    close_planned(rig);
}

static void when_all_hang_it_is_a_504(void **state)
{
    struct rig *rig = start_planned(2);
    int client;

    (void)state;
    plan.of[0] = plan.of[1] = HANG;
    client = rig_client(rig, RIG_GET);
    for (int i = 1; i <= 2; i++) {
        rig_until(rig, plan.lent == i);
        rig_pass(rig, 5100);
    }
    rig_expect_status(rig, client, 504);
    wire_close(client);
    assert_int_equal(rig->last.tries, 2);
    close_planned(rig);
}

static void the_last_one_decides_between_502_and_504(void **state)
{
    struct rig *rig = start_planned(2);
    int client;

    (void)state;
    plan.of[0] = HANG;
    plan.of[1] = REFUSE;
    client = rig_client(rig, RIG_GET);
    rig_until(rig, plan.lent == 1);
    rig_pass(rig, 5100);
    rig_expect_status(rig, client, 502);
    wire_close(client);
    close_planned(rig);
}

static void no_more_backends_are_asked_than_is_allowed(void **state)
{
    struct rig *rig = start_planned(4);

    (void)state;
    for (int i = 0; i < 4; i++)
        plan.of[i] = REFUSE;
    for (int max = 1; max <= 3; max++) {
        int client;

        rig->service.max_asked = max;
        client = rig_client(rig, RIG_GET);
        rig_expect_status(rig, client, 502);
        assert_int_equal(rig->last.tries, max);
        wire_close(client);
    }
    close_planned(rig);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(after_a_refusal_the_next_is_asked),
        fixture_test(a_refusal_may_come_at_once),
        fixture_test(when_all_refuse_it_is_a_502),
        fixture_test(when_nobody_is_up_it_is_a_503),
        fixture_test(who_is_down_is_not_asked),
        fixture_test(a_failure_makes_a_health_check_due),
        fixture_test(all_addresses_of_a_name_are_tried),
        fixture_test(then_it_is_the_next_backends_turn),
        fixture_test(the_second_try_is_a_safe_one),
        fixture_test(doubtful_ones_are_better_than_none),
        fixture_test(a_backup_is_for_when_no_other_is_left),
        fixture_test(what_does_no_harm_is_sent_again),
        fixture_test(a_body_is_sent_again_with_its_head),
        fixture_test(a_body_that_we_have_no_more_is_not),
        fixture_test(a_post_of_which_nothing_was_sent_may_go_elsewhere),
        fixture_test(a_connect_that_hangs_is_given_up),
        fixture_test(what_a_client_sends_meanwhile_is_taken),
        fixture_test(when_all_hang_it_is_a_504),
        fixture_test(the_last_one_decides_between_502_and_504),
        fixture_test(no_more_backends_are_asked_than_is_allowed),
    };
    return fixture_run("upstream", tests);
}
