/* engine_http on a clock that the test moves: everybody's time is up some day;
 * and what is a matter of turns. */
#include "fixture.h"

#include "http_rig.h"

#define HOST "HTTP/1.1\r\nHost: h\r\n"
#define OK   "HTTP/1.1 200 OK\r\n"

static struct http_rig h;

static void expect_failure(struct rig *rig, const char *why)
{
    rig_settle(rig);
    if (why == NULL)
        assert_null(rig->last.failure);
    else
        assert_string_equal(rig->last.failure, why);
}

/* ---- the client's time -------------------------------------------------- */

/* A minute between two requests; then it is closed without a word. Each request
 * begins the minute anew. */
static void an_idle_client_has_a_minute(void **state)
{
    struct rig *rig = http_rig_open(&h, 1);
    int backend, client = http_rig_pair(rig, 0, &backend);

    (void)state;
    for (int i = 0; i < 3; i++) {
        rig_pass(rig, 59000);
        wire_send_text(client, HTTP_GET);
        http_rig_take(rig, backend);
        wire_send_text(backend, HTTP_YES);
        http_rig_expect(rig, client, HTTP_YES);
        rig_until(rig, rig_idle(rig) == 1);
    }
    rig_pass(rig, 59999);
    assert_int_equal(rig->service.active, 1);
    rig_pass(rig, 1);
    rig_expect(rig, client, "");
    assert_int_equal(rig->service.active, 0);
    wire_close(client);
    wire_close(backend);
    http_rig_close(&h);
}

/* The head of a later request has ten seconds like that of the first. */
static void a_later_head_has_its_time_too(void **state)
{
    static const char *const begun[] = {"G", "GET / " HOST};
    struct rig *rig = http_rig_open(&h, 1);

    (void)state;
    for (int i = 0; i < 2; i++) {
        int backend, client = http_rig_pair(rig, 0, &backend);

        rig_pass(rig, 30000);
        wire_send_text(client, begun[i]);
        rig_until(rig, rig_idle(rig) == 0);
        rig_pass(rig, 5000);
        wire_send_text(client, i ? "A: b\r\n" : "ET"); /* no new ten seconds */
        rig_settle(rig);
        rig_pass(rig, 5000);
        rig_expect_status(rig, client, 408);
        wire_close(client);
        expect_failure(rig, "the head took too long");
        wire_close(backend);
    }
    http_rig_close(&h);
}

/* The same for one that has come in part behind a whole one. */
static void half_a_request_in_a_row_has_its_time(void **state)
{
    struct rig *rig = http_rig_open(&h, 1);
    int backend, client = http_rig_ask(rig, 0, HTTP_GET "GET", &backend);

    (void)state;
    wire_send_text(backend, HTTP_YES);
    http_rig_expect(rig, client, HTTP_YES);
    rig_settle(rig);
    rig_pass(rig, 9999);
    assert_int_equal(rig_idle(rig), 0);
    rig_pass(rig, 1);
    rig_expect_status(rig, client, 408);
    wire_close(client);
    wire_close(backend);
    http_rig_close(&h);
}

/* ---- the backend's time ------------------------------------------------- */

/* On a new connection and on a used one. It is not tried again: it may be at
 * work. */
static void a_silent_backend_is_a_504(void **state)
{
    (void)state;
    for (int used = 0; used < 2; used++) {
        struct rig *rig = http_rig_open(&h, used ? 1 : 2);
        int backend, client = used ? http_rig_pair(rig, 0, &backend)
                                   : http_rig_ask(rig, 0, HTTP_GET, &backend);

        if (used) {
            wire_send_text(client, HTTP_GET);
            http_rig_take(rig, backend);
        }
        rig_pass(rig, 29999);
        rig_settle(rig);
        assert_false(rig_is_readable(client));
        rig_pass(rig, 1);
        rig_expect_status(rig, client, 504);
        wire_close(client);
        expect_failure(rig, "the backend did not answer in time");
        rig_expect(rig, backend, "");
        wire_close(backend);
        assert_false(rig_is_readable(rig->at[used ? 0 : 1]));
        http_rig_close(&h);
    }
}

/* What a backend may say before it is too late, none of it an answer; `late`: and
 * then it says nothing more. */
static const struct {
    const char *said;
    int late;
} nothings[] = {
    {"", 1},
    {"H", 1},
    {OK "Content-Le", 1},
    {"\x16\x03\x01 200 yes\r\n\r\n", 0},
    {OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 0},
};

/* Nothing of it has reached the client, so another one is asked: on a new
 * connection and on a used one, as often as max_asked says. */
