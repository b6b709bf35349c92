/* The load balancer in one process, with each system call and each allocation
 * made to fail once: no crash, no leak, no byte lost or doubled, no session that
 * stays. Linux only: see failing_calls.h. */
#include "fixture.h"

#if defined(__linux__)
#include "balance_more.h"
#include "clock.h"
#include "deadline.h"
#include "engine_http.h"
#include "event_loop.h"
#include "failing_calls.h"
#include "mover_bulk.h"
#include "mover_splice.h"
#include "played_exchange.h"
#include "pool_connector.h"
#include "service.h"

#define LIMIT_MS 20000 /* for one scenario */

/* ---- the load balancer -------------------------------------------------- */

static struct {
    event_loop_t *loop;
    struct service service;
    struct backend_set set;
    struct pool_connector pools;
    struct connector connector;
    struct bulk bulk;
    struct splicer splicer;
} lb;
static struct played played;

static void configure(int listener, const int ports[2])
{
    memset(&lb, 0, sizeof lb);
    for (int i = 0; i < 2; i++) {
        char text[32];

        snprintf(text, sizeof text, "127.0.0.1:%d", ports[i]);
        assert_null(backend_set_add(&lb.set, text, 0));
        assert_int_equal(net_resolve("127.0.0.1", ports[i],
                                     &lb.set.backends[i].addresses), 0);
    }
    lb.service.program = "lb";
    lb.service.listener = listener;
    lb.service.set = &lb.set;
    lb.service.balance = balance_more_find("round_robin");
    lb.service.engine = &engine_http;
    lb.service.max_clients = 100;
    lb.service.max_asked = 3;
    lb.service.limits = (struct limits){16384, 100, 0};
    lb.service.timeouts = (struct timeouts){.head_ms = 1000,
                                            .connect_ms = 1000,
                                            .read_ms = 1000,
                                            .write_ms = 1000,
                                            .queue_ms = 1000,
                                            .drain_ms = 2000,
                                            .idle_ms = 1000,
                                            .tunnel_ms = 1000};
}

/* As a worker does it. Whether it serves: a failure here is told, and what there
 * is of it is given back. */
static int open_lb(void)
{
    lb.loop = event_loop_create(64);
    if (lb.loop == NULL)
        goto no_loop;
    lb.service.watch = event_loop_watch(lb.loop);
    if (pool_connector_init(&lb.pools, &lb.set, lb.service.watch, 4, 30000) !=
        0)
        goto no_pools;
    lb.connector = pool_connector_seam(&lb.pools);
    lb.service.connector = &lb.connector;
    bulk_init(&lb.bulk);
    splicer_init(&lb.splicer, 16384, &lb.bulk);
    lb.service.mover = &lb.splicer.mover;
    if (service_open(&lb.service) == 0)
        return 1;
    splicer_close(&lb.splicer);
    bulk_close(&lb.bulk);
    pool_connector_close(&lb.pools);
no_pools:
    event_loop_destroy(lb.loop);
no_loop:
    close(lb.service.listener);
    return 0;
}

static void close_lb(void)
{
    service_close(&lb.service);
    pool_connector_close(&lb.pools);
    splicer_close(&lb.splicer);
    bulk_close(&lb.bulk);
    event_loop_destroy(lb.loop);
}

static void turn(void)
{
    failing.armed = 1;
    if (event_loop_run(lb.loop, 0) >= 0 || errno == EINTR)
        service_turn(&lb.service);
    failing.armed = 0;
}

/* ---- one scenario ------------------------------------------------------- */

static void describe(char *text, size_t size)
{
    snprintf(text, size, "%s, call %ld, %s, at %p (addr2line -fe "
             "test_failing_calls)", failing.call, failing.turn,
             failing.error == SHORT ? "one byte only"
             : failing.error == LOST ? "EINTR"
                                     : strerror(failing.error),
             (void *)(uintptr_t)failing.place);
}

static void complain(const char *what)
{
    char text[256];

    describe(text, sizeof text);
    failure("%s: %s", text, what);
}

/* What became of the requests: all is well without a failure; with it, no
 * request that changes anything has come to the backends twice. */
static void judge(void)
{
    for (int i = 0; i < PLAYED_COUNT; i++) {
        if (!failing.hit && played.status[i] != 200)
            complain("a request without an answer, and nothing has failed");
        if (strcmp(played_requests[i].method, "POST") == 0 &&
            played.arrived[i] > 1)
            complain("a POST came twice");
        if (played.status[i] == 200 && played.arrived[i] == 0)
            complain("an answer to what no backend was asked");
    }
}

