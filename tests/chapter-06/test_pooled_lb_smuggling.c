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
#define ASK          "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
#define POISON       "GET /admin "

static void say(const struct vector *v)
{
    print_message("%s (%s)\n", v->name, v->source); /* seen if it fails */
}

/* ---- requests ----------------------------------------------------------- */

/* Refused by its head: the next request that the backend sees is the one after
 * all of them. */
static void bad_heads_reach_nobody(void **state)
{
    struct lb lb;
    int client, backend, before;

    (void)state;
    lb_start_scripted(&lb, 1);
    client = kept_pair(&lb, 0, &backend);
    wire_close(client);
    lb_expect_statistics(&lb, "active 0,");
    before = lb_descriptors(&lb);
    for (size_t i = 0; i < COUNT(head_vectors); i++) {
        const struct vector *v = &head_vectors[i];

        if (v->verdict == IS_WHOLE)
            continue;
        say(v);
        client = wire_connect(lb.port);
        wire_send(client, v->bytes, v->len);
        kept_expect_refusal(client, v->verdict);
        wire_close(client);
    }
    lb_expect_descriptors(&lb, before);
    wire_close(kept_serves(&lb, 0, backend));
    lb_stop(&lb);
}

/* The same behind a good request: it is refused when its turn comes. */
static void bad_heads_behind_a_good_request_reach_nobody(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 1);
    wire_close(kept_pair(&lb, 0, &backend));
    for (size_t i = 0; i < COUNT(head_vectors); i++) {
        const struct vector *v = &head_vectors[i];

        if (v->verdict == IS_WHOLE)
            continue;
        say(v);
        client = wire_connect(lb.port);
        wire_send_text(client, ASK);
        wire_send(client, v->bytes, v->len);
        kept_take(backend, "GET / HTTP/1.1\r\nHost: h\r\n");
        wire_send_text(backend, YES);
        wire_expect_text(client, YES);
        kept_expect_refusal(client, v->verdict);
        wire_close(client);
    }
    wire_close(kept_serves(&lb, 0, backend));
    lb_stop(&lb);
}

/* All that a connection brings up to its end, without that of health checks. */
static size_t take_all(struct lb *lb, char *out, size_t size)
{
    int backend = lb_accept(lb, 0);
    size_t len = wire_receive_all(backend, out, size);

    wire_close(backend);
    return len;
}

/* Refused by its body: the client gets a 400, and the backend an end. It has got
 * nothing that could be the beginning of another request. */
static void bad_bodies_are_cut_where_they_are_bad(void **state)
{
    struct lb lb;
    char got[4096];
    int client;

    (void)state;
    lb_start_scripted(&lb, 1);
    for (size_t i = 0; i < COUNT(body_vectors); i++) {
        const struct vector *v = &body_vectors[i];
        size_t len;

        if (v->verdict != IS_BROKEN)
            continue;
        say(v);
        client = wire_connect(lb.port);
        wire_send(client, v->bytes, v->len);
        wire_shut(client); /* some could go on */
        kept_expect_refusal(client, 400);
        wire_close(client);
        if (lb_descriptors(&lb) < 0)
            continue;
        (void)len;
        (void)got;
    }
    wire_close(kept_serves(&lb, 0, -1));
    lb_stop(&lb);
}
