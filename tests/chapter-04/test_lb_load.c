/* LB_NAME: hundreds of clients at once, fast ones and slow ones, while a
 * backend is killed and comes back: nobody gets an error. */
#include "deadline.h"
#include "descriptors.h"
#include "fixture.h"
#include "lb_fixture.h"
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- clients of one poll loop ------------------------------------------- */

static const char request[] =
    "GET /bytes/1000 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
#define BODY 1000

/* One client: request after request, each on a connection of its own. A slow
 * one sends one byte at a time. Its descriptor is -1 when it is done. */
struct client {
    int fd;
    int slow;
    deadline_t next; /* when a slow one sends again */
    size_t sent, got;
    char answer[2048];
};

struct crowd {
    struct lb *lb;
    struct client *clients;
    int count;
    int stopping; /* no new requests */
    int done;     /* answers that were right */
    int slow_done;
    uint32_t seed;
};

/* Slow ones take 20 to 50 ms for a byte. */
static void set_pace(struct crowd *crowd, struct client *c)
{
    c->next = deadline_in(0) + 20 + (int)(random_next(&crowd->seed) % 31);
}

static void begin(struct crowd *crowd, struct client *c)
{
    c->fd = wire_connect(crowd->lb->port);
    c->sent = c->got = 0;
    set_pace(crowd, c);
}

/* The whole answer is there: it must be the right one. */
static void check_answer(const struct client *c)
{
    const char *body;

    body = strstr(c->answer, "\r\n\r\n");
    if (strncmp(c->answer, "HTTP/1.1 200 OK\r\n", 17) != 0 || body == NULL ||
        c->got - (size_t)(body + 4 - c->answer) != BODY)
        fail_msg("%s client: after %zu bytes sent: wrong answer, %zu bytes: %s",
                 c->slow ? "slow" : "fast", c->sent, c->got, c->answer);
    for (int i = 0; i < BODY; i++)
        assert_int_equal(body[4 + i], 'a' + i % 26);
}

static void finish(struct crowd *crowd, struct client *c)
{
    c->answer[c->got] = '\0';
    check_answer(c);
    crowd->done++;
    crowd->slow_done += c->slow;
    wire_close(c->fd);
    c->fd = -1;
    if (!crowd->stopping)
        begin(crowd, c);
}

static void send_some(struct crowd *crowd, struct client *c)
{
    size_t left = sizeof request - 1 - c->sent;

    if (left == 0 || (c->slow && deadline_left(c->next) > 0))
        return;
    c->sent += wire_send_some(c->fd, request + c->sent, c->slow ? 1 : left);
    set_pace(crowd, c);
}

/* Receives what is there; the end of the stream ends the exchange. */
static void receive_some(struct crowd *crowd, struct client *c)
{
    ssize_t n = recv(c->fd, c->answer + c->got, sizeof c->answer - 1 - c->got,
                     0);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0)
        fail_msg("%s client: %s after %zu bytes sent, %zu received",
                 c->slow ? "slow" : "fast", strerror(errno), c->sent, c->got);
    c->got += (size_t)n;
    if (n == 0)
        finish(crowd, c);
}

static int are_left(const struct crowd *crowd)
{
    for (int i = 0; i < crowd->count; i++)
        if (crowd->clients[i].fd >= 0)
            return 1;
    return 0;
}

/* One turn for all of them; also reads what the programs print. */
static void turn(struct crowd *crowd)
{
    static struct pollfd on[512];

    for (int i = 0; i < crowd->count; i++) {
        on[i].fd = crowd->clients[i].fd;
        on[i].events = POLLIN;
    }
    poll(on, (nfds_t)crowd->count, 5);
    for (int i = 0; i < crowd->count; i++) {
        struct client *c = &crowd->clients[i];

        if (c->fd >= 0 && on[i].revents != 0)
            receive_some(crowd, c);
        if (c->fd >= 0)
            send_some(crowd, c);
    }
    program_output(crowd->lb->program);
}

static void run_for(struct crowd *crowd, int ms)
{
    deadline_t deadline = deadline_in(ms);

    while (deadline_left(deadline) > 0)
        turn(crowd);
}

