/* request: one exchange, step by step, in this process. The client and the
 * backend have said all they have to say before a step is called.
 *
 * The clock of this suite runs FAST times as fast as the real one: the linker
 * takes these two functions instead of those of clock.c, and a timeout of 30
 * seconds passes in 0.6. */

#include "clock.h"
#include "fixture.h"
#include "request.h"
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FAST 50

uint64_t clock_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return ((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000) *
           FAST;
}

int clock_left_ms(uint64_t deadline_ms, uint64_t now_ms)
{
    if (deadline_ms == CLOCK_NEVER)
        return -1;
    if (deadline_ms <= now_ms)
        return 0;
    return (int)((deadline_ms - now_ms + FAST - 1) / FAST);
}

#define HOST "Host: a\r\n"
#define GET  "GET /x HTTP/1.1\r\n" HOST "\r\n"

static struct request request;

/* A TCP connection: ours[0] is the test's end, ours[1] the proxy's. */
static void connection(int ends[2])
{
    int port, listener = wire_listen(&port);

    ends[0] = wire_connect(port);
    ends[1] = wire_accept(listener);
    close(listener);
}

static void close_both(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

/* ---- receiving the head ------------------------------------------------- */

static void takes_the_head_and_keeps_what_follows(void **state)
{
    int client[2];

    (void)state;
    connection(client);
    wire_send_text(client[0], "POST / HTTP/1.1\r\n" HOST
                              "Content-Length: 9\r\n\r\nthe body");
    assert_int_equal(request_receive(&request, client[1]), 0);
    assert_true(slice_equal(request.head.method, SLICE("POST")));
    assert_int_equal(buffer_size(&request.in) - request.head.length, 8);
    close_both(client);
}

/* A connection that keeps pieces apart, where the system has one. */
static void pieces(int ends[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
}

static void a_head_may_come_byte_by_byte(void **state)
{
    int client[2];

    (void)state;
    pieces(client);
    for (const char *at = GET; *at != '\0'; at++)
        wire_send(client[0], at, 1);
    assert_int_equal(request_receive(&request, client[1]), 0);
    assert_int_equal(request.head.length, strlen(GET));
    close_both(client);
}

static void a_head_may_be_as_large_as_the_buffer(void **state)
{
    static char text[HTTP_HEAD_MAX];
    int client[2];

    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text, "GET / HTTP/1.1\r\n" HOST "X:", 27);
    memcpy(text + sizeof text - 4, "\r\n\r\n", 4);
    connection(client);
    wire_send(client[0], text, sizeof text);
    assert_int_equal(request_receive(&request, client[1]), 0);
    assert_int_equal(request.head.length, sizeof text);
    /* and not a byte larger */
    memcpy(text + sizeof text - 4, "xxxx", 4);
    wire_send(client[0], text, sizeof text);
    assert_int_equal(request_receive(&request, client[1]), 431);
    close_both(client);
}

static void refusals_have_their_status(void **state)
{
    static const struct {
        const char *text;
        int status;
    } cases[] = {
        {"nonsense\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/3.0\r\n", 505},
        {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n", 501},
        {"\x16\x03\x01", 400},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int client[2];

        connection(client);
        wire_send_text(client[0], cases[i].text);
        assert_int_equal(request_receive(&request, client[1]),
                         cases[i].status);
        assert_non_null(request.why);
        close_both(client);
    }
}

static void a_client_that_leaves_gets_no_answer(void **state)
{
    int client[2];

    (void)state;
    connection(client);
    wire_send_text(client[0], "GET / HTT");
    wire_close(client[0]);
    assert_int_equal(request_receive(&request, client[1]), -1);
    close(client[1]);
    connection(client);
    wire_reset(client[0]);
    assert_int_equal(request_receive(&request, client[1]), -1);
    close(client[1]);
}

static void a_head_has_ten_seconds(void **state)
{
    static const char *const starts[] = {"", "GET / HTTP/1.1\r\nHo"};

    (void)state;
    for (int i = 0; i < 2; i++) {
        uint64_t began = clock_now_ms(), took;
        int client[2];

        connection(client);
        wire_send_text(client[0], starts[i]);
        assert_int_equal(request_receive(&request, client[1]), 408);
        took = clock_now_ms() - began;
        assert_in_range(took, REQUEST_HEAD_MS, 2 * REQUEST_HEAD_MS);
        close_both(client);
    }
}

/* ---- rewriting it ------------------------------------------------------- */

static void the_backend_gets_head_and_body(void **state)
{
    static const struct http_field via = {{"Via", 3}, {"1.1 p", 5}};
    static const char wanted[] =
        "POST /x HTTP/1.1\r\nHost: b\r\nContent-Length: 4\r\n"
        "Via: 1.1 p\r\nConnection: close\r\n\r\nbody";
    int client[2];

    (void)state;
    connection(client);
    wire_send_text(client[0], "POST http://b/x HTTP/1.1\r\n" HOST
                              "Connection: keep-alive\r\n"
                              "Content-Length: 4\r\n\r\nbody");
    assert_int_equal(request_receive(&request, client[1]), 0);
    assert_int_equal(request_rewrite(&request, &via, 1), 0);
    assert_int_equal(buffer_size(&request.out), sizeof wanted - 1);
    assert_memory_equal(buffer_at(&request.out), wanted, sizeof wanted - 1);
    close_both(client);
}

/* The smallest fields grow the most: ": " and CRLF for ":" and LF. */
static void the_largest_head_fits_rewritten(void **state)
{
    static char text[HTTP_HEAD_MAX + 1];
    size_t len = (size_t)snprintf(text, sizeof text,
                                  "GET / HTTP/1.1\nHost:a\n");
    int client[2];

    (void)state;
    for (int i = 2; i < HTTP_FIELDS_MAX; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, "x:y\n");
    len += (size_t)snprintf(text + len, sizeof text - len, "X:");
    memset(text + len, 'x', HTTP_HEAD_MAX - len);
    memcpy(text + HTTP_HEAD_MAX - 2, "\n\n", 2);
    connection(client);
    wire_send(client[0], text, HTTP_HEAD_MAX);
    assert_int_equal(request_receive(&request, client[1]), 0);
    assert_int_equal(request_rewrite(&request, NULL, 0), 0);
    close_both(client);
}

/* ---- relaying ----------------------------------------------------------- */

/* A request has been received and rewritten; the backend does as `script` says
 * (and closes its end if it resets). Returns what request_relay() does. */
static int relay_with(int client[2], void (*script)(int backend))
{
    int backend[2], open_before = fixture_descriptors(), result;

    connection(client);
    connection(backend);
    wire_send_text(client[0], GET);
    assert_int_equal(request_receive(&request, client[1]), 0);
    assert_int_equal(request_rewrite(&request, NULL, 0), 0);
    script(backend[0]);
    result = request_relay(&request, backend[1]);
    close(backend[1]);
    if (fixture_descriptors() > open_before + 2)
        close(backend[0]);
    return result;
}

static void answer_and_close(int backend)
{
    wire_send_text(backend, "HTTP/1.1 200 OK\r\n\r\n");
    wire_shut(backend);
}

static void close_without_a_word(int backend)
{
    wire_shut(backend);
}

static void reset_without_a_word(int backend)
{
    wire_reset(backend);
}

static void say_nothing(int backend)
{
    (void)backend; /* stays open */
}

static void say_half(int backend)
{
    wire_send_text(backend, "HTTP/1.1 200"); /* and stays open */
}

static void say_half_and_reset(int backend)
{
    wire_send_text(backend, "HTTP/1.1 200");
    wire_reset(backend);
}

static void what_became_of_it(void **state)
{
    static const struct {
        void (*script)(int backend);
        int status;
        const char *received; /* by the client, who does not close */
    } cases[] = {
        {answer_and_close, 0, "HTTP/1.1 200 OK\r\n\r\n"},
        {close_without_a_word, 502, ""},
        {reset_without_a_word, 502, ""},
        {say_nothing, 504, ""},
        {say_half, -1, "HTTP/1.1 200"},
        {say_half_and_reset, -1, "HTTP/1.1 200"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int client[2];

        assert_int_equal(relay_with(client, cases[i].script),
                         cases[i].status);
        if (cases[i].status > 0)
            assert_non_null(request.why);
        wire_expect_text(client[0], cases[i].received);
        close_both(client);
    }
}

static void a_client_that_leaves_while_it_waits_is_nobodys_fault(void **state)
{
    int client[2], backend[2];

    (void)state;
    connection(client);
    connection(backend);
    wire_send_text(client[0], GET);
    assert_int_equal(request_receive(&request, client[1]), 0);
    assert_int_equal(request_rewrite(&request, NULL, 0), 0);
    wire_reset(client[0]);
    assert_int_equal(request_relay(&request, backend[1]), -1);
    assert_int_equal(request.result.end, RELAY_LEFT);
    close(client[1]);
    close_both(backend);
}

/* ---- the whole ---------------------------------------------------------- */

static int refuse(struct request *r, void *status)
{
    r->why = "because";
    r->error = ECONNREFUSED;
    return *(int *)status;
}

/* Serves one client and returns what went to standard error meanwhile. */
static const char *serve(int client_fd, int status)
{
    static char logged[1024];
    int log[2], saved = dup(STDERR_FILENO);
    ssize_t n;

    assert_int_equal(pipe(log), 0);
    dup2(log[1], STDERR_FILENO);
    close(log[1]);
    request_serve(&request, "prog", client_fd, "1.2.3.4:5", refuse, &status);
    dup2(saved, STDERR_FILENO);
    close(saved);
    n = read(log[0], logged, sizeof logged - 1);
    assert_true(n >= 0);
    logged[n] = '\0';
    close(log[0]);
    return logged;
}

static void a_refusal_is_answered_and_logged(void **state)
{
    char answer[1024];
    int client[2];

    (void)state;
    connection(client);
    wire_send_text(client[0], GET "unread bytes: closing would reset");
    wire_shut(client[0]);
    assert_string_equal(serve(client[1], 502),
                        "prog: 1.2.3.4:5: 502: because: Connection refused\n");
    wire_receive_all(client[0], answer, sizeof answer);
    assert_string_equal(answer, "HTTP/1.1 502 Bad Gateway\r\n"
                                "Content-Type: text/plain\r\n"
                                "Content-Length: 16\r\n"
                                "Connection: close\r\n\r\n502 Bad Gateway\n");
    close(client[0]);
}

static void to_head_without_a_body(void **state)
{
    char answer[1024];
    int client[2];

    (void)state;
    connection(client);
    wire_send_text(client[0], "HEAD / HTTP/1.1\r\n" HOST "\r\n");
    wire_shut(client[0]);
    serve(client[1], 503);
    wire_receive_all(client[0], answer, sizeof answer);
    assert_string_equal(answer, "HTTP/1.1 503 Service Unavailable\r\n"
                                "Content-Type: text/plain\r\n"
                                "Content-Length: 24\r\n"
                                "Connection: close\r\n\r\n");
    close(client[0]);
}

static void a_bad_head_needs_no_handler(void **state)
{
    char answer[1024];
    int client[2];

    (void)state;
    connection(client);
    wire_send_text(client[0], "GET / HTTP/1.1\r\nX : y\r\n\r\n");
    wire_shut(client[0]);
    assert_string_equal(serve(client[1], 999),
                        "prog: 1.2.3.4:5: 400: malformed field name\n");
    wire_receive_all(client[0], answer, sizeof answer);
    assert_memory_equal(answer, "HTTP/1.1 400 Bad Request\r\n", 26);
    close(client[0]);
}

static void who_left_gets_nothing_and_is_not_logged(void **state)
{
    int client[2];

    (void)state;
    connection(client);
    wire_shut(client[0]);
    assert_string_equal(serve(client[1], 502), "");
    wire_expect_end(client[0]);
    close(client[0]);
    connection(client);
    wire_send_text(client[0], GET);
    wire_shut(client[0]);
    assert_string_equal(serve(client[1], -1), "");
    wire_expect_end(client[0]);
    close(client[0]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(takes_the_head_and_keeps_what_follows),
        fixture_test(a_head_may_come_byte_by_byte),
        fixture_test(a_head_may_be_as_large_as_the_buffer),
        fixture_test(refusals_have_their_status),
        fixture_test(a_client_that_leaves_gets_no_answer),
        fixture_test(a_head_has_ten_seconds),
        fixture_test(the_backend_gets_head_and_body),
        fixture_test(the_largest_head_fits_rewritten),
        fixture_test(what_became_of_it),
        fixture_test(a_client_that_leaves_while_it_waits_is_nobodys_fault),
        fixture_test(a_refusal_is_answered_and_logged),
        fixture_test(to_head_without_a_body),
        fixture_test(a_bad_head_needs_no_handler),
        fixture_test(who_left_gets_nothing_and_is_not_logged),
    };

    return fixture_run("request", tests);
}