static void play(void)
{
    deadline_t limit = deadline_in(LIMIT_MS);

    played_ask(&played);
    while (!played_is_over(&played)) {
        if (deadline_left(limit) == 0)
            complain("a request waits for ever");
        turn();
        played_client(&played);
        played_backends(&played);
    }
    played_leave(&played.client);
    while (lb.service.active > 0) {
        if (deadline_left(limit) == 0)
            complain("a session stays");
        turn();
        played_backends(&played);
    }
    judge();
}

/* Whether there was such a call. */
static int play_with(const char *call, long turn_of_it, int error)
{
    int ports[2], listener, serves;
    int descriptors = fixture_descriptors();
    long live = failing.live;

    failing_plan(call, turn_of_it, error);
    played_begin(&played, ports);
    listener = descriptors_nonblocking(wire_listen(&played.port));
    configure(listener, ports);
    failing.armed = 1;
    serves = open_lb();
    failing.armed = 0;
    if (serves) {
        play();
        failing.armed = 1;
        close_lb();
        failing.armed = 0;
    } else if (!failing.hit) {
        complain("it does not begin, and nothing has failed");
    }
    played_end_all(&played);
    if (failing.live != live)
        complain("memory is not given back");
    if (fixture_descriptors() != descriptors)
        complain("a descriptor is not given back");
    return failing.hit;
}

/* ---- all of them -------------------------------------------------------- */

static void without_a_failure_all_is_answered(void **state)
{
    (void)state;
    assert_int_equal(play_with("none", 1, EIO), 0);
    assert_true(lb.splicer.spliced >= 200000); /* the pipes are in use */
}

/* Each call of this name fails once, in each of these ways. */
static void fail_each(const char *call, const int *errors, int count)
{
    long turns = 0;

    for (int i = 0; i < count; i++)
        for (turns = 1; play_with(call, turns, errors[i]); turns++)
            assert_in_range(turns, 1, 5000);
    print_message("%-13s %4ld calls, %d ways to fail\n", call, turns - 1,
                  count);
    assert_in_range(turns, 2, 5000); /* it was called at all */
}

#define FAIL(call, ...)                                                 \
    fail_each(call, (const int[]){__VA_ARGS__},                         \
              (int)(sizeof(const int[]){__VA_ARGS__} / sizeof(int)))

static void receiving(void **state)
{
    (void)state;
    FAIL("recv", EINTR, EAGAIN, ECONNRESET, ENOMEM, SHORT);
}

static void sending(void **state)
{
    (void)state;
    FAIL("send", EINTR, EAGAIN, ECONNRESET, EPIPE, ENOBUFS, SHORT);
}

static void splicing(void **state)
{
    (void)state;
    FAIL("splice", EINTR, EAGAIN, ECONNRESET, ENOMEM, SHORT);
    FAIL("pipe2", EMFILE, ENFILE);
}

static void accepting_and_connecting(void **state)
{
    (void)state;
    FAIL("accept4", EINTR, EAGAIN, ECONNABORTED, EMFILE, ENFILE, ENOMEM);
    FAIL("socket", EMFILE, ENFILE, ENOMEM);
    FAIL("connect", ECONNREFUSED, ENETUNREACH, EADDRNOTAVAIL, EINTR);
    FAIL("getsockopt", ENOMEM);
    FAIL("setsockopt", ENOMEM, EINVAL);
}

static void waiting(void **state)
{
    (void)state;
    FAIL("epoll_create1", EMFILE, ENOMEM);
    FAIL("epoll_ctl", ENOMEM, ENOSPC);
    FAIL("epoll_wait", EINTR);
}

static void closing(void **state)
{
    (void)state;
    FAIL("close", LOST);
}

static void allocating(void **state)
{
    (void)state;
    FAIL("malloc", ENOMEM);
    FAIL("calloc", ENOMEM);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(without_a_failure_all_is_answered),
        fixture_test(receiving),
        fixture_test(sending),
        fixture_test(splicing),
        fixture_test(accepting_and_connecting),
        fixture_test(waiting),
        fixture_test(closing),
        fixture_test(allocating),
    };

    return fixture_run("failing_calls", tests);
}
#else
int main(void)
{
    puts("this system's linker has no --wrap: nothing is tested");
    return 0;
}
#endif
