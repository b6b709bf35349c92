/* zero_copy_lb and peers that stop, break off and reset in the middle of a large
 * body: nobody gets bytes that are not his, nothing is padded, memory stays
 * bounded, and afterwards no descriptor and no pipe is left over. */
#include "fixture.h"

#include "large_bodies.h"

static unsigned char *stream;

/* ---- who does not read --------------------------------------------------- */

/* A client that reads nothing of 64 MiB: the backend is stopped, too, and the
 * balancer keeps no more than a pipe and its sockets hold. */
static void a_client_that_does_not_read_stops_the_backend(void **state)
{
    const size_t len = 64 * MIB;
    struct lb lb;
    int client, backend;
    size_t sent;
    long before;

    (void)state;
    start_with(&lb, 1, "65536");
    client = wire_connect(lb.port);
    ask(&lb, client, GET_IT, &backend);
    before = program_memory_kib(lb.program);
    send_head(backend, OK, len);
    sent = stream_fill(backend, stream, len);
    assert_true(sent < len);
    if (before >= 0)
        assert_true(program_memory_kib(lb.program) < before + 2048);

    skip_head(client); /* and now it does, slowly at first */
    stream_receive(client, 0, 200000, 10000);
    stream_receive(client, 200000, sent, MIB);
    carry(backend, client, stream, sent, len, MIB);
    wire_close(client);
    wire_close(backend);
    lb_stop(&lb);
}

static void others_are_served_beside_a_large_body(void **state)
{
    struct http_response r;
    struct program *b;
    struct lb lb;
    int busy;

    (void)state;
    start_with(&lb, 0, "1");
    b = lb.backend[0];
    assert_non_null(b);
    busy = wire_connect(lb.port);
    wire_send_text(busy, "GET /bytes/1000000000 HTTP/1.1\r\nHost: h\r\n\r\n");
    skip_head(busy);
    for (int i = 0; i < 20; i++) {
        char piece[65536];

        for (int j = 0; j < 50; j++)
            wire_receive(busy, piece, sizeof piece);
        http_get(lb.port, "/", &r);
        assert_int_equal(r.status, 200);
        http_response_free(&r);
    }
    wire_reset(busy);
    lb_stop(&lb);
}

/* ---- who goes away ------------------------------------------------------- */

enum end { CLOSES, RESETS };

static void end_it(int fd, enum end how)
{
    if (how == RESETS)
        wire_reset(fd);
    else
        wire_close(fd);
}

/* So many answers of which the client takes a part. */
static void expect_client_may_leave(struct lb *lb, enum end how)
{
    for (int i = 0; i < 5; i++) {
        int client = wire_connect(lb->port), backend;

        ask(lb, client, GET_IT, &backend);
        send_head(backend, OK, 16 * MIB);
        skip_head(client);
        carry(backend, client, stream, 0, 2 * MIB, MIB);
        wire_send_some(backend, stream + 2 * MIB, MIB); /* lies in between */
        end_it(client, how);
        wire_expect_gone(backend);
        wire_close(backend);
    }
}

static void expect_backend_may_leave(struct lb *lb, enum end how)
{
    for (int i = 0; i < 5; i++) {
        int client = wire_connect(lb->port), backend;

        ask(lb, client, GET_IT, &backend);
        send_head(backend, OK, 16 * MIB);
        skip_head(client);
        carry(backend, client, stream, 0, 2 * MIB, MIB);
        end_it(backend, how);
        wire_expect_gone(client); /* not a byte more: nothing is padded */
        wire_close(client);
    }
}

static void expect_request_may_break_off(struct lb *lb, enum end how)
{
    for (int i = 0; i < 5; i++) {
        int client = wire_connect(lb->port), backend;

        send_head(client, "POST / HTTP/1.1", 16 * MIB);
        ask(lb, client, "", &backend);
        carry(client, backend, stream, 0, 2 * MIB, MIB);
        end_it(client, how);
        wire_expect_gone(backend);
        wire_close(backend);
    }
}

static void whoever_breaks_off_leaves_nothing_behind(void **state)
{
    struct lb lb;
    int before;

    (void)state;
    start_with(&lb, 1, "65536");
    before = lb_descriptors(&lb);
    for (enum end how = CLOSES; how <= RESETS; how++) {
        expect_client_may_leave(&lb, how);
        expect_backend_may_leave(&lb, how);
        expect_request_may_break_off(&lb, how);
    }
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
}

/* What a client left in its pipe must not come to the next one. */
static void nobody_gets_the_bytes_of_another(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    start_with(&lb, 1, "1");
    for (int i = 0; i < 5; i++) {
        client = wire_connect(lb.port);
        ask(&lb, client, GET_IT, &backend);
        send_head(backend, OK, 32 * MIB);
        stream_fill(backend, stream + MIB, 31 * MIB); /* until all is full */
        wire_reset(client);
        wire_expect_gone(backend);
        wire_close(backend);

        client = wire_connect(lb.port);
        ask(&lb, client, GET_IT, &backend);
        send_head(backend, OK, MIB);
        skip_head(client);
        carry(backend, client, stream, 0, MIB, MIB);
        wire_close(client);
        wire_close(backend);
    }
    lb_stop(&lb);
}

/* The backend answers and closes while the body is still on its way. */
static void an_early_answer_arrives(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    start_with(&lb, 1, "1");
    client = wire_connect(lb.port);
    send_head(client, "POST / HTTP/1.1", 16 * MIB);
    ask(&lb, client, "", &backend);
    wire_send(client, stream, MIB);
    wire_send_text(backend, ANSWER);
    wire_close(backend); /* with bytes unread: a reset */
    wire_send(client, stream + MIB, 15 * MIB);
    skip_head(client);
    wire_expect_text(client, "yes");
    wire_expect_end(client);
    wire_close(client);
    lb_stop(&lb);
}

/* ---- no pipe to be had --------------------------------------------------- */

static void without_descriptors_for_a_pipe_it_copies(void **state)
{
    struct lb lb;
    int client, backend, limit;
    char words[64];

    (void)state;
    start_with(&lb, 1, "1");
    limit = program_descriptors(lb.program) + 2; /* a client and its backend */
    lb_stop(&lb);
    if (limit < 2)
        skip();
    snprintf(words, sizeof words, "ulimit -n %d; exec \"$@\"", limit);
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM,
                                    .scripted = 1,
                                    .options = {"-z", "1"},
                                    .launcher = {"/bin/sh", "-c", words,
                                                 "sh"}});
    client = wire_connect(lb.port);
    ask(&lb, client, GET_IT, &backend);
    send_head(backend, OK, 8 * MIB);
    skip_head(client);
    carry(backend, client, stream, 0, 8 * MIB, MIB);
    if (getenv("TEST_WRAPPER") == NULL) /* valgrind has other limits */
        lb_expect_statistics(&lb, "Spliced: 0 bytes, spare pipes 0");
    wire_close(client);
    wire_close(backend);
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_client_that_does_not_read_stops_the_backend),
        fixture_test(others_are_served_beside_a_large_body),
        fixture_test(whoever_breaks_off_leaves_nothing_behind),
        fixture_test(nobody_gets_the_bytes_of_another),
        fixture_test(an_early_answer_arrives),
        fixture_test(without_descriptors_for_a_pipe_it_copies),
    };
    int failed;

    stream = stream_make(64 * MIB);
    failed = fixture_run(LB_NAME ": troubles with large bodies", tests);
    free(stream);
    return failed;
}
