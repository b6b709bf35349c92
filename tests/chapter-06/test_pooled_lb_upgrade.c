/* LB_NAME: what is about one connection stays on it (hop-by-hop fields, RFC
 * 9110, section 7.6.1), and Upgrade, which is about both: after 101 they become
 * a tunnel. (Of requests there is more in test_lb_requests.c.) */
#include "fixture.h"
#include "kept.h"
#include "stream.h"

#define ID        "X-Request-ID: id-1\r\n"
#define ADDED                                                   \
    "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n" \
    "X-Forwarded-Host: h\r\nX-Real-IP: 127.0.0.1\r\n" ID
#define ASK                                                    \
    "GET /chat " HOST "Connection: Upgrade\r\nUpgrade: echo\r\n" \
    "\r\n"
#define SWITCHED                                                          \
    "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n"     \
    "Connection: Upgrade\r\nUpgrade: echo\r\n\r\n"

/* ---- fields ------------------------------------------------------------- */

static const struct {
    const char *request, *told;
} requests[] = {
    {"GET / " HOST "Connection: Upgrade\r\nUpgrade: websocket\r\n"
     "Sec-WebSocket-Key: x\r\n" ID "\r\n",
     "GET / " HOST "Sec-WebSocket-Key: x\r\n" ADDED
     "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"},
    {"GET / " HOST "connection: keep-alive, upgrade, X\r\nX: 1\r\n"
     "upgrade: WebSocket\r\nKeep-Alive: 5\r\n" ID "\r\n",
     "GET / " HOST ADDED "Connection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n"},
    {"GET / " HOST "Upgrade: websocket\r\n" ID "\r\n", /* not named */
     "GET / " HOST ADDED "\r\n"},
    {"GET / " HOST "Connection: upgrade\r\n" ID "\r\n",
     "GET / " HOST ADDED "\r\n"},
    {"GET / " HOST "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
     "HTTP2-Settings: AAMAAABkAAQA\r\n" ID "\r\n",
     "GET / " HOST ADDED "\r\n"},
    {"GET / " HOST "Connection: Upgrade\r\nUpgrade: websocket, H2C\r\n" ID
     "\r\n", "GET / " HOST ADDED "\r\n"},
    {"GET / " HOST "Connection: Upgrade\r\nUpgrade: x\r\nUpgrade: h2c\r\n" ID
     "\r\n", "GET / " HOST ADDED "Connection: Upgrade\r\nUpgrade: x\r\n\r\n"},
    {"GET / " HOST "HTTP2-Settings: AAMAAABkAAQA\r\n" ID "\r\n",
     "GET / " HOST ADDED "\r\n"},
    {"GET / HTTP/1.0\r\nHost: h\r\nConnection: Upgrade, keep-alive\r\n"
     "Upgrade: websocket\r\n" ID "\r\n",
     "GET / HTTP/1.0\r\nHost: h\r\n" ADDED "Connection: keep-alive\r\n\r\n"},
    {"GET / " HOST "Connection: TE\r\nTE: trailers\r\n" ID "\r\n",
     "GET / " HOST "TE: trailers\r\n" ADDED "\r\n"},
    {"GET / " HOST "Connection: TE\r\nTE: trailers, deflate\r\n" ID "\r\n",
     "GET / " HOST ADDED "\r\n"},
    {"GET / " HOST "Connection: close, X-Real-IP, X-Request-ID\r\n" ID "\r\n",
     "GET / " HOST ADDED "\r\n"},
    {"GET / " HOST "Connection: keep-alive\r\nProxy-Connection: x\r\n"
     "Via: 1.1 a\r\nForwarded: for=b\r\nTrailer: T\r\n" ID "\r\n",
     "GET / " HOST "Via: 1.1 a\r\nForwarded: for=b\r\nTrailer: T\r\n" ADDED
     "\r\n"},
};

static void a_backend_is_told_what_is_for_it(void **state)
{
    struct lb lb;
    char got[4096];

    (void)state;
    lb_start_scripted(&lb, 1);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        int client = wire_connect(lb.port), backend;

        wire_send_text(client, requests[i].request);
        backend = lb_take(&lb, 0, got, sizeof got);
        assert_string_equal(got, requests[i].told);
        wire_send_text(backend, BYE); /* not 101: an answer like any other */
        wire_close(backend);
        wire_expect_text(client, OK "Content-Length: 3\r\n");
        wire_close(client);
    }
    lb_stop(&lb);
}