static void nonsense_and_silence_lead_to_another_backend(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * sizeof nothings / sizeof *nothings; i++) {
        int used = i % 2, one, two;
        struct rig *rig = http_rig_open(&h, 2);
        int client = used ? http_rig_pair(rig, 0, &one)
                          : http_rig_ask(rig, 0, HTTP_GET, &one);

        rig->service.late_is_failed = 1;
        rig->set.current_index = 0;
        if (used) {
            wire_send_text(client, HTTP_GET);
            http_rig_take(rig, one);
        }
        wire_send_text(one, nothings[i / 2].said);
        rig_settle(rig);
        if (nothings[i / 2].late)
            rig_pass(rig, 30000);
        two = rig_accept(rig, 1);
        http_rig_take(rig, two);
        rig_expect(rig, one, "");
        wire_send_text(two, HTTP_YES);
        http_rig_expect(rig, client, HTTP_YES);
        rig_until(rig, rig_idle(rig) == 1);
        assert_int_equal(rig->last.tries, 2);
        assert_null(rig->last.failure);
        assert_int_equal(rig->set.backends[0].failing, 1);
        wire_close(client);
        wire_close(one);
        wire_close(two);
        http_rig_close(&h);
    }
}

/* A POST may be at work, and nobody is left for the GET. */
static void a_late_answer_is_a_504_in_the_end(void **state)
{
    static const char *const requests[] = {
        "POST / " HOST "Content-Length: 0\r\n\r\n", HTTP_GET};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct rig *rig = http_rig_open(&h, 3);
        int one, client = http_rig_ask(rig, 0, requests[i], &one), two = -1;

        rig->service.late_is_failed = 1;
        rig->service.max_asked = 2;
        rig_pass(rig, 30000);
        if (i == 1) {
            two = rig_accept(rig, 1);
            http_rig_take(rig, two);
            rig_pass(rig, 30000);
            wire_close(two);
        }
        rig_expect_status(rig, client, 504);
        wire_close(client);
        wire_close(one);
        expect_failure(rig, "the backend did not answer in time");
        assert_int_equal(rig->last.tries, 1 + i);
        assert_false(rig_is_readable(rig->at[2]));
        http_rig_close(&h);
    }
}

/* Each byte gives it its time anew; 102 and the like, too. */
static void a_slow_answer_is_waited_for(void **state)
{
    struct rig *rig = http_rig_open(&h, 1);
    int backend, client = http_rig_ask(rig, 0, HTTP_GET, &backend);

    (void)state;
    rig_pass(rig, 29000);
    wire_send_text(backend, "HTTP/1.1 102 x\r\n\r\n");
    http_rig_expect(rig, client, "HTTP/1.1 102 x\r\n\r\n");
    rig_pass(rig, 29000);
    wire_send_text(backend, OK "Content-Length: 3\r\n\r\n");
    http_rig_expect(rig, client, OK "Content-Length: 3\r\n\r\n");
    for (int i = 0; i < 3; i++) {
        rig_pass(rig, 29000);
        wire_send_text(backend, "x");
        http_rig_expect(rig, client, "x");
    }
    expect_failure(rig, NULL);
    assert_int_equal(rig->finished, 1);
    wire_close(client);
    wire_close(backend);
    http_rig_close(&h);
}

/* The client must see that it is not the whole: where only the end of the
 * connection would say so, by a reset. */
static void an_answer_that_stops_is_cut(void **state)
{
    static const char *const heads[] = {OK "Content-Length: 9\r\n\r\n1234",
                                        OK "Connection: close\r\n\r\n1234"};
    struct rig *rig = http_rig_open(&h, 1);

    (void)state;
    for (int i = 0; i < 2; i++) {
        int backend, client = http_rig_ask(rig, 0, HTTP_GET, &backend);

        wire_send_text(backend, heads[i]);
        http_rig_expect(rig, client, heads[i]);
        rig_pass(rig, 30000);
        if (i == 0)
            rig_expect(rig, client, "");
        else
            rig_expect_reset(rig, client);
        wire_close(client);
        expect_failure(rig, "nothing moved for too long");
        rig_expect(rig, backend, "");
        wire_close(backend);
    }
    http_rig_close(&h);
}

/* A connect that takes too long leads to the next backend; if that one has an
 * idle connection there is no event to wait for. */
static void a_slow_connect_leads_to_an_idle_connection(void **state)
{
    struct rig *rig = http_rig_open(&h, 2);
    int a, b, first = http_rig_pair(rig, 0, &a), second, client;

    (void)state;
    wire_close(first);
    rig_settle(rig);
    second = http_rig_ask(rig, 1, HTTP_GET, &b);
    wire_send_text(b, HTTP_YES);
    http_rig_expect(rig, second, HTTP_YES);
    wire_close(a);
    rig_settle(rig); /* backend 1 has no connection now, backend 2 has one */
    client = rig_client(rig, HTTP_GET);
    rig_until(rig, !list_is_empty(&rig->service.sessions));
    assert_true(rig_session(rig)->connecting);
    rig_pass(rig, 5000);
    http_rig_take(rig, b);
    wire_send_text(b, HTTP_YES);
    http_rig_expect(rig, client, HTTP_YES);
    wire_close(client);
    wire_close(second);
    wire_close(b);
    http_rig_close(&h);
}

/* ---- tunnels ------------------------------------------------------------ */

