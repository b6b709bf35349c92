/* rate_limited_lb: the command line, and the limit as clients see it. */
#include "fixture.h"

#include "deadline.h"
#include "http_client.h"
#include "lb_command.h"
#include "lb_fixture.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct lb_command me = {LB_PROGRAM,
                                     "HOST:PORT or HOST:PORT:WEIGHT"};

/* ---- the command line ------------------------------------------------------ */

#define NO_RATE "not a number of requests per second (at most 1000000)"
#define NO_NUMBER "not a number in its range"
#define NO_ALGORITHM "neither token_bucket nor sliding_window"
#define TOO_SLOW "so slow that the burst takes more than a week"

static const struct lb_command_case wrong[] = {
    {{"8080", "h:1", "-r"}, "missing value after", "-r"},
    {{"8080", "h:1", "-r", ""}, NO_RATE, ""},
    {{"8080", "h:1", "-r", "0"}, NO_RATE, "0"},
    {{"8080", "h:1", "-r", "0.0"}, NO_RATE, "0.0"},
    {{"8080", "h:1", "-r", "-1"}, NO_RATE, "-1"},
    {{"8080", "h:1", "-r", "+1"}, NO_RATE, "+1"},
    {{"8080", "h:1", "-r", "."}, NO_RATE, "."},
    {{"8080", "h:1", "-r", "1."}, NO_RATE, "1."},
    {{"8080", "h:1", "-r", ".5"}, NO_RATE, ".5"},
    {{"8080", "h:1", "-r", "1.2.3"}, NO_RATE, "1.2.3"},
    {{"8080", "h:1", "-r", "1e3"}, NO_RATE, "1e3"},
    {{"8080", "h:1", "-r", "0x10"}, NO_RATE, "0x10"},
    {{"8080", "h:1", "-r", "10/s"}, NO_RATE, "10/s"},
    {{"8080", "h:1", "-r", " 1"}, NO_RATE, " 1"},
    {{"8080", "h:1", "-r", "inf"}, NO_RATE, "inf"},
    {{"8080", "h:1", "-r", "nan"}, NO_RATE, "nan"},
    {{"8080", "h:1", "-r", "1000000.1"}, NO_RATE, "1000000.1"},
    {{"8080", "h:1", "-r", "9999999999999999999"}, NO_RATE,
     "9999999999999999999"},
    {{"8080", "h:1", "-r", "0.000001"}, TOO_SLOW, "0.000001"},
    {{"8080", "h:1", "-r", "0.00000000000000000000000000001"}, TOO_SLOW,
     "0.00000000000000000000000000001"},
    {{"8080", "h:1", "-r", "1", "-b", "700000"}, TOO_SLOW, "700000"},
    {{"8080", "h:1", "-b", "700000", "-r", "1"}, TOO_SLOW, "1"},
    {{"8080", "h:1", "-b"}, "missing value after", "-b"},
    {{"8080", "h:1", "-b", "0"}, NO_NUMBER, "0"},
    {{"8080", "h:1", "-b", "-1"}, NO_NUMBER, "-1"},
    {{"8080", "h:1", "-b", "1.5"}, NO_NUMBER, "1.5"},
    {{"8080", "h:1", "-b", "1000001"}, NO_NUMBER, "1000001"},
    {{"8080", "h:1", "-b", "4294967297"}, NO_NUMBER, "4294967297"},
    {{"8080", "h:1", "-l"}, "missing value after", "-l"},
    {{"8080", "h:1", "-l", "leaky_bucket"}, NO_ALGORITHM, "leaky_bucket"},
    {{"8080", "h:1", "-l", ""}, NO_ALGORITHM, ""},
};

static void says_what_is_wrong_then_the_usage(void **state)
{
    (void)state;
    lb_command_refuses(&me, wrong, sizeof wrong / sizeof *wrong);
}

static void takes_its_options_anywhere(void **state)
{
    static const char *const lines[][LB_COMMAND_WORDS] = {
        {"-r", "10", "0", "127.0.0.1:1"},
        {"0", "127.0.0.1:1", "-r0.5", "-b1000"},
        {"0", "-l", "sliding_window", "127.0.0.1:1", "-r3.25"},
        {"0", "127.0.0.1:1", "-l", "token_bucket", "-b", "5"},
        {"0", "127.0.0.1:1", "-r", "1000000", "-b", "1000000"},
        {"0", "127.0.0.1:1", "-r", "0.0001", "-lsliding_window"},
    };

    (void)state;
    lb_command_accepts(&me, lines, sizeof lines / sizeof *lines);
}

static void explains_itself(void **state)
{
    (void)state;
    lb_command_explains_itself(
        &me, "PORT HOST:PORT[:WEIGHT]... [-a ALGORITHM]\n", "aptrbl");
}

/* ---- the limit -------------------------------------------------------------- */

/* A request on a connection of its own, from an address of its own; its status,
 * and what Retry-After says (-1: nothing). */
static int ask(const struct lb *lb, const char *from, int *retry_after)
{
    struct http_response r;
    const char *value;
    int client = from != NULL ? wire_connect_from(from, lb->port)
                              : wire_connect(lb->port);

    wire_send_text(client, "GET / HTTP/1.1\r\nHost: h\r\n"
                           "Connection: close\r\n\r\n");
    http_receive(client, "GET", &r);
    value = http_field(&r, "Retry-After");
    *retry_after = value != NULL ? atoi(value) : -1;
    wire_close(client);
    http_response_free(&r);
    return r.status;
}