static const struct {
    const char *answer, *got;
} answers[] = {
    {"Connection: keep-alive, X\r\nX: 1\r\nKeep-Alive: timeout=5\r\nY: 2\r\n",
     "Y: 2\r\n"},
    {"Proxy-Connection: keep-alive\r\nServer: s\r\nDate: d\r\nVia: v\r\n",
     "Server: s\r\nDate: d\r\nVia: v\r\n"},
    {"Upgrade: h2c\r\nConnection: Upgrade\r\nAlt-Svc: a\r\n", "Alt-Svc: a\r\n"},
    {"Connection: Content-Length, Transfer-Encoding\r\nA: b\r\n", "A: b\r\n"},
    {"TE: gzip\r\nTrailer: T\r\nX-Forwarded-For: a\r\n",
     "Trailer: T\r\nX-Forwarded-For: a\r\n"},
    {"A:b\r\nA:  c \r\nEmpty:\r\n", "A: b\r\nA: c\r\nEmpty: \r\n"},
    {"A: b\nB: c\r\n", "A: b\r\nB: c\r\n"},
};

static void a_client_is_told_what_is_for_it(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        wire_send_text(client, GET);
        kept_take(backend, "GET / ");
        wire_send_text(backend, OK);
        wire_send_text(backend, answers[i].answer);
        wire_send_text(backend, "Content-Length: 1\r\n\r\nx");
        wire_expect_text(client, OK);
        wire_expect_text(client, answers[i].got);
        wire_expect_text(client, "Content-Length: 1\r\n\r\nx");
    }
    kept_close(client, backend);
    lb_stop(&lb);
}

/* ---- tunnels ------------------------------------------------------------ */

/* A client that asks for another protocol, and its backend, which has read
 * that. Both connections have served before. */
static int ask(struct lb *lb, int *backend)
{
    int client = kept_pair(lb, 0, backend);

    wire_send_text(client, ASK);
    kept_take(*backend, "GET /chat ");
    return client;
}

static int tunnel(struct lb *lb, int *backend)
{
    int client = ask(lb, backend);

    wire_send_text(*backend, SWITCHED);
    wire_expect_text(client, SWITCHED);
    return client;
}

/* Whatever it looks like. */
static void a_tunnel_passes_everything(void **state)
{
    static const char bytes[] = GET "\0\r\n\r\n" YES "\xff\x81";
    struct lb lb;
    int client, backend;
    char got[sizeof bytes - 1];

    (void)state;
    lb_start_scripted(&lb, 1);
    client = tunnel(&lb, &backend);
    for (int i = 0; i < 3; i++) {
        wire_send(client, bytes, sizeof got);
        wire_receive(backend, got, sizeof got);
        assert_memory_equal(got, bytes, sizeof got);
        wire_send(backend, bytes, sizeof got);
        wire_receive(client, got, sizeof got);
        assert_memory_equal(got, bytes, sizeof got);
    }
    wire_close(client);
    wire_expect_end(backend);
    wire_close(backend);
    lb_expect_statistics(&lb, "active 0,");
    lb_expect_statistics(&lb, ", idle 0\n"); /* it serves nobody else */
    lb_expect_statistics(&lb, "\nTotal requests: 2, failed: 0\n");
    lb_stop(&lb);
}

/* What a side says in the same breath belongs to the new protocol. */
static void bytes_beside_the_switch_arrive(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    wire_send_text(client, ASK "GET is no request here\r\n\r\n");
    kept_take(backend, "GET /chat ");
    wire_expect_silence(backend, 20); /* it has not agreed yet */
    wire_send_text(backend, SWITCHED "welcome");
    wire_expect_text(client, SWITCHED "welcome");
    wire_expect_text(backend, "GET is no request here\r\n\r\n");
    wire_close(backend);
    wire_expect_end(client);
    wire_close(client);
    lb_stop(&lb);
}

/* Either side may end its own direction first. */
static void a_tunnel_may_be_half_closed(void **state)
{
    struct lb lb;
    int before;

    (void)state;
    lb_start_scripted(&lb, 1);
    before = lb_descriptors(&lb);
    for (int i = 0; i < 2; i++) {
        int backend, client = tunnel(&lb, &backend);
        int first = i ? backend : client, last = i ? client : backend;

        wire_send_text(first, "the last word");
        wire_shut(first);
        wire_expect_text(last, "the last word");
        wire_expect_end(last);
        wire_send_text(last, "no, this is");
        wire_expect_text(first, "no, this is");
        wire_shut(last);
        wire_expect_end(first);
        lb_expect_descriptors(&lb, before);
        kept_close(client, backend);
    }
    lb_stop(&lb);
}

