/* LB_NAME: backends that fail, at every moment of an exchange, and what
 * their clients see of it. (Clients that fail: test_lb_clients.c.) */
#include "deadline.h"
#include "descriptors.h"
#include "fixture.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TO_HOST "HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
#define GET     "GET / " TO_HOST "\r\n"
#define OK      "HTTP/1.1 200 OK\r\n"

static int ask(struct lb *lb, const char *request)
{
    int client = wire_connect(lb->port);

    wire_send_text(client, request);
    return client;
}

/* The balancer's own answer, then the end. */
static void expect_status(int client, int status)
{
    struct http_response r;

    http_receive(client, "GET", &r);
    if (r.status != status)
        fail_msg("expected status %d, received\n%s%s", status, r.head, r.body);
    assert_string_equal(http_field(&r, "Content-Type"), "text/plain");
    http_response_free(&r);
    wire_expect_end(client);
    wire_close(client);
}

static void expect_answer(int client)
{
    wire_expect_text(client, LB_ANSWER);
    wire_expect_end(client);
    wire_close(client);
}

/* ---- refused ------------------------------------------------------------ */

static void a_refused_connection_costs_the_client_nothing(void **state)
{
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 3);
    lb_kill_backend(&lb, 0);
    lb_kill_backend(&lb, 2);
    lb_expect_order(&lb, "b2 b2 b2 b2 b2 b2");
    lb_stop(&lb);
}

/* Also where something had to be sent that may not be sent twice: it has not
 * been sent yet. */
static void a_refused_post_goes_to_the_next(void **state)
{
    struct http_response r;
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 2);
    lb_kill_backend(&lb, 0);
    http_request(lb.port, "POST", "/echo", "", "abc", 3, &r);
    assert_int_equal(r.status, 200);
    assert_string_equal(http_field(&r, "X-Backend"), "b2");
    assert_string_equal(r.body + r.body_len - 3, "abc");
    http_response_free(&r);
    lb_stop(&lb);
}

/* From all that refuse to "nobody is up", and back when one is there again. */
static void all_down_is_503_until_one_is_back(void **state)
{
    struct http_response r;
    char line[64];
    struct lb lb;
    int before;

    (void)state;
    lb_start_real(&lb, 2);
    before = lb_descriptors(&lb);
    lb_kill_backend(&lb, 0);
    lb_kill_backend(&lb, 1);
    expect_status(ask(&lb, GET), 502); /* this one found out */
    snprintf(line, sizeof line, "Backend 127.0.0.1:%d marked UNHEALTHY\n",
             lb.backend_port[0]);
    program_expect(lb.program, line); /* three checks, one second apart */
    snprintf(line, sizeof line, "Backend 127.0.0.1:%d marked UNHEALTHY\n",
             lb.backend_port[1]);
    program_expect(lb.program, line);
    http_get(lb.port, "/", &r);
    assert_int_equal(r.status, 503);
    assert_string_equal(r.body, "503 Service Unavailable\n");
    http_response_free(&r);
    lb_expect_statistics(&lb, "Health: DOWN");

    lb_restart_backend(&lb, 1);
    snprintf(line, sizeof line, "Backend 127.0.0.1:%d marked HEALTHY\n",
             lb.backend_port[1]);
    program_expect(lb.program, line);
    lb_expect_order(&lb, "b2 b2 b2");
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
}

/* ---- silent ------------------------------------------------------------- */

/* Makes a scripted backend one that neither accepts nor refuses: a listener
 * whose queue is full drops further handshakes. Returns how many connections
 * fill it; skips the test where the system refuses instead. */
static int make_black_hole(struct lb *lb, int i, int fill[16])
{
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    int count = 0, hangs = 0;

    assert_int_equal(listen(lb->listener[i], 0), 0);
    assert_int_equal(
        getsockname(lb->listener[i], (struct sockaddr *)&at, &len), 0);
    while (!hangs && count < 16) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);

        fill[count++] = descriptors_nonblocking(descriptors_private(fd));
        if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0 &&
            errno != EINPROGRESS)
            break;
        hangs = deadline_poll(fd, POLLOUT, deadline_in(50)) == 0;
    }
    if (!hangs) {
        print_message("a full queue is no black hole here\n");
        skip();
    }
    return count;
}