static const char *const algorithms[] = {"token_bucket", "sliding_window"};

/* So slow that the test is over before another one may pass. */
static void a_burst_passes_then_429(void **state)
{
    (void)state;
    for (int a = 0; a < 2; a++) {
        struct lb lb;
        int retry_after;

        lb_start(&lb, &(struct lb_plan){
                          .program = LB_PROGRAM, .real = 1,
                          .options = {"-r", "0.001", "-b", "5", "-l",
                                      algorithms[a]}});
        for (int i = 0; i < 8; i++) {
            assert_int_equal(ask(&lb, NULL, &retry_after), i < 5 ? 200 : 429);
            if (i < 5)
                assert_int_equal(retry_after, -1);
            else
                assert_in_range(retry_after, 900, 7000);
        }
        lb_expect_statistics(&lb, "3 requests refused\n");
        lb_expect_statistics(&lb, "Total requests: 5, failed: 0\n");
        assert_non_null(strstr(program_output(lb.program),
                               "127.0.0.1: 429: too many requests\n"));
        lb_stop(&lb);
    }
}

/* Who waits as long as he was told gets in: the first time, each time. */
static void who_waits_as_told_gets_in(void **state)
{
    (void)state;
    for (int a = 0; a < 2; a++) {
        struct lb lb;
        int retry_after;

        lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 1,
                                        .options = {"-r", "1", "-b", "2", "-l",
                                                    algorithms[a]}});
        for (int round = 0; round < 2; round++) {
            deadline_t over;

            for (int i = 0; ask(&lb, NULL, &retry_after) == 200; i++)
                assert_true(i < 1000);
            assert_in_range(retry_after, 1, 3);
            over = deadline_in(1);
            over += retry_after * 1000; /* real seconds: it has promised those */
            while (deadline_left(over) > 0)
                deadline_pause(over);
            assert_int_equal(ask(&lb, NULL, &retry_after), 200);
        }
        lb_stop(&lb);
    }
}

#ifdef __linux__ /* all of 127.0.0.0/8 is there */
static void others_do_not_notice(void **state)
{
    struct lb lb;
    int retry_after;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 1,
                                    .options = {"-r", "0.001", "-b", "2"}});
    for (int i = 0; i < 5; i++)
        assert_int_equal(ask(&lb, "127.0.0.2", &retry_after),
                         i < 2 ? 200 : 429);
    for (int i = 0; i < 5; i++)
        assert_int_equal(ask(&lb, "127.0.0.3", &retry_after),
                         i < 2 ? 200 : 429);
    assert_int_equal(ask(&lb, "127.0.0.4", &retry_after), 200);
    lb_stop(&lb);
}
#endif

/* One connection is no way around it. */
static void requests_count_not_connections(void **state)
{
    struct lb lb;
    struct http_response r;
    int client;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 1,
                                    .options = {"-r", "0.001", "-b", "3"}});
    client = wire_connect(lb.port);
    for (int i = 0; i < 4; i++) {
        wire_send_text(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        http_receive(client, "GET", &r);
        assert_int_equal(r.status, i < 3 ? 200 : 429);
        assert_int_equal(r.closes, i == 3);
        http_response_free(&r);
    }
    wire_expect_end(client);
    wire_close(client);
    lb_stop(&lb);
}

static void without_a_rate_there_is_no_limit(void **state)
{
    struct lb lb;
    char *output;

    (void)state;
    lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 1,
                                    .options = {"-b", "1", "-l",
                                                "sliding_window"}});
    for (int i = 0; i < 30; i++) {
        int retry_after;

        assert_int_equal(ask(&lb, NULL, &retry_after), 200);
    }
    output = lb_stop_output(&lb);
    assert_null(strstr(output, "Rate limit"));
    free(output);
}

/* The default burst is what a second brings, and at least one request. */
static void the_statistics_say_what_the_limit_is(void **state)
{
    static const struct {
        const char *rate, *says;
    } cases[] = {
        {"0.5", "Rate limit: 0.5/s, burst 1, token bucket: 0 requests refused\n"},
        {"20", "Rate limit: 20/s, burst 20, token bucket: 0 requests refused\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct lb lb;

        lb_start(&lb, &(struct lb_plan){.program = LB_PROGRAM, .real = 1,
                                        .options = {"-r", cases[i].rate}});
        lb_expect_statistics(&lb, cases[i].says);
        lb_stop(&lb);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(says_what_is_wrong_then_the_usage),
        fixture_test(takes_its_options_anywhere),
        fixture_test(explains_itself),
        fixture_test(a_burst_passes_then_429),
        fixture_test(who_waits_as_told_gets_in),
#ifdef __linux__
        fixture_test(others_do_not_notice),
#endif
        fixture_test(requests_count_not_connections),
        fixture_test(without_a_rate_there_is_no_limit),
        fixture_test(the_statistics_say_what_the_limit_is),
    };

    return fixture_run(LB_NAME, tests);
}
