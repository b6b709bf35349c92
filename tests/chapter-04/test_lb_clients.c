/* LB_NAME: clients that leave, crawl or talk nonsense, at any moment of an
 * exchange; what they held is given back. */
#include "deadline.h"
#include "fixture.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "wire.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define GET  "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
#define POST "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
#define OK   "HTTP/1.1 200 OK\r\n"

/* ---- clients that leave ------------------------------------------------- */

static void leave(int client, int reset)
{
    if (reset)
        wire_reset(client);
    else
        wire_close(client);
}

/* Before the end of its head it has asked for nothing: nobody hears of it. */
static void one_that_leaves_within_its_head(void **state)
{
    static const char *const begun[] = {
        "", "G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: h\r\nA",
        "GET / HTTP/1.1\r\nHost: h\r\n\r",
    };
    struct lb lb;
    int before, client;

    (void)state;
    lb_start_scripted(&lb, 1);
    before = lb_descriptors(&lb);
    for (size_t i = 0; i < 2 * (sizeof begun / sizeof *begun); i++) {
        client = wire_connect(lb.port);
        lb_expect_descriptors(&lb, before + 1);
        wire_send_text(client, begun[i / 2]);
        leave(client, i % 2 != 0);
        lb_expect_descriptors(&lb, before);
    }
    client = wire_connect(lb.port);
    wire_send_text(client, GET);
    lb_answer(&lb, 0); /* the first request that it sees */
    wire_expect_text(client, LB_ANSWER);
    wire_expect_end(client);
    wire_close(client);
    lb_expect_statistics(&lb, "\nTotal requests: 1, failed: 0\n");
    lb_stop(&lb);
}

/* One exchange that the client leaves in the midst of: what it sends first, and
 * what the backend says before it goes. */
static const struct {
    const char *request, *answer;
} midst[] = {
    {GET, ""},
    {POST "Content-Length: 9\r\n\r\n1234", ""},
    {POST "Transfer-Encoding: chunked\r\n\r\n5\r\n", ""},
    {GET, OK "Content-Length: 10\r\nConnection: close\r\n\r\n1234"},
    {POST "Content-Length: 9\r\n\r\n1234",
     OK "Connection: close\r\n\r\n1234"},
};

/* A reset ends the exchange at once: the backend must not work for nobody. */
static void one_that_resets_ends_its_exchange(void **state)
{
    struct lb lb;
    char head[1024];
    int before;

    (void)state;
    lb_start_scripted(&lb, 1);
    before = lb_descriptors(&lb);
    for (size_t i = 0; i < sizeof midst / sizeof *midst; i++) {
        int client = wire_connect(lb.port), backend;

        wire_send_text(client, midst[i].request);
        backend = lb_take(&lb, 0, head, sizeof head);
        wire_send_text(backend, midst[i].answer);
        wire_expect_text(client, midst[i].answer);
        wire_reset(client);
        lb_expect_descriptors(&lb, before); /* not when the backend ends it */
        wire_expect_gone(backend);
        wire_close(backend);
    }
    lb_stop(&lb);
}

/* One that closes looks like one that half-closes, until it is sent something:
 * the backend is told, and its answer ends it. */
static void one_that_closes_ends_when_it_is_answered(void **state)
{
    struct lb lb;
    char head[1024];
    int before;

    (void)state;
    lb_start_scripted(&lb, 1);
    before = lb_descriptors(&lb);
    for (size_t i = 0; i < sizeof midst / sizeof *midst; i++) {
        int client = wire_connect(lb.port), backend;
        deadline_t deadline = deadline_in(10000);

        wire_send_text(client, midst[i].request);
        backend = lb_take(&lb, 0, head, sizeof head);
        wire_send_text(backend, midst[i].answer);
        wire_expect_text(client, midst[i].answer);
        wire_close(client);
        while (lb_descriptors(&lb) > before) {
            assert_true(deadline_left(deadline) > 0);
            if (send(backend, "x", 1, 0) < 0)
                break; /* it knows already */
            deadline_pause(deadline);
        }
        wire_expect_gone(backend);
        wire_close(backend);
    }
    lb_expect_statistics(&lb, "failed: 5\n");
    lb_stop(&lb);
}