static void a_silent_tunnel_has_an_hour(void **state)
{
    static const char agree[] = "HTTP/1.1 101 x\r\nConnection: Upgrade\r\n"
                                "Upgrade: echo\r\n\r\n";
    struct rig *rig = http_rig_open(&h, 1);
    int backend, client = http_rig_ask(
        rig, 0, "GET / " HOST "Connection: upgrade\r\nUpgrade: echo\r\n\r\n",
        &backend);

    (void)state;
    wire_send_text(backend, agree);
    http_rig_expect(rig, client, agree);
    for (int i = 0; i < 2; i++) {
        rig_pass(rig, 3599000);
        wire_send_text(i ? client : backend, "x");
        http_rig_expect(rig, i ? backend : client, "x");
    }
    rig_pass(rig, 3599999);
    assert_int_equal(rig->service.active, 1);
    rig_pass(rig, 1);
    rig_expect(rig, client, "");
    rig_expect(rig, backend, "");
    expect_failure(rig, "the tunnel was silent for too long");
    wire_close(client);
    wire_close(backend);
    http_rig_close(&h);
}

/* ---- turns -------------------------------------------------------------- */

/* The whole answer is here, though the client has yet to take the last of it:
 * the backend is free for somebody else. */
static void a_slow_client_does_not_hold_the_backend(void **state)
{
    enum { MAX = 20000 };
    static char chunk[1000 + 7], got[sizeof chunk];
    struct rig *rig = http_rig_open(&h, 1);
    int backend, client = http_rig_ask(rig, 0, HTTP_GET, &backend), chunks = 0;
    const struct session *s = rig_session(rig);

    (void)state;
    memcpy(chunk, "3e8\r\n", 5);
    memset(chunk + 5, 'x', 1000);
    memcpy(chunk + 1005, "\r\n", 2);
    wire_send_text(backend, OK "Transfer-Encoding: chunked\r\n\r\n");
    rig_settle(rig);
    while (s->down.cleared == 0) { /* until its sockets take no more */
        assert_true(chunks++ < MAX);
        wire_send(backend, chunk, sizeof chunk);
        rig_turn(rig);
    }
    wire_send_text(backend, "0\r\n\r\n");
    rig_until(rig, rig->set.backends[0].active_connections == 0);
    assert_true(s->down.cleared > 0);
    wire_close(backend); /* or serve others */
    http_rig_expect(rig, client, OK "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < chunks; i++) {
        rig_receive(rig, client, got, sizeof got);
        assert_memory_equal(got, chunk, sizeof got);
    }
    http_rig_expect(rig, client, "0\r\n\r\n");
    rig_until(rig, rig_idle(rig) == 1);
    wire_close(client);
    http_rig_close(&h);
}

/* For each request, the refused ones too, the filters hear of its end once. */
static void each_request_is_finished_once(void **state)
{
    struct rig *rig = http_rig_open(&h, 1);
    int backend, client = http_rig_ask(rig, 0, HTTP_GET HTTP_GET "GET bad "
                                                        HOST "\r\n", &backend);

    (void)state;
    for (int i = 1; i <= 2; i++) {
        wire_send_text(backend, HTTP_YES);
        http_rig_expect(rig, client, HTTP_YES);
        rig_until(rig, rig->finished >= i);
        if (i == 1)
            http_rig_take(rig, backend);
    }
    rig_expect_status(rig, client, 400);
    wire_close(client);
    wire_close(backend);
    rig_until(rig, rig->service.active == 0);
    assert_int_equal(rig->finished, 3);
    assert_int_equal(rig->admitted, 2);
    assert_int_equal(rig->last.status, 400);
    http_rig_close(&h);
}

/* What a filter refuses ends the connection, and takes no backend. */
static void a_filter_may_refuse_a_later_request(void **state)
{
    struct rig *rig = http_rig_open(&h, 1);
    int backend, client = http_rig_pair(rig, 0, &backend);

    (void)state;
    rig->refuse_with = 429;
    wire_send_text(client, HTTP_GET);
    rig_expect_status(rig, client, 429);
    wire_close(client);
    rig_settle(rig);
    assert_false(rig_is_readable(backend));
    wire_close(backend);
    http_rig_close(&h);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(an_idle_client_has_a_minute),
        fixture_test(a_later_head_has_its_time_too),
        fixture_test(half_a_request_in_a_row_has_its_time),
        fixture_test(a_silent_backend_is_a_504),
        fixture_test(nonsense_and_silence_lead_to_another_backend),
        fixture_test(a_late_answer_is_a_504_in_the_end),
        fixture_test(a_slow_answer_is_waited_for),
        fixture_test(an_answer_that_stops_is_cut),
        fixture_test(a_slow_connect_leads_to_an_idle_connection),
        fixture_test(a_silent_tunnel_has_an_hour),
        fixture_test(a_slow_client_does_not_hold_the_backend),
        fixture_test(each_request_is_finished_once),
        fixture_test(a_filter_may_refuse_a_later_request),
    };

    return fixture_run("engine_http", tests);
}
