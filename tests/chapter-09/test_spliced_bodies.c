/* zero_copy_lb: bodies of all kinds, both ways: every byte arrives once, in
 * order, and what is behind the body is not touched. */
#include "fixture.h"

#include "large_bodies.h"

static unsigned char *stream;

/* ---- answers ------------------------------------------------------------- */

static void expect_down(const char *min, size_t len, size_t piece,
                        size_t spliced)
{
    struct lb lb;
    int client, backend;

    start_with(&lb, 1, min);
    client = wire_connect(lb.port);
    ask(&lb, client, GET_IT, &backend);
    send_head(backend, OK, len);
    skip_head(client);
    carry(backend, client, stream, 0, len, piece);
    expect_spliced_at_least(&lb, spliced);

    ask_again(client, backend, GET_IT); /* both connections go on */
    wire_send_text(backend, ANSWER);
    wire_expect_text(client, ANSWER);
    wire_close(client);
    wire_close(backend);
    lb_stop(&lb);
}

static void answers_of_many_mib_arrive(void **state)
{
    (void)state;
    expect_down("65536", 32 * MIB, MIB, 30 * MIB);
    expect_down("1", 8 * MIB, 50000, 7 * MIB);
}

static void answers_are_copied_when_told_so(void **state)
{
    (void)state;
    expect_down("0", 8 * MIB, MIB, 0);
}

/* Sizes around those of the minimum, the buffer and the pipe. */
static void answers_of_all_sizes_arrive(void **state)
{
    static const size_t sizes[] = {0,     1,     100,    16383,  16384,  16385,
                                   32768, 65535, 65536,  65537,  81919,  81920,
                                   81921, 98304, 262144, 262145, 300000, MIB};
    struct lb lb;
    int client, backend;

    (void)state;
    start_with(&lb, 1, "65536");
    client = wire_connect(lb.port);
    ask(&lb, client, GET_IT, &backend);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (i > 0)
            ask_again(client, backend, GET_IT);
        send_head(backend, OK, sizes[i]);
        skip_head(client);
        carry(backend, client, stream, 0, sizes[i], MIB);
    }
    wire_close(client);
    wire_close(backend);
    lb_stop(&lb);
}

static void an_answer_may_come_in_pieces_with_silence_between(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    start_with(&lb, 1, "1");
    client = wire_connect(lb.port);
    ask(&lb, client, GET_IT, &backend);
    send_head(backend, OK, 10 * 30000);
    skip_head(client);
    for (size_t i = 0; i < 10; i++) {
        carry(backend, client, stream, i * 30000, (i + 1) * 30000, 30000);
        wire_expect_silence(client, 5);
    }
    wire_close(client);
    wire_close(backend);
    lb_stop(&lb);
}

static void send_chunk(int backend, int client, size_t from, size_t to)
{
    char line[32], got[32];

    snprintf(line, sizeof line, "%zx\r\n", to - from);
    wire_send_text(backend, line);
    wire_receive_until(client, "\r\n", got, sizeof got);
    assert_string_equal(got, line);
    carry(backend, client, stream, from, to, MIB);
    wire_send_text(backend, "\r\n");
    wire_expect_text(client, "\r\n");
}

/* Large chunks are spliced, their lines are not, small ones neither. */
static void chunks_arrive_as_chunks(void **state)
{
    static const size_t ends[] = {2 * MIB, 2 * MIB + 5, 3 * MIB, 3 * MIB + 99,
                                  8 * MIB};
    struct lb lb;
    int client, backend;
    size_t from = 0;

    (void)state;
    start_with(&lb, 1, "65536");
    client = wire_connect(lb.port);
    ask(&lb, client, GET_IT, &backend);
    wire_send_text(backend, OK "\r\nTransfer-Encoding: chunked\r\n\r\n");
    skip_head(client);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        send_chunk(backend, client, from, ends[i]);
        from = ends[i];
    }
    wire_send_text(backend, "0\r\nX-Sum: 1\r\n\r\n");
    wire_expect_text(client, "0\r\nX-Sum: 1\r\n\r\n");
    expect_spliced_at_least(&lb, 7 * MIB);
    ask_again(client, backend, GET_IT);
    wire_send_text(backend, ANSWER);
    wire_expect_text(client, ANSWER);
    wire_close(client);
    wire_close(backend);
    lb_stop(&lb);
}

static void a_body_may_end_with_the_connection(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    start_with(&lb, 1, "65536");
    client = wire_connect(lb.port);
    ask(&lb, client, GET_IT, &backend);
    wire_send_text(backend, "HTTP/1.0 200 OK\r\n\r\n");
    skip_head(client);
    carry(backend, client, stream, 0, 8 * MIB, MIB);
    wire_close(backend);
    wire_expect_end(client);
    expect_spliced_at_least(&lb, 7 * MIB);
    wire_close(client);
    lb_stop(&lb);
}