/* After five seconds another backend is asked; without one that is a 504. */
static void connecting_has_a_limit(void **state)
{
    struct lb two, one;
    int fill[2][16], count[2], clients[2];
    deadline_t early;

    (void)state;
    lb_start_scripted(&two, 2);
    lb_start_scripted(&one, 1);
    count[0] = make_black_hole(&two, 0, fill[0]);
    count[1] = make_black_hole(&one, 0, fill[1]);
    early = deadline_in(0) + 4500; /* not scaled: the program's is not */
    clients[0] = ask(&two, GET);
    clients[1] = ask(&one, GET);
    lb_answer(&two, 1);
    expect_answer(clients[0]);
    expect_status(clients[1], 504);
    assert_int_equal(deadline_left(early), 0);
    program_expect(two.program, ": connecting took too long\n");
    for (int n = 0; n < 2; n++)
        for (int i = 0; i < count[n]; i++)
            close(fill[n][i]);
    lb_stop(&two);
    lb_stop(&one);
}

/* ---- dead before an answer ---------------------------------------------- */

static const struct {
    const char *request;
    int repeated;
} dying[] = {
    {"GET / " TO_HOST "\r\n", 1},
    {"OPTIONS * " TO_HOST "\r\n", 1},
    {"DELETE /x " TO_HOST "\r\n", 1},
    {"PUT /x " TO_HOST "Content-Length: 3\r\n\r\nabc", 1},
    {"POST / " TO_HOST "Content-Length: 0\r\n\r\n", 0},
    {"POST / " TO_HOST "Content-Length: 3\r\n\r\nabc", 0},
    {"PATCH / " TO_HOST "Content-Length: 0\r\n\r\n", 0},
    {"BREW / " TO_HOST "\r\n", 0},
};

/* The backend takes the request and dies: by FIN, or by RST. */
static void die_with_it(struct lb *lb, int i, char *head, size_t size,
                        int reset)
{
    int backend = lb_take(lb, i, head, size);

    if (strstr(head, "Content-Length: 3\r\n") != NULL)
        wire_expect_text(backend, "abc");
    if (reset)
        wire_reset(backend);
    else
        wire_close(backend);
}

static void what_may_be_repeated_goes_elsewhere(void **state)
{
    struct lb lb;
    char first[1024], second[1024];

    (void)state;
    lb_start_scripted(&lb, 2);
    for (size_t i = 0; i < 2 * (sizeof dying / sizeof *dying); i++) {
        int client = ask(&lb, dying[i / 2].request), reset = i % 2 != 0;
        int backend;

        die_with_it(&lb, 0, first, sizeof first, reset);
        if (!dying[i / 2].repeated) {
            expect_status(client, 502);
            client = ask(&lb, GET); /* b2 has heard nothing of it */
            lb_answer(&lb, 1);
            expect_answer(client);
            continue;
        }
        backend = lb_take(&lb, 1, second, sizeof second);
        assert_string_equal(second, first); /* the id, too */
        if (strstr(second, "Content-Length: 3\r\n") != NULL)
            wire_expect_text(backend, "abc");
        wire_send_text(backend, LB_ANSWER);
        wire_close(backend);
        expect_answer(client);
    }
    lb_stop(&lb);
}

/* With half of the body still to come the rest goes to the other one. */
static void a_body_under_way_goes_elsewhere(void **state)
{
    struct lb lb;
    char head[1024];
    int client, backend;

    (void)state;
    lb_start_scripted(&lb, 2);
    client = ask(&lb, "PUT / " TO_HOST "Content-Length: 6\r\n\r\nabc");
    backend = lb_take(&lb, 0, head, sizeof head);
    wire_expect_text(backend, "abc");
    wire_reset(backend);
    backend = lb_take(&lb, 1, head, sizeof head);
    wire_expect_text(backend, "abc");
    wire_send_text(client, "def");
    wire_expect_text(backend, "def");
    wire_send_text(backend, LB_ANSWER);
    wire_close(backend);
    expect_answer(client);
    lb_stop(&lb);
}

