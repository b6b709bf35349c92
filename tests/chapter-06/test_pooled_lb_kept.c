/* LB_NAME: connections that stay, with clients and with backends: who keeps
 * them, who does not, and requests that do not wait for an answer. */
#include "fixture.h"
#include "kept.h"

/* ---- both stay ---------------------------------------------------------- */

static void a_client_asks_again_on_its_connection(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    for (int i = 0; i < 9; i++)
        kept_exchange(client, backend);
    lb_expect_statistics(&lb, "\nTotal requests: 10, failed: 0\n");
    lb_expect_statistics(&lb, "\nPool: 10 requests, 1 connections, "
                              "reuse 90.00 %, idle 1\n");
    lb_expect_statistics(&lb, "\nConnections: active 1, ");
    kept_close(client, backend);
    lb_stop(&lb);
}

static void clients_share_a_backends_connection(void **state)
{
    struct lb lb;
    int first, second, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    first = kept_pair(&lb, 0, &backend);
    second = wire_connect(lb.port);
    kept_exchange(second, backend);
    kept_exchange(first, backend);
    wire_close(first);
    kept_exchange(second, backend);
    kept_close(second, backend);
    lb_stop(&lb);
}

/* Each request is balanced, not each client. */
static void requests_of_one_client_take_turns(void **state)
{
    struct http_response r;
    struct lb lb;
    int client;

    (void)state;
    lb_start_real(&lb, 3);
    client = wire_connect(lb.port);
    for (int i = 0; i < 9; i++) {
        char body[32];

        wire_send_text(client, GET);
        http_receive(client, "GET", &r);
        snprintf(body, sizeof body, "Hello from b%d\n", i % 3 + 1);
        assert_string_equal(r.body, body);
        assert_null(http_field(&r, "Connection"));
        http_response_free(&r);
    }
    lb_expect_statistics(&lb, "\nPool: 9 requests, 3 connections, ");
    wire_close(client);
    lb_stop(&lb);
}

/* ---- who closes --------------------------------------------------------- */

struct closing {
    const char *what, *request, *told, *answer, *got;
    int client_stays, backend_stays;
};

static const struct closing closing[] = {
    {"a client that says so", "GET / " HOST "Connection: close\r\n\r\n",
     "GET / HTTP/1.1\r\n", YES,
     OK "Content-Length: 3\r\nConnection: close\r\n\r\nyes", 0, 1},
    {"a client that says so among other things",
     "GET / " HOST "Connection: x, CLOSE\r\n\r\n", "GET / HTTP/1.1\r\n", YES,
     OK "Content-Length: 3\r\nConnection: close\r\n\r\nyes", 0, 1},
    {"a client of HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\n",
     YES, OK "Content-Length: 3\r\nConnection: close\r\n\r\nyes", 0, 1},
    {"a client of HTTP/1.0 that wants to stay",
     "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
     "GET / HTTP/1.0\r\n",
     OK "Connection: keep-alive\r\nContent-Length: 3\r\n\r\nyes",
     OK "Content-Length: 3\r\nConnection: keep-alive\r\n\r\nyes", 1, 1},
    {"a backend that says so", GET, "GET / HTTP/1.1\r\n", BYE, YES, 1, 0},
    {"a backend of HTTP/1.0", GET, "GET / HTTP/1.1\r\n",
     "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nyes", YES, 1, 0},
    {"a backend of HTTP/1.0 that wants to stay", GET, "GET / HTTP/1.1\r\n",
     "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\n"
     "yes", YES, 1, 1},
    {"a backend that stays for so long", GET, "GET / HTTP/1.1\r\n",
     OK "Keep-Alive: timeout=5\r\nContent-Length: 3\r\n\r\nyes", YES, 1, 1},
    {"HTTP/1.0 on one side, and the other leaves",
     "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / HTTP/1.0\r\n",
     "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nyes",
     OK "Content-Length: 3\r\nConnection: keep-alive\r\n\r\nyes", 1, 0},
};

static void check_closing(const struct closing *c)
{
    struct lb lb;
    int client, backend;

    lb_start_scripted(&lb, 1);
    client = wire_connect(lb.port);
    wire_send_text(client, c->request);
    backend = kept_accept(&lb, 0, c->told);
    wire_send_text(backend, c->answer);
    print_message("%s\n", c->what); /* seen if it fails */
    wire_expect_text(client, c->got);
    if (!c->backend_stays)
        wire_expect_gone(backend);
    if (!c->client_stays) {
        wire_expect_end(client);
        wire_close(client);
        client = wire_connect(lb.port);
    }
    wire_send_text(client, GET);
    if (!c->backend_stays) {
        wire_close(backend);
        backend = lb_accept(&lb, 0);
    }
    kept_take(backend, "GET / HTTP/1.1\r\n");
    wire_send_text(backend, YES);
    wire_expect_text(client, YES);
    kept_close(client, backend);
    lb_stop(&lb);
}

