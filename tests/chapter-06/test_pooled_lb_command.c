/* LB_NAME: -p, -t, and what the statistics say about the pools. (The rest of the
 * command line: test_lb_command.c.) */
#include "fixture.h"
#include "kept.h"
#include "lb_command.h"

static const struct lb_command me = {LB_PROGRAM,
                                     "HOST:PORT or HOST:PORT:WEIGHT"};

/* ---- the command line --------------------------------------------------- */

static const struct lb_command_case wrong[] = {
    {{"8080", "h:1", "-p"}, "missing value after", "-p"},
    {{"8080", "h:1", "-t"}, "missing value after", "-t"},
    {{"8080", "h:1", "-p", "-1"}, "not a number in its range", "-1"},
    {{"8080", "h:1", "-p", "100001"}, "not a number in its range",
     "100001"},
    {{"8080", "h:1", "-p", "1x"}, "not a number in its range", "1x"},
    {{"8080", "h:1", "-p", ""}, "not a number in its range", ""},
    {{"8080", "h:1", "-p", " 1"}, "not a number in its range", " 1"},
    {{"8080", "h:1", "-p", "4294967296"}, "not a number in its range",
     "4294967296"},
    {{"8080", "h:1", "-t", "0"}, "not a number in its range", "0"},
    {{"8080", "h:1", "-t", "-5"}, "not a number in its range", "-5"},
    {{"8080", "h:1", "-t", "86401"}, "not a number in its range", "86401"},
    {{"8080", "h:1", "-t", "0.5"}, "not a number in its range", "0.5"},
    {{"8080", "h:1", "-t", "1s"}, "not a number in its range", "1s"},
    {{"-p8", "8080"}, "expected PORT and backends", NULL},
};

static void says_what_is_wrong_then_the_usage(void **state)
{
    (void)state;
    lb_command_refuses(&me, wrong, sizeof wrong / sizeof *wrong);
}

static void explains_its_options(void **state)
{
    (void)state;
    lb_command_explains_itself(
        &me, "PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n", "apt");
}

static void options_may_stand_anywhere(void **state)
{
    static const char *const lines[][LB_COMMAND_WORDS] = {
        {"-p", "0", "0", "127.0.0.1:1", "-t1"},
        {"0", "-t", "86400", "-p100000", "127.0.0.1:1"},
        {"0", "127.0.0.1:1", "-p", "00064", "-alc"},
    };

    (void)state;
    lb_command_accepts(&me, lines, sizeof lines / sizeof *lines);
}

/* ---- -p ----------------------------------------------------------------- */

static void no_pool_is_a_connection_for_each_request(void **state)
{
    struct lb lb;
    int client, backend;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .scripted = 1,
                                    .options = {"-p", "0"}});
    client = wire_connect(lb.port);
    for (int i = 0; i < 5; i++) { /* the client's stays all the same */
        wire_send_text(client, GET);
        backend = kept_accept(&lb, 0, "GET / HTTP/1.1\r\n");
        wire_send_text(backend, YES);
        wire_expect_text(client, YES);
        wire_expect_end(backend);
        wire_close(backend);
    }
    lb_expect_statistics(&lb, "\nPool: 5 requests, 5 connections, "
                              "reuse 0.00 %, idle 0\n");
    wire_close(client);
    lb_stop(&lb);
}

/* Of three that come back two are kept: the last ones. They are for each
 * backend. */
static void a_pool_keeps_the_newest(void **state)
{
    enum { EACH = 3, ALL = 2 * EACH };
    struct lb lb;
    int client[ALL], backend[ALL];

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .scripted = 2,
                                    .options = {"-p2"}});
    for (int i = 0; i < ALL; i++) {
        client[i] = wire_connect(lb.port);
        wire_send_text(client[i], GET);
        backend[i] = kept_accept(&lb, i % 2, "GET / ");
    }
    for (int i = 0; i < ALL; i++) {
        wire_send_text(backend[i], YES);
        wire_expect_text(client[i], YES);
    }
    wire_expect_end(backend[0]);
    wire_expect_end(backend[1]);
    lb_expect_statistics(&lb, "\nPool: 6 requests, 6 connections, "
                              "reuse 0.00 %, idle 4\n");
    wire_send_text(client[0], GET); /* the newest goes out first */
    kept_take(backend[4], "GET / ");
    wire_send_text(backend[4], YES);
    wire_expect_text(client[0], YES);
    for (int i = 0; i < ALL; i++)
        kept_close(client[i], backend[i]);
    lb_stop(&lb);
}

/* ---- -t ----------------------------------------------------------------- */

/* Not before a second is over, and soon after it. */
static void an_idle_connection_ages(void **state)
{
    struct lb lb;
    int client, backend;
    deadline_t early;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .scripted = 1,
                                    .options = {"-t", "1"}});
    early = deadline_in(0) + 950; /* the program's time is not scaled */
    client = kept_pair(&lb, 0, &backend);
    wire_expect_end(backend);
    assert_int_equal(deadline_left(early), 0);
    wire_close(backend);
    wire_expect_silence(client, 5); /* that is the backends' affair */
    wire_send_text(client, GET);
    backend = kept_accept(&lb, 0, "GET / ");
    wire_send_text(backend, YES);
    wire_expect_text(client, YES);
    kept_close(client, backend);
    lb_stop(&lb);
}

/* ---- statistics --------------------------------------------------------- */

static void the_statistics_tell_of_reuse(void **state)
{
    struct http_response r;
    struct lb lb;
    int client;
    char *output;

    (void)state;
    lb_start_real(&lb, 2);
    lb_expect_statistics(&lb, "\nPool: 0 requests, 0 connections, "
                              "reuse 0.00 %, idle 0\n");
    client = wire_connect(lb.port);
    for (int i = 0; i < 1000; i++) {
        wire_send_text(client, GET);
        http_receive(client, "GET", &r);
        assert_int_equal(r.status, 200);
        http_response_free(&r);
    }
    lb_expect_statistics(&lb, "\nPool: 1000 requests, 2 connections, "
                              "reuse 99.80 %, idle 2\n");
    wire_close(client);
    output = lb_stop_output(&lb);
    assert_non_null(strstr(output, "\nPool: 1000 requests, 2 connections, "));
    free(output);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(says_what_is_wrong_then_the_usage),
        fixture_test(explains_its_options),
        fixture_test(options_may_stand_anywhere),
        fixture_test(no_pool_is_a_connection_for_each_request),
        fixture_test(a_pool_keeps_the_newest),
        fixture_test(an_idle_connection_ages),
        fixture_test(the_statistics_tell_of_reuse),
    };

    return fixture_run(LB_NAME ": its pools", tests);
}
