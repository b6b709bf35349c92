/* The answers, against the student's own trace. */
#include "fixture.h"
#include "trace.h"

static void the_trace_has_two_clients_and_an_end(void **state)
{
    const struct trace *t = trace_read();

    (void)state;
    trace_cost(t, trace_client(t, 0));
    trace_cost(t, trace_client(t, 1));
    trace_find(t, trace_client(t, 1), "exit_group");
}

static void the_listener_is_made_in_this_order(void **state)
{
    const struct trace *t = trace_read();

    (void)state;
    expect_answer("opening", "socket setsockopt bind listen accept");
    expect_answer_number("listener",
                         t->at[trace_find(t, 0, "socket")].returned);
    expect_answer_number("backlog", t->at[trace_find(t, 0, "listen")].second);
}

static void without_a_client_accept_does_not_sleep(void **state)
{
    const struct trace *t = trace_read();
    int accept = trace_find(t, 0, "accept");

    (void)state;
    expect_answer("first_accept", t->at[accept].error);
    expect_answer("sleeps_in", t->at[trace_sleep(t, accept)].name);
}

/* The first of its calls that received something, or found the end. */
static int receives(const struct trace *t, int client, int at_end)
{
    int i = trace_find(t, client, "recvfrom");

    while (t->at[i].returned < 0 || (t->at[i].returned == 0) != at_end)
        i = trace_find(t, i + 1, "recvfrom");
    return i;
}

static void the_first_client_is_heard(void **state)
{
    const struct trace *t = trace_read();
    int client = trace_client(t, 0);

    (void)state;
    expect_answer_number("client", t->at[client].returned);
    expect_answer_number("received",
                         t->at[receives(t, client, 0)].returned);
}

static void the_first_clients_calls_are_counted(void **state)
{
    const struct trace *t = trace_read();

    (void)state;
    expect_answer_number("first_costs", trace_cost(t, trace_client(t, 0)));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(the_trace_has_two_clients_and_an_end),
        fixture_test(the_listener_is_made_in_this_order),
        fixture_test(without_a_client_accept_does_not_sleep),
        fixture_test(the_first_client_is_heard),
        fixture_test(the_first_clients_calls_are_counted),
    };

    return fixture_run("system_calls", tests);
}