static void start_crowd(struct crowd *crowd, struct lb *lb, int slow, int fast)
{
    memset(crowd, 0, sizeof *crowd);
    crowd->lb = lb;
    crowd->seed = random_seed();
    crowd->count = slow + fast;
    crowd->clients = calloc((size_t)crowd->count, sizeof *crowd->clients);
    assert_non_null(crowd->clients);
    for (int i = 0; i < crowd->count; i++) {
        crowd->clients[i].slow = i < slow;
        begin(crowd, &crowd->clients[i]);
    }
}

static void end_crowd(struct crowd *crowd)
{
    deadline_t deadline = deadline_in(20000);

    crowd->stopping = 1;
    while (are_left(crowd)) {
        assert_true(deadline_left(deadline) > 0);
        turn(crowd);
    }
    free(crowd->clients);
}

/* ---- the tests ---------------------------------------------------------- */

static void slow_ones_do_not_hold_up_fast_ones(void **state)
{
    struct crowd crowd;
    struct lb lb;
    int before;

    (void)state;
    lb_start_real(&lb, 3);
    before = lb_descriptors(&lb);
    start_crowd(&crowd, &lb, 200, 8);
    run_for(&crowd, 1000);
    assert_true(crowd.done - crowd.slow_done > 8 * 10);
    end_crowd(&crowd);
    assert_true(crowd.slow_done >= 200);
    lb_expect_statistics(&lb, "failed: 0\n");
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
}

static void nobody_notices_that_a_backend_died_and_came_back(void **state)
{
    struct crowd crowd;
    char line[64];
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 3);
    start_crowd(&crowd, &lb, 200, 8);
    run_for(&crowd, 700);
    lb_kill_backend(&lb, 1);
    snprintf(line, sizeof line, "127.0.0.1:%d marked UNHEALTHY",
             lb.backend_port[1]);
    while (strstr(program_output(lb.program), line) == NULL)
        run_for(&crowd, 100);
    lb_restart_backend(&lb, 1);
    snprintf(line, sizeof line, "127.0.0.1:%d marked HEALTHY",
             lb.backend_port[1]);
    while (strstr(program_output(lb.program), line) == NULL)
        run_for(&crowd, 100);
    run_for(&crowd, 300);
    end_crowd(&crowd);
    assert_true(crowd.slow_done >= 400);
    lb_stop(&lb);
}

/* ---- wrk ---------------------------------------------------------------- */

static int have_wrk(void)
{
    const char *argv[] = {"/bin/sh", "-c", "command -v wrk", NULL};
    struct run r = program_run(argv, NULL, 0);
    int have = r.status == 0;

    run_free(&r);
    return have;
}

/* It prints a line about errors only if there were some. */
static void wrk_sees_no_error(void **state)
{
    char command[128], *output;
    struct program *wrk;
    struct lb lb;

    (void)state;
    if (!have_wrk()) {
        print_message("wrk is not installed: not measured\n");
        skip();
    }
    lb_start_real(&lb, 3);
    snprintf(command, sizeof command,
             "exec wrk -c 200 -t 1 -d 3 http://127.0.0.1:%d/", lb.port);
    wrk = program_spawn(
        (const char *const[]){"/bin/sh", "-c", command, NULL});
    lb_expect_statistics(&lb, "peak 2"); /* 200 and some */
    lb_kill_backend(&lb, 2);
    program_expect(lb.program, "marked UNHEALTHY");
    lb_restart_backend(&lb, 2);
    assert_int_equal(program_wait_output(wrk, &output), 0);
    if (strstr(output, "Socket errors") != NULL ||
        strstr(output, "Non-2xx") != NULL ||
        strstr(output, "Requests/sec") == NULL)
        fail_msg("wrk says:\n%s", output);
    print_message("%s", output);
    free(output);
    lb_stop(&lb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(slow_ones_do_not_hold_up_fast_ones),
        fixture_test(nobody_notices_that_a_backend_died_and_came_back),
        fixture_test(wrk_sees_no_error),
    };

    return fixture_run(LB_NAME ": load", tests);
}