static void either_side_may_want_to_close(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof closing / sizeof *closing; i++)
        check_closing(&closing[i]);
}

/* An answer whose end is the end of its connection ends the client's, too, which
 * is told so; a client of HTTP/1.0 like any other. */
static void an_answer_until_close_closes_the_client(void **state)
{
    static const char *const requests[] = {
        GET, "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"};
    static const char *const answers[] = {
        OK "\r\n", OK "Connection: keep-alive\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\n"};
    struct lb lb;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (int i = 0; i < 9; i++) {
        int client = wire_connect(lb.port), backend;

        wire_send_text(client, requests[i / 3]);
        backend = kept_accept(&lb, 0, "GET / HTTP/1.");
        wire_send_text(backend, answers[i % 3]);
        wire_expect_text(client, OK "Connection: close\r\n\r\n");
        wire_send_text(backend, "as long as it is\r\n\r\n");
        wire_expect_text(client, "as long as it is\r\n\r\n");
        wire_close(backend);
        wire_expect_end(client);
        wire_close(client);
    }
    lb_stop(&lb);
}

static void an_idle_client_may_leave(void **state)
{
    struct lb lb;
    int before, client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    before = lb_descriptors(&lb);
    for (int i = 0; i < 3; i++) {
        client = kept_pair(&lb, 0, &backend);
        lb_expect_descriptors(&lb, before + 1);
        if (i == 2)
            wire_reset(client);
        else
            wire_close(client);
        lb_expect_descriptors(&lb, before);
        wire_close(backend);
        lb_expect_statistics(&lb, ", idle 0\n");
    }
    lb_expect_statistics(&lb, "failed: 0\n");
    lb_stop(&lb);
}

/* ---- pipelining --------------------------------------------------------- */

/* The answers come in the order of the requests, though they are of three
 * backends and the first takes longest. */
static void answers_come_in_the_order_of_requests(void **state)
{
    static const char requests[] =
        "GET /delay/100 " HOST "\r\n" GET "HEAD / " HOST "\r\n"
        "POST /echo " HOST "Content-Length: 5\r\n\r\nGET /"
        "GET /status/304 " HOST "\r\n" "\r\n" /* RFC 9112, 2.2 */
        "GET /bytes/100000 " HOST "\r\n"
        "POST / " HOST "Transfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n0\r\nT: v\r\n\r\n"
        "GET /chunked/9000 " HOST "Connection: close\r\n\r\n" GET;
    static const struct {
        const char *method, *from;
        int status;
        size_t len;
    } answers[] = {
        {"GET", "b1", 200, 25}, {"GET", "b2", 200, 14}, {"HEAD", "b3", 200, 0},
        {"POST", "b1", 200, 0}, {"GET", "b2", 304, 0},
        {"GET", "b3", 200, 100000}, {"POST", "b1", 200, 14},
        {"GET", "b2", 200, 9000},
    };
    struct http_response r;
    struct lb lb;
    int client;

    (void)state;
    lb_start_real(&lb, 3);
    client = wire_connect(lb.port);
    wire_send_text(client, requests);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        http_receive(client, answers[i].method, &r);
        assert_int_equal(r.status, answers[i].status);
        assert_string_equal(http_field(&r, "X-Backend"), answers[i].from);
        assert_int_equal(r.closes, i == 7);
        if (i == 3)
            assert_string_equal(r.body + r.body_len - 9, "\r\n\r\nGET /");
        else
            assert_int_equal(r.body_len, answers[i].len);
        http_response_free(&r);
    }
    wire_expect_end(client); /* what follows `close` is not served */
    wire_close(client);
    lb_expect_statistics(&lb, "\nTotal requests: 8, failed: 0\n");
    lb_stop(&lb);
}

/* Not even the second request is sent before the first has been answered: a
 * backend gets one request at a time. */
static void a_backend_gets_one_request_at_a_time(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = wire_connect(lb.port);
    wire_send_text(client, "GET /1 " HOST "\r\nGET /2 " HOST "\r\n");
    backend = kept_accept(&lb, 0, "GET /1 ");
    wire_expect_silence(backend, 30);
    wire_send_text(backend, OK "Content-Length: 4\r\n\r\none");
    wire_expect_silence(backend, 30);
    wire_send_text(backend, "!");
    wire_expect_text(client, OK "Content-Length: 4\r\n\r\none!");
    kept_take(backend, "GET /2 ");
    wire_send_text(backend, YES);
    wire_expect_text(client, YES);
    kept_close(client, backend);
    lb_stop(&lb);
}