static void an_answer_ends_for_a_client_that_has_shut_its_side(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    start_with(&lb, 1, "65536");
    client = wire_connect(lb.port);
    ask(&lb, client, GET_IT, &backend);
    wire_shut(client);
    send_head(backend, OK, 8 * MIB);
    skip_head(client);
    carry(backend, client, stream, 0, 8 * MIB, MIB);
    wire_expect_end(client);
    wire_close(client);
    wire_close(backend);
    lb_stop(&lb);
}

/* ---- requests, and both at once ------------------------------------------ */

static void expect_up(const char *min, size_t len, size_t spliced)
{
    struct lb lb;
    int client, backend;

    start_with(&lb, 1, min);
    client = wire_connect(lb.port);
    send_head(client, "POST / HTTP/1.1", len);
    ask(&lb, client, "", &backend);
    carry(client, backend, stream, 0, len, MIB);
    wire_send_text(backend, ANSWER);
    wire_expect_text(client, ANSWER);
    expect_spliced_at_least(&lb, spliced);

    ask_again(client, backend, GET_IT);
    wire_send_text(backend, ANSWER);
    wire_expect_text(client, ANSWER);
    wire_close(client);
    wire_close(backend);
    lb_stop(&lb);
}

static void requests_of_many_mib_arrive(void **state)
{
    (void)state;
    expect_up("65536", 16 * MIB, 14 * MIB);
    expect_up("1", 8 * MIB, 7 * MIB);
    expect_up("0", 8 * MIB, 0);
}

/* The client sends its next request behind the body, which is spliced: it must
 * not go along. */
static void a_pipelined_request_stays_behind_the_body(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    start_with(&lb, 1, "65536");
    client = wire_connect(lb.port);
    send_head(client, "POST / HTTP/1.1", 200000);
    ask(&lb, client, "", &backend);
    wire_send(client, stream, 200000);
    wire_send_text(client, GET_IT);
    stream_receive(backend, 0, 200000, MIB);
    wire_expect_silence(backend, 20);
    wire_send_text(backend, ANSWER);
    wire_expect_text(client, ANSWER);
    skip_head(backend);
    wire_send_text(backend, ANSWER);
    wire_expect_text(client, ANSWER);
    wire_close(client);
    wire_close(backend);
    lb_stop(&lb);
}

static void there_and_back_through_a_real_backend(void **state)
{
    const size_t len = 7 * MIB;
    struct http_response r;
    struct lb lb;

    (void)state;
    start_with(&lb, 0, "1");
    http_request(lb.port, "POST", "/echo", "", stream, len, &r);
    assert_int_equal(r.status, 200);
    stream_check(r.body + r.body_len - len, 0, len);
    http_response_free(&r);
    http_get(lb.port, "/chunked/3000000", &r);
    assert_int_equal(r.body_len, 3000000);
    http_response_free(&r);
    lb_stop(&lb);
}

static void a_tunnel_is_spliced_both_ways(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    start_with(&lb, 1, "65536");
    client = wire_connect(lb.port);
    ask(&lb, client, "GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\n"
        "Upgrade: websocket\r\n\r\n", &backend);
    wire_send_text(backend, "HTTP/1.1 101 Switching Protocols\r\n"
                            "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    skip_head(client);
    carry(backend, client, stream, 0, 8 * MIB, MIB);
    carry(client, backend, stream, 0, 8 * MIB, MIB);
    wire_shut(client);
    wire_expect_end(backend);
    carry(backend, client, stream, 8 * MIB, 9 * MIB, MIB);
    wire_close(backend);
    wire_expect_end(client);
    wire_close(client);
    expect_spliced_at_least(&lb, 16 * MIB);
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(answers_of_many_mib_arrive),
        fixture_test(answers_are_copied_when_told_so),
        fixture_test(answers_of_all_sizes_arrive),
        fixture_test(an_answer_may_come_in_pieces_with_silence_between),
        fixture_test(chunks_arrive_as_chunks),
        fixture_test(a_body_may_end_with_the_connection),
        fixture_test(an_answer_ends_for_a_client_that_has_shut_its_side),
        fixture_test(requests_of_many_mib_arrive),
        fixture_test(a_pipelined_request_stays_behind_the_body),
        fixture_test(there_and_back_through_a_real_backend),
        fixture_test(a_tunnel_is_spliced_both_ways),
    };
    int failed;

    stream = stream_make(32 * MIB);
    failed = fixture_run(LB_NAME ": spliced bodies", tests);
    free(stream);
    return failed;
}
