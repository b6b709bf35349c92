/* advanced_lb: at its limits: 256 clients, descriptors that select() cannot watch.
 * Nothing is overrun, nothing spins, and afterwards all is as before. (A lack of
 * descriptors is in test_lb_descriptors.c.) */
#include "clock.h"
#include "deadline.h"
#include "fixture.h"
#include "http_client.h"
#include "lb_fixture.h"
#include "wire.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <unistd.h>

#define MAX_CLIENTS 256

static char own_path[4096]; /* of this suite */

/* ---- many clients ------------------------------------------------------- */

/* The 257th is connected, by the kernel, and waits; it is served when one of
 * the others leaves. (They have begun to ask: nobody is idle.) */
static void one_more_than_256_waits_its_turn(void **state)
{
    static int clients[MAX_CLIENTS];
    struct lb lb;
    int before, late;

    (void)state;
    lb_start_real(&lb, 1);
    before = program_descriptors(lb.program);
    for (int i = 0; i < MAX_CLIENTS; i++) {
        clients[i] = wire_connect(lb.port);
        wire_send_text(clients[i], "GET");
    }
    lb_expect_statistics(&lb, "Connections: active 256, max 256, peak 256\n");
    late = wire_connect(lb.port);
    wire_send_text(late, LB_GET);
    lb_expect_idle(&lb, 200); /* although the listener is ready all the time */
    wire_expect_silence(late, 0);
    wire_send_text(clients[100], &LB_GET[3]);
    lb_expect_hello(clients[100]);
    lb_expect_hello(late);
    for (int i = 0; i < MAX_CLIENTS; i++)
        if (i != 100)
            wire_close(clients[i]);
    lb_expect_descriptors(&lb, before);
    lb_expect_statistics(&lb, "Connections: active 0, max 256, peak 256\n");
    lb_stop(&lb);
}

/* 256 that say nothing cannot lock out one that asks: when the first of them
 * has been silent for a second, it makes room, long before its time is up. */
static void silent_clients_lock_nobody_out(void **state)
{
    static int clients[MAX_CLIENTS];
    struct lb lb;
    int before, late;
    uint64_t began;

    (void)state;
    lb_start_real(&lb, 1);
    before = program_descriptors(lb.program);
    for (int i = 0; i < MAX_CLIENTS; i++)
        clients[i] = wire_connect(lb.port);
    lb_expect_statistics(&lb, "Connections: active 256, max 256, peak 256\n");
    began = clock_now_ms();
    late = wire_connect(lb.port);
    wire_send_text(late, LB_GET);
    lb_expect_hello(late);
    /* About 1,100 ms are usual; 10,000 would be the time of a head. */
    assert_in_range(clock_now_ms() - began, 0, 8000);
    wire_expect_end(clients[0]);
    lb_expect_statistics(&lb, "Connections: active 255, max 256, peak 256\n");
    wire_send_text(clients[MAX_CLIENTS - 1], LB_GET); /* the others have stayed */
    lb_expect_hello(clients[MAX_CLIENTS - 1]);
    for (int i = 0; i < MAX_CLIENTS - 1; i++)
        wire_close(clients[i]);
    lb_expect_descriptors(&lb, before);
    lb_stop(&lb);
}

/* A batch of new clients that crosses the limit is cut there: what waits in the
 * queue while the program is stopped comes to it at once. */
static void a_batch_is_cut_at_the_limit(void **state)
{
    enum { CLIENTS = MAX_CLIENTS + 20, AT_ONCE = 30 };
    static int clients[CLIENTS];
    struct lb lb;

    (void)state;
    lb_start_real(&lb, 1);
    for (int i = 0; i < CLIENTS - AT_ONCE; i++)
        clients[i] = wire_connect(lb.port);
    lb_expect_statistics(&lb, "Connections: active 246, ");
    program_freeze(lb.program);
    for (int i = CLIENTS - AT_ONCE; i < CLIENTS; i++)
        clients[i] = wire_connect(lb.port);
    program_signal(lb.program, SIGCONT);
    lb_expect_statistics(&lb, "Connections: active 256, ");
    for (int i = 0; i < CLIENTS; i++)
        wire_close(clients[i]);
    lb_expect_statistics(&lb, "active 0, max 256, peak 256\n");
    lb_stop(&lb);
}

/* All at once, each with a request: all are answered. */
static void two_times_256_requests_at_once(void **state)
{
    enum { CLIENTS = 2 * MAX_CLIENTS };
    static int clients[CLIENTS];
    struct lb lb;
    char text[64];

    (void)state;
    lb_start_real(&lb, 1);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = wire_connect(lb.port);
        wire_send_text(clients[i], LB_GET);
    }
    for (int i = 0; i < CLIENTS; i++)
        lb_expect_hello(clients[i]);
    snprintf(text, sizeof text, "\nTotal requests: %d, failed: 0\n", CLIENTS);
    lb_expect_statistics(&lb, text);
    lb_stop(&lb);
}