/* While the backend is being connected to, and in a crowd. */
static void a_crowd_that_leaves_at_once(void **state)
{
    enum { CROWD = 100 };
    struct lb lb;
    int clients[CROWD], before;

    (void)state;
    lb_start_real(&lb, 2);
    lb_expect_order(&lb, "b1 b2");
    before = lb_descriptors(&lb);
    for (int reset = 0; reset < 2; reset++) {
        for (int i = 0; i < CROWD; i++) {
            clients[i] = wire_connect(lb.port);
            wire_send_text(clients[i], i % 3 ? GET : "GET /delay/50 HTTP/1.1"
                                                     "\r\nHost: h\r\n\r\n");
        }
        for (int i = 0; i < CROWD; i++)
            leave(clients[i], reset);
        lb_expect_descriptors(&lb, before);
    }
    lb_expect_order(&lb, "b1 b2");
    lb_stop(&lb);
}

/* Its answer fills all buffers; it never reads, then it is gone. */
static void one_that_reads_nothing_and_resets(void **state)
{
    struct lb lb;
    int before, client;
    long cpu;

    (void)state;
    lb_start_real(&lb, 1);
    before = lb_descriptors(&lb);
    client = wire_connect(lb.port);
    wire_send_text(client, "GET /bytes/100000000 HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_true(deadline_poll(client, POLLIN, deadline_in(10000)));
    deadline_poll(-1, 0, deadline_in(200)); /* the buffers fill */
    cpu = program_cpu_ms(lb.program);
    deadline_poll(-1, 0, deadline_in(300));
    assert_true(program_cpu_ms(lb.program) - cpu < 150); /* it does not spin */
    wire_reset(client);
    lb_expect_descriptors(&lb, before);
    lb_expect_order(&lb, "b1 b1");
    lb_stop(&lb);
}

/* ---- clients that crawl ------------------------------------------------- */

static void one_that_sends_byte_by_byte(void **state)
{
    static const char request[] =
        "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
        "Content-Length: 5\r\n\r\nhello";
    struct http_response r;
    struct lb lb;
    int client;

    (void)state;
    lb_start_real(&lb, 1);
    client = wire_connect(lb.port);
    for (size_t i = 0; i < sizeof request - 1; i++) {
        wire_send(client, request + i, 1);
        deadline_pause(deadline_in(3));
    }
    http_receive(client, "POST", &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body + r.body_len - 5, "hello");
    http_response_free(&r);
    wire_expect_end(client);
    wire_close(client);
    lb_stop(&lb);
}

static void one_that_reads_byte_by_byte(void **state)
{
    char all[1024];
    size_t have = 0;
    struct lb lb;
    int client;

    (void)state;
    lb_start_real(&lb, 1);
    client = wire_connect(lb.port);
    wire_send_text(client, "GET /bytes/300 HTTP/1.1\r\nHost: h\r\n"
                           "Connection: close\r\n\r\n");
    while (have < sizeof all - 1 &&
           wire_receive_up_to(client, all + have, 1) == 1) {
        deadline_pause(deadline_in(1));
        have++;
    }
    all[have] = '\0';
    assert_int_equal(strlen(strstr(all, "\r\n\r\n")), 4 + 300);
    wire_close(client);
    lb_stop(&lb);
}

/* ---- nonsense ----------------------------------------------------------- */

/* Whatever comes in: our answer or the end, and nobody else is harmed. */
static void random_bytes_do_no_harm(void **state)
{
    uint32_t seed = random_seed();
    unsigned char bytes[600];
    struct lb lb;
    int before;

    (void)state;
    lb_start_real(&lb, 1);
    before = lb_descriptors(&lb);
    for (int i = 0; i < 300; i++) {
        int client = wire_connect(lb.port);
        size_t len = random_next(&seed) % sizeof bytes;

        for (size_t at = 0; at < len; at++)
            bytes[at] = (unsigned char)random_next(&seed);
        if (i % 3 == 0)
            memcpy(bytes, GET, sizeof GET - 5); /* a head without its end */
        wire_send(client, bytes, len);
        wire_shut(client);
        wire_expect_gone(client);
        wire_close(client);
    }
    lb_expect_order(&lb, "b1 b1");
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
}

/* A good request with one byte of it changed. */
static void damaged_requests_do_no_harm(void **state)
{
    static const char good[] =
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nabcd";
    uint32_t seed = random_seed();
    struct lb lb;
    int before;

    (void)state;
    lb_start_real(&lb, 1);
    before = lb_descriptors(&lb);
    for (size_t i = 0; i < 5 * (sizeof good - 1); i++) {
        int client = wire_connect(lb.port);
        char bad[sizeof good];

        memcpy(bad, good, sizeof good);
        bad[i / 5] = (char)random_next(&seed);
        wire_send(client, bad, sizeof good - 1);
        wire_shut(client);
        wire_expect_gone(client);
        wire_close(client);
    }
    lb_expect_order(&lb, "b1 b1");
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
}

/* What follows a request is not served, and does not cost it its answer: with
 * bytes unread a socket is closed by a reset. */
static void what_follows_a_request_does_not_spoil_it(void **state)
{
    const size_t len = 200000;
    char head[1024], *more = calloc(1, len);
    struct lb lb;
    int client, backend;

    (void)state;
    assert_non_null(more);
    lb_start_scripted(&lb, 1);
    client = wire_connect(lb.port);
    wire_send_text(client, GET);
    backend = lb_take(&lb, 0, head, sizeof head);
    wire_send(client, more, len);
    wire_expect_silence(backend, 50);
    wire_send_text(backend, LB_ANSWER);
    wire_close(backend);
    wire_expect_text(client, LB_ANSWER);
    wire_expect_end(client); /* not: reset */
    wire_close(client);
    lb_stop(&lb);
    free(more);
}

/* ---- afterwards --------------------------------------------------------- */

/* Five hundred exchanges of all kinds: nothing is left of them. */
static void nothing_is_left_of_500_requests(void **state)
{
    static const struct {
        const char *method, *target, *body;
        int status;
    } kinds[] = {
        {"GET", "/", NULL, 200},          {"HEAD", "/", NULL, 200},
        {"GET", "/bytes/70000", NULL, 200}, {"POST", "/echo", "abc", 200},
        {"GET", "/chunked/9999", NULL, 200}, {"GET", "/status/404", NULL, 404},
        {"GET", "bad", NULL, 400},        {"PUT", "/echo", "", 200},
        {"CONNECT", "h:1", NULL, 405},    {"GET", "/status/204", NULL, 204},
    };
    struct http_response r;
    struct lb lb;
    int before;
    long memory;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 2,
                                    .dead = 1});
    lb_expect_order(&lb, "b1 b2");
    before = lb_descriptors(&lb);
    memory = program_memory_kib(lb.program);
    for (int i = 0; i < 500; i++) {
        const char *body = kinds[i % 10].body;

        http_request(lb.port, kinds[i % 10].method, kinds[i % 10].target, "",
                     body, body != NULL ? strlen(body) : 0, &r);
        assert_int_equal(r.status, kinds[i % 10].status);
        http_response_free(&r);
    }
    lb_expect_descriptors(&lb, before);
    lb_expect_statistics(&lb, "active 0,");
    assert_true(program_memory_kib(lb.program) - memory < 512);
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(one_that_leaves_within_its_head),
        fixture_test(one_that_resets_ends_its_exchange),
        fixture_test(one_that_closes_ends_when_it_is_answered),
        fixture_test(a_crowd_that_leaves_at_once),
        fixture_test(one_that_reads_nothing_and_resets),
        fixture_test(one_that_sends_byte_by_byte),
        fixture_test(one_that_reads_byte_by_byte),
        fixture_test(random_bytes_do_no_harm),
        fixture_test(damaged_requests_do_no_harm),
        fixture_test(what_follows_a_request_does_not_spoil_it),
        fixture_test(nothing_is_left_of_500_requests),
    };

    return fixture_run(LB_NAME ": difficult clients", tests);
}