static void a_broken_tunnel_ends_on_both_sides(void **state)
{
    struct lb lb;
    int before;

    (void)state;
    lb_start_scripted(&lb, 1);
    before = lb_descriptors(&lb);
    for (int i = 0; i < 2; i++) {
        int backend, client = tunnel(&lb, &backend);

        wire_reset(i ? backend : client);
        wire_expect_gone(i ? client : backend);
        wire_close(i ? client : backend);
        lb_expect_descriptors(&lb, before);
    }
    lb_stop(&lb);
}

static void a_tunnel_holds_back_who_is_too_fast(void **state)
{
    const size_t len = (size_t)32 << 20;
    unsigned char *stream = stream_make(len);
    struct lb lb;
    long before;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (int i = 0; i < 2; i++) {
        int backend, client = tunnel(&lb, &backend);
        int from = i ? backend : client, to = i ? client : backend;
        size_t sent;

        before = program_memory_kib(lb.program);
        sent = stream_fill(from, stream, len);
        assert_true(sent < len);
        wire_shut(from);
        stream_receive(to, 0, sent, 65536);
        wire_expect_end(to);
        assert_true(program_memory_kib(lb.program) - before < 1024); /* 2 blocks */
        kept_close(client, backend);
    }
    lb_stop(&lb);
    free(stream);
}

/* ---- no tunnel ---------------------------------------------------------- */

/* A backend may go on with HTTP/1.1 instead; so does the connection. */
static void an_upgrade_may_be_declined(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = ask(&lb, &backend);
    wire_send_text(backend, "HTTP/1.1 426 No\r\nContent-Length: 0\r\n"
                            "Connection: Upgrade\r\nUpgrade: other\r\n\r\n");
    wire_expect_text(client, "HTTP/1.1 426 No\r\nContent-Length: 0\r\n\r\n");
    kept_exchange(client, backend);
    kept_close(client, backend);
    lb_stop(&lb);
}

/* A backend that switches unasked, or to nothing, would tunnel the requests of
 * whoever comes next past us. */
static void a_101_that_nobody_asked_for_is_a_502(void **state)
{
    static const struct {
        const char *request, *answer;
    } cases[] = {
        {GET, SWITCHED},
        {"GET / " HOST "Upgrade: echo\r\n\r\n", SWITCHED},
        {"GET / " HOST "Connection: upgrade\r\nUpgrade: h2c\r\n\r\n",
         "HTTP/1.1 101 x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"},
        {"GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n",
         SWITCHED},
        {ASK, "HTTP/1.1 101 x\r\n\r\n"},
    };
    struct lb lb;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int backend, client = kept_pair(&lb, 0, &backend);

        wire_send_text(client, cases[i].request);
        kept_take(backend, "GET /");
        wire_send_text(backend, cases[i].answer);
        kept_expect_refusal(client, 502);
        wire_expect_gone(backend);
        kept_close(client, backend);
    }
    lb_stop(&lb);
}

/* With a body on its way what comes next is not the new protocol yet. */
static void a_101_before_the_request_has_ended_is_a_502(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    wire_send_text(client, "POST / " HOST "Content-Length: 5\r\n"
                           "Connection: Upgrade\r\nUpgrade: echo\r\n\r\nab");
    kept_take(backend, "POST / ");
    wire_expect_text(backend, "ab");
    wire_send_text(backend, SWITCHED);
    kept_expect_refusal(client, 502);
    wire_expect_gone(backend);
    kept_close(client, backend);
    lb_stop(&lb);
}

/* And with one that has been sent it is. */
static void a_request_with_a_body_may_switch(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    wire_send_text(client, "POST / " HOST "Content-Length: 2\r\n"
                           "Connection: Upgrade\r\nUpgrade: echo\r\n\r\nabcd");
    kept_take(backend, "POST / ");
    wire_expect_text(backend, "ab");
    wire_send_text(backend, SWITCHED);
    wire_expect_text(client, SWITCHED);
    wire_expect_text(backend, "cd");
    kept_close(client, backend);
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_backend_is_told_what_is_for_it),
        fixture_test(a_client_is_told_what_is_for_it),
        fixture_test(a_tunnel_passes_everything),
        fixture_test(bytes_beside_the_switch_arrive),
        fixture_test(a_tunnel_may_be_half_closed),
        fixture_test(a_broken_tunnel_ends_on_both_sides),
        fixture_test(a_tunnel_holds_back_who_is_too_fast),
        fixture_test(an_upgrade_may_be_declined),
        fixture_test(a_101_that_nobody_asked_for_is_a_502),
        fixture_test(a_101_before_the_request_has_ended_is_a_502),
        fixture_test(a_request_with_a_body_may_switch),
    };

    return fixture_run(LB_NAME ": fields of one connection", tests);
}
