/* LB_NAME: backends that fail and clients that leave, in the midst of an
 * exchange on connections that stay: nobody gets a connection with somebody
 * else's bytes on it, and none is left over. */
#include "fixture.h"
#include "kept.h"
#include "stream.h"

#define MIB  ((size_t)1 << 20)
#define POST "POST / " HOST

/* ---- an answer before the end of the request ---------------------------- */

enum { CLOSES, HALF_CLOSES, STAYS, READS_ON }; /* the backend */

/* The client sends all of its body before it looks for an answer; a reset would
 * be seen as an error of its send() or recv(). */
static void expect_early_answer(struct lb *lb, const unsigned char *stream,
                                size_t len, int then)
{
    int backend, client = kept_pair(lb, 0, &backend);
    char head[128];

    snprintf(head, sizeof head, POST "Content-Length: %zu\r\n\r\n", len);
    wire_send_text(client, head);
    kept_take(backend, "POST / ");
    wire_send(client, stream, MIB); /* the balancer is in the midst of it */
    if (then == READS_ON)
        stream_receive(backend, 0, MIB, 65536);
    wire_send_text(backend, YES);
    if (then == CLOSES)
        wire_close(backend); /* with bytes unread: a reset */
    else if (then == HALF_CLOSES)
        wire_shut(backend);
    wire_send(client, stream + MIB, len - MIB);
    wire_expect_text(client, OK "Content-Length: 3\r\n"
                             "Connection: close\r\n\r\nyes");
    wire_expect_end(client);
    wire_close(client);
    if (then == CLOSES)
        return;
    wire_expect_gone(backend); /* not reused with half a request on it */
    wire_close(backend);
}

static void an_early_answer_is_not_destroyed(void **state)
{
    const size_t len = 16 * MIB;
    unsigned char *stream = stream_make(len);
    struct lb lb;
    int before;

    (void)state;
    lb_start_scripted(&lb, 1);
    before = lb_descriptors(&lb);
    expect_early_answer(&lb, stream, len, CLOSES);
    expect_early_answer(&lb, stream, len, HALF_CLOSES);
    expect_early_answer(&lb, stream, len, STAYS);
    expect_early_answer(&lb, stream, len, READS_ON);
    lb_expect_descriptors(&lb, before);
    lb_expect_statistics(&lb, ", idle 0\n");
    lb_stop(&lb);
    free(stream);
}

/* A backend may answer while it reads. */
static void an_answer_may_overtake_its_request(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    wire_send_text(client, POST "Content-Length: 6\r\n\r\nabc");
    kept_take(backend, "POST / ");
    wire_expect_text(backend, "abc");
    wire_send_text(backend, OK "Content-Length: 6\r\n\r\nABC");
    wire_expect_text(client, OK "Content-Length: 6\r\n"
                             "Connection: close\r\n\r\nABC");
    wire_send_text(client, "def");
    wire_expect_text(backend, "def");
    wire_send_text(backend, "DEF");
    wire_expect_text(client, "DEF");
    wire_expect_end(client);
    kept_close(client, backend);
    lb_stop(&lb);
}

/* ---- answers that are none ---------------------------------------------- */

/* On a used connection, to a request that may be sent again: the other backend gets
 * it, unless some of an answer has been passed on. */
static void a_bad_answer_is_asked_for_elsewhere(void **state)
{
    static const char *const bad[] = {"x", "HTTP/1.1 2", OK "X\r\n\r\n",
                                      OK "Content-Length: 5, 6\r\n\r\n",
                                      "HTTP/1.1 103 a\r\n\r\nx"};
    struct lb lb;

    (void)state;
    lb_start_scripted(&lb, 2);
    for (int i = 0; i < 10; i++) {
        int a, b, client = kept_pair(&lb, 0, &a);
        int other = kept_pair(&lb, 1, &b);

        wire_send_text(client, GET);
        kept_take(a, "GET / ");
        wire_send_text(a, bad[i / 2]);
        if (i % 2)
            wire_reset(a);
        else
            wire_shut(a);
        if (i / 2 < 4) {
            kept_take(b, "GET / ");
            wire_send_text(b, YES);
            wire_expect_text(client, YES);
        } else {
            kept_expect_refusal(client, 502);
            kept_exchange(other, b); /* the first that it hears */
        }
        if (i % 2 == 0)
            wire_close(a);
        kept_close(client, b);
        wire_close(other);
    }
    lb_stop(&lb);
}

static void an_endless_head_is_a_502(void **state)
{
    const size_t len = 20000;
    char *head = malloc(len);
    struct lb lb;
    int client, backend;

    (void)state;
    assert_non_null(head);
    memset(head, 'a', len);
    memcpy(head, OK "A: ", sizeof OK + 2);
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    wire_send_text(client, GET);
    kept_take(backend, "GET / ");
    wire_send(backend, head, len);
    kept_expect_refusal(client, 502);
    wire_expect_gone(backend);
    kept_close(client, backend);
    lb_stop(&lb);
    free(head);
}

