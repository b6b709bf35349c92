/* LB_NAME: the messages of vectors_*.h, each sent to the program itself: of a
 * request that is refused no backend sees a byte, of a body that is malformed
 * none of its bad line; what is behind a message is the next one, or nobody's. */
#include "fixture.h"
#include "kept.h"
#undef HOST
#undef GET
#undef OK
#include "vectors_answer.h"
#include "vectors_body.h"
#include "vectors_head.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))
#define BEGIN        "GET / HTTP/1.1\r\nHost: h\r\n"
#define ASK          BEGIN "\r\n"

static void say(const struct vector *v)
{
    print_message("%s (%s)\n", v->name, v->source); /* seen if it fails */
}

/* A load balancer with a backend's connection that is idle. */
static int start(struct lb *lb)
{
    int backend;

    lb_start_scripted(lb, 1);
    wire_close(kept_pair(lb, 0, &backend));
    lb_expect_statistics(lb, "active 0,");
    return backend;
}

/* ---- requests that are refused ------------------------------------------ */

static void expect_refused(struct lb *lb, const struct vector *v, int status)
{
    int client = wire_connect(lb->port);

    say(v);
    wire_send(client, v->bytes, v->len);
    wire_shut(client); /* some could go on */
    kept_expect_refusal(client, status);
    wire_close(client);
}

/* The next request that the backend sees is the one after all of them. */
static void bad_requests_reach_nobody(void **state)
{
    struct lb lb;
    int backend, before;

    (void)state;
    backend = start(&lb);
    before = lb_descriptors(&lb);
    for (size_t i = 0; i < COUNT(head_vectors); i++)
        if (head_vectors[i].verdict != IS_WHOLE)
            expect_refused(&lb, &head_vectors[i], head_vectors[i].verdict);
    for (size_t i = 0; i < COUNT(body_vectors); i++)
        if (body_vectors[i].verdict == IS_BROKEN)
            expect_refused(&lb, &body_vectors[i], 400);
    lb_expect_descriptors(&lb, before);
    wire_close(kept_serves(&lb, 0, backend));
    lb_stop(&lb);
}

/* The same behind a good request: when its turn comes. */
static void bad_requests_behind_a_good_one_reach_nobody(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    backend = start(&lb);
    for (size_t i = 0; i < COUNT(head_vectors); i++) {
        const struct vector *v = &head_vectors[i];

        if (v->verdict == IS_WHOLE)
            continue;
        say(v);
        client = wire_connect(lb.port);
        wire_send_text(client, ASK);
        wire_send(client, v->bytes, v->len);
        kept_take(backend, BEGIN);
        wire_send_text(backend, YES);
        wire_expect_text(client, YES);
        kept_expect_refusal(client, v->verdict);
        wire_close(client);
    }
    wire_close(kept_serves(&lb, 0, backend));
    lb_stop(&lb);
}

/* A body whose head has been passed on already: the backend gets the good part
 * of it and then the end, so that nothing can follow. */
static void bad_bodies_are_cut_where_they_are_bad(void **state)
{
    const size_t head = sizeof BODY - 1;
    struct lb lb;
    char got[1024];

    (void)state;
    lb_start_scripted(&lb, 1);
    for (size_t i = 0; i < COUNT(body_vectors); i++) {
        const struct vector *v = &body_vectors[i];
        int client, backend;
        size_t len;

        if (v->verdict != IS_BROKEN)
            continue;
        say(v);
        client = wire_connect(lb.port);
        wire_send(client, v->bytes, head);
        backend = kept_accept(&lb, 0, POST);
        wire_send(client, v->bytes + head, v->len - head);
        wire_shut(client);
        kept_expect_refusal(client, 400);
        len = wire_receive_all(backend, got, sizeof got);
        assert_true(len < v->len - head);
        assert_memory_equal(got, v->bytes + head, len);
        assert_null(strstr(got, "GET /admin"));
        kept_close(client, backend);
    }
    lb_stop(&lb);
}

/* ---- requests that are one ---------------------------------------------- */

/* Where the head ends: lines may end in LF. */
static size_t head_length(const struct vector *v)
{
    for (size_t i = 20; i < v->len; i++)
        if (memcmp(v->bytes + i - 1, "\n\n", 2) == 0 ||
            memcmp(v->bytes + i - 3, "\r\n\r\n", 4) == 0)
            return i + 1;
    failure("%s has no end", v->name);
}

/* The backend gets all of it, and what is behind it only when that has been
 * answered: as a request of its own. */