#define THREE                                                              \
    "POST /echo " HOST "Content-Length: 4\r\n\r\n\r\n\r\n"                 \
    "POST /echo " HOST "Transfer-Encoding: chunked\r\n\r\n"                \
    "2;x\r\n\r\n\r\n1\r\nz\r\n0\r\nT: v\r\n\r\n" GET

static void expect_three(int client, size_t cut)
{
    static const char *const ends[] = {"\r\n\r\n\r\n\r\n", "\r\n\r\n\r\nz",
                                       "Hello from b1\n"};
    struct http_response r;

    for (int i = 0; i < 3; i++) {
        const char *end = ends[i];

        http_receive(client, i < 2 ? "POST" : "GET", &r);
        if (r.status != 200 || r.body_len < strlen(end) ||
            strcmp(r.body + r.body_len - strlen(end), end) != 0)
            failure("cut at %zu: answer %d:\n%s%s", cut, i, r.head, r.body);
        http_response_free(&r);
    }
}

/* Two parts that the load balancer reads one after the other, cut everywhere. */
static void requests_may_be_cut_anywhere(void **state)
{
    struct lb lb;
    int client;

    (void)state;
    lb_start_real(&lb, 1);
    client = wire_connect(lb.port);
    for (size_t cut = 1; cut < sizeof THREE - 1; cut++) {
        wire_send(client, THREE, cut);
        deadline_pause(deadline_in(1));
        wire_send(client, &THREE[cut], sizeof THREE - 1 - cut);
        expect_three(client, cut);
    }
    wire_expect_silence(client, 5);
    wire_close(client);
    lb_stop(&lb);
}

static void requests_may_come_byte_by_byte(void **state)
{
    struct lb lb;
    int client;

    (void)state;
    lb_start_real(&lb, 1);
    client = wire_connect(lb.port);
    for (size_t i = 0; i < sizeof THREE - 1; i++) {
        wire_send(client, &THREE[i], 1);
        deadline_pause(deadline_in(1));
    }
    expect_three(client, 1);
    wire_close(client);
    lb_stop(&lb);
}

/* Thousands at once, more than all buffers hold, from one who reads only when
 * he has sent them. */
static void thousands_of_requests_at_once(void **state)
{
    enum { COUNT = 3000 };
    const size_t len = sizeof GET - 1, all = COUNT * len;
    char *requests = malloc(all);
    struct http_response r;
    struct lb lb;
    int client;

    (void)state;
    assert_non_null(requests);
    for (int i = 0; i < COUNT; i++)
        memcpy(requests + (size_t)i * len, GET, len);
    lb_start_real(&lb, 2);
    client = wire_connect(lb.port);
    wire_send(client, requests, all);
    wire_shut(client);
    for (int i = 0; i < COUNT; i++) {
        http_receive(client, "GET", &r);
        assert_int_equal(r.status, 200);
        assert_string_equal(r.body,
                            i % 2 ? "Hello from b2\n" : "Hello from b1\n");
        http_response_free(&r);
    }
    wire_expect_end(client);
    wire_close(client);
    lb_expect_statistics(&lb, "\nTotal requests: 3000, failed: 0\n");
    lb_stop(&lb);
    free(requests);
}

/* A bad one does not spoil those before it, and ends the connection: where the
 * next one would begin is not known. */
static void a_bad_request_ends_the_row(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = wire_connect(lb.port);
    wire_send_text(client, "HEAD / " HOST "\r\n"
                           "GET / HTTP/1.1\r\nHost: a b\r\n\r\n" GET);
    backend = kept_accept(&lb, 0, "HEAD / HTTP/1.1\r\n");
    wire_send_text(backend, OK "Content-Length: 3\r\n\r\n");
    wire_expect_text(client, OK "Content-Length: 3\r\n\r\n");
    kept_expect_refusal(client, 400); /* with a body, unlike the HEAD's */
    wire_close(client);
    wire_expect_silence(backend, 20);
    wire_close(kept_serves(&lb, 0, backend));
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_client_asks_again_on_its_connection),
        fixture_test(clients_share_a_backends_connection),
        fixture_test(requests_of_one_client_take_turns),
        fixture_test(either_side_may_want_to_close),
        fixture_test(an_answer_until_close_closes_the_client),
        fixture_test(an_idle_client_may_leave),
        fixture_test(answers_come_in_the_order_of_requests),
        fixture_test(a_backend_gets_one_request_at_a_time),
        fixture_test(requests_may_be_cut_anywhere),
        fixture_test(requests_may_come_byte_by_byte),
        fixture_test(thousands_of_requests_at_once),
        fixture_test(a_bad_request_ends_the_row),
    };

    return fixture_run(LB_NAME ": connections that stay", tests);
}
