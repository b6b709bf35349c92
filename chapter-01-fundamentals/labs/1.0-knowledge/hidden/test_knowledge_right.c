/* The answers. Where the course has code that knows, that code is asked. */
#include "answers.h"
#include "fixture.h"

static void a_port_without_htons(void **state)
{
    (void)state;
    /* whatever this machine's own order is */
    expect_answer_number("unswapped_port", (8080 & 0xff) << 8 | 8080 >> 8);
}

static void a_stream_has_no_messages(void **state)
{
    (void)state;
    expect_answer_number("calls_at_least", (5000 + 1023) / 1024);
    expect_answer_number("calls_at_most", 5000);
}

static void a_short_send_goes_on(void **state)
{
    (void)state;
    expect_answer_number("still_to_send", 10 - 4);
    expect_answer_number("from_offset", 4);
}

static void the_lowest_number_is_next(void **state)
{
    (void)state;
    expect_answer_number("next_descriptor", 1);
}

static void a_status_above_128_is_a_signal(void **state)
{
    (void)state;
    expect_answer("killed_by", "SIGPIPE|PIPE|13");
}

static void the_backlog_and_one_more(void **state)
{
    (void)state;
    expect_answer_number("waiting", 11);
}

static void an_ipv4_client_of_an_ipv6_socket(void **state)
{
    (void)state;
    expect_answer("ipv4_client", "::ffff:127.0.0.1|::ffff:7f00:1");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(a_port_without_htons),
        fixture_test(a_stream_has_no_messages),
        fixture_test(a_short_send_goes_on),
        fixture_test(the_lowest_number_is_next),
        fixture_test(a_status_above_128_is_a_signal),
        fixture_test(the_backlog_and_one_more),
        fixture_test(an_ipv4_client_of_an_ipv6_socket),
    };

    return fixture_run("knowledge_right", tests);
}