static void expect_one_request(int client, int backend, const struct vector *v)
{
    char head[2048], body[2048];
    size_t len = v->len - v->rest_len - head_length(v);

    say(v);
    wire_send(client, v->bytes, v->len);
    wire_receive_until(backend, "\r\n\r\n", head, sizeof head);
    wire_receive(backend, body, len);
    assert_memory_equal(body, v->bytes + head_length(v), len);
    wire_expect_silence(backend, 2);
    wire_send_text(backend, YES);
    wire_expect_text(client, YES);
    kept_take(backend, "GET /admin HTTP/1.1\r\nHost: a\r\n");
    wire_send_text(backend, YES);
    wire_expect_text(client, YES);
}

static void one_request_in_is_one_request_out(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    for (size_t i = 0; i < COUNT(head_vectors); i++)
        if (head_vectors[i].verdict == IS_WHOLE)
            expect_one_request(client, backend, &head_vectors[i]);
    for (size_t i = 0; i < COUNT(body_vectors); i++)
        if (body_vectors[i].verdict == IS_WHOLE)
            expect_one_request(client, backend, &body_vectors[i]);
    kept_close(client, backend);
    lb_stop(&lb);
}

/* ---- answers ------------------------------------------------------------ */

/* A client has asked with this method; the backend has taken it. */
static int ask(struct lb *lb, const char *method, int *backend)
{
    int client = wire_connect(lb->port);

    wire_send_text(client, method);
    wire_send_text(client, " / HTTP/1.1\r\nHost: h\r\n\r\n");
    *backend = kept_accept(lb, 0, method);
    return client;
}

static void expect_502(int client, const char *method)
{
    struct http_response r;

    http_receive(client, method, &r);
    assert_int_equal(r.status, 502);
    http_response_free(&r);
    wire_expect_end(client);
}

static int is_interim(const struct vector *v)
{
    return memcmp(v->bytes, "HTTP/1.1 1", 10) == 0;
}

/* Malformed, in the head or not far behind it, or followed by what is no answer:
 * the client gets a 502, and nobody the connection. */
static void bad_answers_are_a_502(void **state)
{
    struct lb lb;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (size_t i = 0; i < COUNT(answer_vectors); i++) {
        const struct vector *v = &answer_vectors[i].v;
        const char *method = answer_vectors[i].method;
        int client, backend;

        if (v->verdict != 502 && v->verdict != IS_BROKEN &&
            (!is_interim(v) || memcmp(v->rest, "HTTP", 4) == 0))
            continue;
        say(v);
        client = ask(&lb, method, &backend);
        wire_send(backend, v->bytes, v->len);
        expect_502(client, method);
        wire_expect_gone(backend);
        kept_close(client, backend);
    }
    wire_close(kept_serves(&lb, 0, -1));
    lb_stop(&lb);
}

/* With the head on its way there is nothing left but to cut it. */
static void answers_with_a_bad_body_are_cut(void **state)
{
    struct lb lb;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (size_t i = 0; i < COUNT(answer_vectors); i++) {
        const struct vector *v = &answer_vectors[i].v;
        char got[1024];
        int client, backend;

        if (v->verdict != IS_BROKEN)
            continue;
        say(v);
        client = ask(&lb, "GET", &backend);
        wire_send(backend, v->bytes, head_length(v));
        wire_receive_until(client, "\r\n\r\n", got, sizeof got);
        wire_send(backend, v->bytes + head_length(v),
                  v->len - head_length(v));
        wire_expect_gone(client);
        wire_expect_gone(backend);
        kept_close(client, backend);
    }
    lb_stop(&lb);
}

/* What comes behind an answer is nobody's: not this client's, nor the next
 * one's. */
static void what_is_behind_an_answer_is_nobodys(void **state)
{
    struct http_response r;
    struct lb lb;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (size_t i = 0; i < COUNT(answer_vectors); i++) {
        const struct vector *v = &answer_vectors[i].v;
        const char *method = answer_vectors[i].method;
        int client, backend;

        if (v->verdict != IS_WHOLE || is_interim(v) ||
            strcmp(method, "CONNECT") == 0)
            continue;
        say(v);
        client = ask(&lb, method, &backend);
        wire_send(backend, v->bytes, v->len);
        http_receive(client, method, &r);
        assert_false(r.closes); /* it is not the client's fault */
        http_response_free(&r);
        wire_expect_gone(backend);
        wire_close(backend);
        wire_send_text(client, ASK);
        backend = kept_accept(&lb, 0, BEGIN);
        wire_send_text(backend, BYE);
        wire_expect_text(client, YES);
        kept_close(client, backend);
    }
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(bad_requests_reach_nobody),
        fixture_test(bad_requests_behind_a_good_one_reach_nobody),
        fixture_test(bad_bodies_are_cut_where_they_are_bad),
        fixture_test(one_request_in_is_one_request_out),
        fixture_test(bad_answers_are_a_502),
        fixture_test(answers_with_a_bad_body_are_cut),
        fixture_test(what_is_behind_an_answer_is_nobodys),
    };

    return fixture_run(LB_NAME ": smuggling", tests);
}
