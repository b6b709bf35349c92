/* LB_NAME: 500 clients at once, each on a connection that stays, each with a
 * payload that nobody else has: whatever happens around them, every answer is the
 * right client's. */
#include "fixture.h"
#include "kept.h"

#include <errno.h>
#include <sys/socket.h>

#define CLIENTS  500
#define REQUESTS 8

/* A client of one poll loop. It sends its next request when the last has been
 * answered, or, if it is impatient, several at once. */
struct client {
    int fd;
    int sent, answered;
    size_t got;
    char answer[4096];
};

static struct client clients[CLIENTS];
static struct pollfd on[CLIENTS];

/* Its body says whose it is; no two are of one length. */
static int payload(char *out, size_t size, int who, int which)
{
    int n = snprintf(out, size, "<client %d, request %d>", who, which);

    for (int i = 0; i < (who * 7 + which * 31) % 900; i++)
        out[n++] = (char)('a' + (who + which + i) % 26);
    out[n] = '\0';
    return n;
}

static void send_next(struct client *c, int who)
{
    char body[1100], request[1400];
    int len = payload(body, sizeof body, who, c->sent);
    const char *method = c->sent % 3 ? "PUT" : "GET";
    int n = c->sent % 2
                ? snprintf(request, sizeof request,
                           "%s /echo " HOST "Transfer-Encoding: chunked\r\n"
                           "\r\n%x\r\n%s\r\n0\r\n\r\n", method, len, body)
                : snprintf(request, sizeof request,
                           "%s /echo " HOST "Content-Length: %d\r\n\r\n%s",
                           method, len, body);

    wire_send(c->fd, request, (size_t)n);
    c->sent++;
}

static void begin(int who, int port, int at_once)
{
    struct client *c = &clients[who];

    memset(c, 0, sizeof *c);
    c->fd = wire_connect(port);
    for (int i = 0; i < at_once; i++)
        send_next(c, who);
}

/* The length of the answer at the beginning of what has come, or 0. */
static size_t whole_answer(struct client *c, int who)
{
    const char *length, *head_end = strstr(c->answer, "\r\n\r\n");
    size_t all;

    if (head_end == NULL)
        return 0;
    length = strstr(c->answer, "Content-Length: ");
    if (strncmp(c->answer, OK, sizeof OK - 1) != 0 || length == NULL)
        failure("client %d: wrong answer:\n%s", who, c->answer);
    all = (size_t)(head_end + 4 - c->answer) + strtoul(length + 16, NULL, 10);
    return all <= c->got ? all : 0;
}

/* It is the echo of what this client has sent. */
static void check(const struct client *c, int who, size_t len)
{
    char body[1100];
    size_t n = (size_t)payload(body, sizeof body, who, c->answered);

    if (n > len || memcmp(c->answer + len - n, body, n) != 0)
        failure("client %d: expected the echo of %s, received\n%s", who, body,
                c->answer);
}

static void take_answers(struct client *c, int who)
{
    size_t len;

    while ((len = whole_answer(c, who)) > 0) {
        check(c, who, len);
        c->answered++;
        c->got -= len;
        memmove(c->answer, c->answer + len, c->got + 1);
        if (c->sent < REQUESTS)
            send_next(c, who);
    }
}

static void receive_some(struct client *c, int who)
{
    ssize_t n = recv(c->fd, c->answer + c->got, sizeof c->answer - 1 - c->got,
                     0);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0)
        failure("client %d: %s after %d answers", who,
                n < 0 ? strerror(errno) : "the end", c->answered);
    c->got += (size_t)n;
    c->answer[c->got] = '\0';
    take_answers(c, who);
}

/* One turn for all of them; also reads what the program prints. */
static int turn(struct lb *lb)
{
    int left = 0;

    for (int i = 0; i < CLIENTS; i++)
        on[i] = (struct pollfd){clients[i].fd, POLLIN, 0};
    poll(on, CLIENTS, 100);
    for (int i = 0; i < CLIENTS; i++) {
        if (on[i].revents != 0)
            receive_some(&clients[i], i);
        left += clients[i].answered < REQUESTS;
    }
    program_output(lb->program);
    return left;
}

static void serve_all(struct lb *lb, int at_once)
{
    deadline_t deadline = deadline_in(60000);

    for (int i = 0; i < CLIENTS; i++)
        begin(i, lb->port, at_once);
    while (turn(lb) > 0)
        assert_true(deadline_left(deadline) > 0);
}

static void leave(void)
{
    for (int i = 0; i < CLIENTS; i++)
        wire_close(clients[i].fd);
}

/* ---- the tests ---------------------------------------------------------- */

static void every_client_gets_its_own_answers(void **state)
{
    struct lb lb;
    int before;

    (void)state;
    lb_start_real(&lb, 3);
    before = lb_descriptors(&lb);
    serve_all(&lb, 1);
    lb_expect_descriptors(&lb, before + CLIENTS);
    lb_expect_statistics(&lb, "\nTotal requests: 4000, failed: 0\n");
    lb_expect_statistics(&lb, "\nConnections: active 500, ");
    leave();
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
}

static void also_if_they_do_not_wait_for_them(void **state)
{
    struct lb lb;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 3,
                                    .options = {"-a", "lc", "-p", "5"}});
    serve_all(&lb, REQUESTS);
    lb_expect_statistics(&lb, "\nTotal requests: 4000, failed: 0\n");
    leave();
    lb_stop(&lb);
}

/* A backend goes and comes back, with hundreds of its connections in use and
 * idle. (All that the clients ask may be asked twice.) */
static void also_while_a_backend_dies_and_comes_back(void **state)
{
    deadline_t deadline = deadline_in(60000);
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 3);
    for (int i = 0; i < CLIENTS; i++)
        begin(i, lb.port, 1);
    for (int i = 0; i < 3; i++)
        turn(&lb);
    lb_kill_backend(&lb, 1);
    for (int i = 0; i < 3; i++)
        turn(&lb);
    lb_restart_backend(&lb, 1);
    while (turn(&lb) > 0)
        assert_true(deadline_left(deadline) > 0);
    leave();
    lb_expect_statistics(&lb, "\nConnections: active 0, ");
    lb_stop(&lb);
}

/* An idle client holds no buffer: 500 that have been served one after the other
 * are less than the buffers of 50 sessions. */
static void idle_clients_cost_little(void **state)
{
    struct http_response r;
    struct lb lb;
    long before = 0;

    (void)state;
    lb_start_real(&lb, 1);
    for (int i = 0; i < CLIENTS; i++) {
        if (i == 50)
            before = program_memory_kib(lb.program);
        clients[i].fd = wire_connect(lb.port);
        wire_send_text(clients[i].fd, GET);
        http_receive(clients[i].fd, "GET", &r);
        http_response_free(&r);
    }
    assert_true(program_memory_kib(lb.program) - before < 2048);
    lb_expect_statistics(&lb, "\nConnections: active 500, ");
    leave();
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(every_client_gets_its_own_answers),
        fixture_test(also_if_they_do_not_wait_for_them),
        fixture_test(also_while_a_backend_dies_and_comes_back),
        fixture_test(idle_clients_cost_little),
    };

    return fixture_run(LB_NAME ": many clients that stay", tests);
}