/* HTTP/1.0 does not know chunks, and this backend was asked in HTTP/1.0. */
static void chunks_for_an_old_client_are_a_502(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    wire_send_text(client, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    kept_take(backend, "GET / HTTP/1.0\r\n");
    wire_send_text(backend, OK "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    kept_expect_refusal(client, 502);
    wire_expect_gone(backend);
    kept_close(client, backend);
    lb_stop(&lb);
}

/* What has been passed on cannot be taken back: the client sees that it is not
 * the whole, also where the end of the connection would be the end. */
static void a_broken_answer_is_cut(void **state)
{
    static const char *const begun[] = {
        OK "Content-Length: 10\r\n\r\n",
        OK "Content-Length: 10\r\n\r\n12345",
        OK "Transfer-Encoding: chunked\r\n\r\n5\r\n12",
        OK "Transfer-Encoding: chunked\r\n\r\n2\r\n12\r\n0\r\n",
        OK "Connection: close\r\n\r\n12345", /* broken only by a reset */
    };
    struct lb lb;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (int i = 0; i < 9; i++) {
        int backend, client = kept_pair(&lb, 0, &backend);

        wire_send_text(client, GET);
        kept_take(backend, "GET / ");
        wire_send_text(backend, begun[i % 5]);
        wire_expect_text(client, begun[i % 5]);
        if (i >= 4)
            wire_reset(backend);
        else
            wire_close(backend);
        wire_expect_gone(client);
        wire_close(client);
    }
    lb_expect_statistics(&lb, "\nTotal requests: 18, failed: 9\n");
    lb_stop(&lb);
}

/* ---- clients that leave ------------------------------------------------- */

/* What it has asked, what it got before it leaves, and what the backend has of
 * the request behind its head. */
static const struct {
    const char *request, *answer, *body;
} midst[] = {
    {GET, "", ""},
    {GET GET, "", ""},
    {POST "Content-Length: 9\r\n\r\n1234", "", "1234"},
    {POST "Transfer-Encoding: chunked\r\n\r\n5\r\n12", "", "5\r\n12"},
    {GET, OK "Content-Length: 10\r\n\r\n1234", ""},
    {GET, OK "Transfer-Encoding: chunked\r\n\r\n4\r\n12", ""},
    {GET, "HTTP/1.1 103 x\r\n\r\n", ""},
    {POST "Content-Length: 9\r\n\r\n1234",
     OK "Content-Length: 10\r\nConnection: close\r\n\r\n1234", "1234"},
    {POST "Content-Length: 9\r\nExpect: 100-continue\r\n\r\n",
     "HTTP/1.1 100 Continue\r\n\r\n", ""},
};
#define MIDST ((int)(sizeof midst / sizeof *midst))

static int leave_amidst(struct lb *lb, int i, int *client)
{
    int backend;
    char head[1024];

    *client = kept_pair(lb, 0, &backend);
    wire_send_text(*client, midst[i].request);
    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    wire_expect_text(backend, midst[i].body);
    wire_send_text(backend, midst[i].answer);
    wire_expect_text(*client, midst[i].answer);
    return backend;
}

/* The backend is told at once that nobody waits, and that connection is never
 * used again. */
static void one_that_resets_takes_its_backend_along(void **state)
{
    struct lb lb;
    int before;

    (void)state;
    lb_start_scripted(&lb, 1);
    before = lb_descriptors(&lb);
    for (int i = 0; i < MIDST; i++) {
        int client, backend = leave_amidst(&lb, i, &client);

        wire_reset(client);
        lb_expect_descriptors(&lb, before);
        wire_expect_gone(backend);
        wire_close(backend);
        lb_expect_statistics(&lb, ", idle 0\n");
    }
    lb_stop(&lb);
}

/* One that only says that it will not say more still wants an answer; and if it
 * breaks off its request by that, it gets one. */
static void one_that_half_closes_gets_its_answer(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    backend = leave_amidst(&lb, 1, &client);
    wire_shut(client);
    wire_expect_silence(client, 20);
    wire_send_text(backend, YES);
    wire_expect_text(client, YES);
    kept_take(backend, "GET / "); /* the second one was sent as well */
    wire_send_text(backend, YES);
    wire_expect_text(client, YES);
    wire_expect_end(client);
    wire_close(client);
    wire_close(kept_serves(&lb, 0, backend));

    for (int i = 2; i < 4; i++) {
        backend = leave_amidst(&lb, i, &client);
        wire_shut(client);
        kept_expect_refusal(client, 400);
        wire_expect_gone(backend);
        kept_close(client, backend);
    }
    lb_stop(&lb);
}

/* It has gone when the answer comes; the backend could not know. */
static void one_that_closes_leaves_nothing_behind(void **state)
{
    struct lb lb;
    int before, client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    before = lb_descriptors(&lb);
    for (int i = 0; i < 5; i++) {
        client = kept_pair(&lb, 0, &backend);
        wire_send_text(client, GET);
        kept_take(backend, "GET / ");
        wire_close(client);
        wire_send_text(backend, YES);
        lb_expect_descriptors(&lb, before);
        lb_expect_statistics(&lb, "active 0,");
        wire_close(kept_serves(&lb, 0, backend)); /* that was all of it */
        lb_expect_statistics(&lb, ", idle 0\n");
    }
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(an_early_answer_is_not_destroyed),
        fixture_test(an_answer_may_overtake_its_request),
        fixture_test(a_bad_answer_is_asked_for_elsewhere),
        fixture_test(an_endless_head_is_a_502),
        fixture_test(chunks_for_an_old_client_are_a_502),
        fixture_test(a_broken_answer_is_cut),
        fixture_test(one_that_resets_takes_its_backend_along),
        fixture_test(one_that_half_closes_gets_its_answer),
        fixture_test(one_that_closes_leaves_nothing_behind),
    };

    return fixture_run(LB_NAME ": failures on connections that stay", tests);
}
