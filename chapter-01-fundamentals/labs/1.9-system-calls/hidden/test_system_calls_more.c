/* What must be understood, not only found. */
#include "fixture.h"
#include "trace.h"

static void recv_and_send_are_other_calls_below(void **state)
{
    (void)state;
    expect_answer("recv_is", "recvfrom");
    expect_answer("send_is", "sendto");
}

static void the_end_of_a_stream_is_no_error(void **state)
{
    (void)state;
    expect_answer("end_of_stream", "0");
}

static void a_descriptor_is_used_again(void **state)
{
    const struct trace *t = trace_read();
    int client = trace_client(t, 1);

    (void)state;
    expect_answer_number("second_client", t->at[client].returned);
    expect_answer_number("second_costs", trace_cost(t, client));
}

static void a_signal_interrupts_the_sleep(void **state)
{
    const struct trace *t = trace_read();
    int last = trace_sleep(t, trace_client(t, 1));

    (void)state;
    while (t->at[last].returned >= 0) /* there may have been others */
        last = trace_sleep(t, last + 1);
    expect_answer("interrupted", t->at[last].name);
    expect_answer("program_gets", "EINTR");
    expect_answer_number("exit_status",
                         t->at[trace_find(t, last, "exit_group")].first);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(recv_and_send_are_other_calls_below),
        fixture_test(the_end_of_a_stream_is_no_error),
        fixture_test(a_descriptor_is_used_again),
        fixture_test(a_signal_interrupts_the_sleep),
    };

    return fixture_run("system_calls_more", tests);
}