/* What does not fit into the buffer is gone: it cannot be said once more. */
static void a_long_body_cannot_go_elsewhere(void **state)
{
    const size_t len = 100000;
    char head[1024], *body = calloc(1, len);
    struct lb lb;
    int client, backend;

    (void)state;
    assert_non_null(body);
    lb_start_scripted(&lb, 2);
    client = ask(&lb, "PUT / " TO_HOST "Content-Length: 100001\r\n\r\n");
    backend = lb_take(&lb, 0, head, sizeof head);
    wire_send(client, body, len);
    wire_receive(backend, body, len);
    wire_reset(backend);
    expect_status(client, 502);
    client = ask(&lb, GET);
    lb_answer(&lb, 1); /* the first request that it sees */
    expect_answer(client);
    lb_stop(&lb);
    free(body);
}

static void when_all_die_it_is_a_502(void **state)
{
    struct lb lb;
    char head[1024];
    int client;

    (void)state;
    lb_start_scripted(&lb, 3);
    client = ask(&lb, GET);
    die_with_it(&lb, 0, head, sizeof head, 0);
    die_with_it(&lb, 1, head, sizeof head, 1);
    die_with_it(&lb, 2, head, sizeof head, 0);
    expect_status(client, 502);
    client = ask(&lb, GET); /* that has not taken them down */
    lb_answer(&lb, 0);
    expect_answer(client);
    lb_stop(&lb);
}

/* A backend's own error is an answer like any other. */
static void a_500_is_not_tried_again(void **state)
{
    struct http_response r;
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 2);
    http_get(lb.port, "/status/503", &r);
    assert_int_equal(r.status, 503);
    assert_string_equal(http_field(&r, "X-Backend"), "b1");
    http_response_free(&r);
    lb_expect_order(&lb, "b2 b1");
    lb_stop(&lb);
}

/* ---- dead in the midst of an answer ------------------------------------- */

/* What has come is passed on; then the client sees the cut at once. */
static void a_broken_answer_is_cut_where_it_broke(void **state)
{
    static const char *const begun[] = {
        OK "Content-Length: 10\r\nConnection: close\r\n\r\n",
        OK "Content-Length: 10\r\nConnection: close\r\n\r\n12345",
        OK "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\n12",
    };
    struct lb lb;
    char head[1024];

    (void)state;
    lb_start_scripted(&lb, 2);
    for (size_t i = 0; i < 2 * (sizeof begun / sizeof *begun); i++) {
        int client = ask(&lb, GET), who = (int)i % 2;
        int backend = lb_take(&lb, who, head, sizeof head);

        wire_send_text(backend, begun[i / 2]);
        wire_expect_text(client, begun[i / 2]);
        if (i % 2)
            wire_reset(backend);
        else
            wire_close(backend);
        wire_expect_gone(client);
        wire_close(client);
    }
    lb_expect_statistics(&lb, "\nTotal requests: 6, failed: ");
    lb_stop(&lb);
}

/* A backend killed with many answers on their way: each client gets all, or a
 * cut; the survivors are served. */
static void a_killed_process_takes_only_its_own_answers(void **state)
{
    enum { CLIENTS = 20 };
    struct lb lb;
    int clients[CLIENTS], before;
    char status[16];

    (void)state;
    lb_start_real(&lb, 2);
    before = lb_descriptors(&lb);
    for (int i = 0; i < CLIENTS; i++)
        clients[i] = ask(&lb, "GET /bytes/50000000 HTTP/1.1\r\n"
                              "Host: h\r\n\r\n");
    for (int i = 0; i < CLIENTS; i++) {
        wire_receive(clients[i], status, 15);
        assert_memory_equal(status, "HTTP/1.1 200 OK", 15);
    }
    lb_kill_backend(&lb, 0);
    for (int i = 0; i < CLIENTS; i += 2)
        wire_expect_gone(clients[i]);
    for (int i = 0; i < CLIENTS; i++)
        wire_close(clients[i]);
    lb_expect_order(&lb, "b2 b2 b2");
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_refused_connection_costs_the_client_nothing),
        fixture_test(a_refused_post_goes_to_the_next),
        fixture_test(all_down_is_503_until_one_is_back),
        fixture_test(connecting_has_a_limit),
        fixture_test(what_may_be_repeated_goes_elsewhere),
        fixture_test(a_body_under_way_goes_elsewhere),
        fixture_test(a_long_body_cannot_go_elsewhere),
        fixture_test(when_all_die_it_is_a_502),
        fixture_test(a_500_is_not_tried_again),
        fixture_test(a_broken_answer_is_cut_where_it_broke),
        fixture_test(a_killed_process_takes_only_its_own_answers),
    };

    return fixture_run(LB_NAME ": failing backends", tests);
}
