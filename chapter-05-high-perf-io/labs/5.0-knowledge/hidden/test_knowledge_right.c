/* The answers. Where the course has code that knows, that code is asked. */
#include "answers.h"
#include "event_loop.h"
#include "fixture.h"

static void level_tells_a_state_edge_a_change(void **state)
{
    (void)state;
    expect_answer("level", "yes");
    expect_answer("edge", "no");
}

static void a_number_comes_back_at_once(void **state)
{
    (void)state;
    expect_answer_number("stale", 5);
}

static void the_ready_ones_not_the_watched_ones(void **state)
{
    (void)state;
    expect_answer_number("select_looks", 10000);
    expect_answer_number("epoll_returns", 10);
}

static void a_batch_has_an_end(void **state)
{
    (void)state;
    expect_answer_number("turns", (3000 + MAX_EVENTS - 1) / MAX_EVENTS);
}

static void the_next_timer_ends_the_sleep(void **state)
{
    (void)state;
    expect_answer_number("timeout", 250);
}

static void errors_are_always_reported(void **state)
{
    (void)state;
    expect_answer("no_interest", "yes");
}

static void each_system_has_its_poller(void **state)
{
    (void)state;
    expect_answer("macos_poller", "kqueue");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        fixture_test(level_tells_a_state_edge_a_change),
        fixture_test(a_number_comes_back_at_once),
        fixture_test(the_ready_ones_not_the_watched_ones),
        fixture_test(a_batch_has_an_end),
        fixture_test(the_next_timer_ends_the_sleep),
        fixture_test(errors_are_always_reported),
        fixture_test(each_system_has_its_poller),
    };

    return fixture_run("knowledge_right", tests);
}