/* ---- descriptors that select() cannot watch ----------------------------- */

/* In a process of its own (see main()): opens the descriptors from 3 to `last`,
 * to be inherited, and becomes the program. */
static int become_with_descriptors(int last, char *argv[])
{
    struct rlimit limit;
    int fd;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = FD_SETSIZE + 256;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd < last);
    if (fd > last)
        close(fd);
    if (fd < last) {
        perror("descriptors");
        return 1;
    }
    execv(argv[0], argv);
    perror(argv[0]);
    return 1;
}

static void start_with_descriptors(struct lb *lb, int last)
{
    char text[16];

    snprintf(text, sizeof text, "%d", last);
    lb_start(lb, &(struct lb_plan){
                     .program = LB_PROGRAM, .real = 1,
                     .launcher = {own_path, "--with-descriptors", text}});
}

/* A pipe, the listener and nothing else is left below FD_SETSIZE: each client
 * gets a number beyond. With FD_SET() that would be written behind the set. */
static void numbers_beyond_fd_setsize_are_refused(void **state)
{
    struct lb lb;
    int before;

    (void)state;
    start_with_descriptors(&lb, FD_SETSIZE - 4);
    before = program_descriptors(lb.program);
    for (int i = 0; i < 20; i++) {
        int client = wire_connect(lb.port);

        if (i % 2)
            wire_send_text(client, LB_GET);
        wire_expect_gone(client);
        wire_close(client);
    }
    lb_expect_descriptors(&lb, before);
    lb_expect_idle(&lb, 200);
    lb_stop(&lb);
}

/* Room for three more: one exchange at a time, and the backend is not to blame
 * when a second one finds none. */
static void the_last_numbers_are_used(void **state)
{
    struct http_response r;
    struct lb lb;
    int slow, second;

    (void)state;
    start_with_descriptors(&lb, FD_SETSIZE - 7);
    lb_expect_order(&lb, "b1 b1 b1");
    slow = wire_connect(lb.port);
    lb_expect_statistics(&lb, "active 1,");
    wire_send_text(slow, "GET /delay/300 HTTP/1.1\r\nHost: h\r\n\r\n");
    lb_expect_statistics(&lb, "Active: 1,");
    second = wire_connect(lb.port);
    wire_send_text(second, LB_GET);
    wire_expect_gone(second);
    wire_close(second);
    http_receive(slow, "GET", &r);
    assert_int_equal(r.status, 200);
    http_response_free(&r);
    wire_expect_end(slow); /* its numbers are free again */
    wire_close(slow);
    lb_expect_order(&lb, "b1 b1 b1");
    lb_stop(&lb);
}

/* A listener that could not be watched would be a program that is there and
 * serves nobody. */
static void it_does_not_start_where_it_could_not_listen(void **state)
{
    char program[4096], last[16];

    (void)state;
    snprintf(program, sizeof program, "%s/%s", PROGRAMS, LB_PROGRAM);
    for (int i = 1; i <= 3; i++) {
        const char *argv[] = {own_path, "--with-descriptors", last, program,
                              "0", "127.0.0.1:1", NULL};
        struct run r;

        snprintf(last, sizeof last, "%d", FD_SETSIZE - i);
        r = program_run(argv, NULL, 0);
        assert_int_equal(r.status, 1);
        assert_string_equal(r.out, "");
        assert_string_equal(r.err, LB_NAME ": start: Too many open files\n");
        run_free(&r);
    }
}

/* argv[0] as a path that is good from anywhere: 0, or -1. */
static int find_own_path(const char *name)
{
    size_t len = 0;

    if (name[0] != '/') {
        if (getcwd(own_path, sizeof own_path - 1) == NULL)
            return -1;
        len = strlen(own_path);
        own_path[len++] = '/';
    }
    return (size_t)snprintf(own_path + len, sizeof own_path - len, "%s",
                            name) < sizeof own_path - len
               ? 0
               : -1;
}

int main(int argc, char *argv[])
{
    static const struct CMUnitTest tests[] = {
        fixture_test(one_more_than_256_waits_its_turn),
        fixture_test(silent_clients_lock_nobody_out),
        fixture_test(a_batch_is_cut_at_the_limit),
        fixture_test(two_times_256_requests_at_once),
        fixture_test(numbers_beyond_fd_setsize_are_refused),
        fixture_test(the_last_numbers_are_used),
        fixture_test(it_does_not_start_where_it_could_not_listen),
    };

    if (argc > 3 && strcmp(argv[1], "--with-descriptors") == 0)
        return become_with_descriptors((int)strtol(argv[2], NULL, 10),
                                       argv + 3);
    if (find_own_path(argv[0]) != 0) {
        perror(argv[0]);
        return 1;
    }
    return fixture_run(LB_NAME ": limits", tests);
}
